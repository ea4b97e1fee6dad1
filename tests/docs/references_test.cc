// SPDX-License-Identifier: MPL-2.0
// Links and file names in the documents lead somewhere.
#include <filesystem>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/docs/markdown.h"

namespace kproto::docs {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

// "resources/cluster/model.cc", but not "<chart_mirror>/…", "kproto/kproto" or "fake_*".
bool IsPathOfOurs(const std::string& code) {
  static const auto& folders =
      *new std::set<std::string>{"base", "clients",  "cmake",     "docs",  "examples",
                                 "lab",  "provider", "resources", "setup", "tests"};
  const std::vector<std::string> parts = absl::StrSplit(code, '/');
  return parts.size() > 1 && folders.count(parts[0]) > 0 &&
         code.find_first_of("<>*{} $") == std::string::npos;
}

// A unit such as `provider/plugin/server` stands for its header and source.
bool IsThere(const std::string& path) { return InRepository(path) || InRepository(path + ".h"); }

TEST(MarkdownTest, BlocksCodeAndLinksAreTakenApart) {
  const Document document =
      ParseMarkdown("x.md", "See `a/b` and [c](d.md).\n\n```sh\nmake `x`\n```\n");
  EXPECT_THAT(document.code, ElementsAre("a/b"));
  EXPECT_THAT(document.links, ElementsAre("d.md"));
  ASSERT_EQ(document.blocks.size(), 1);
  EXPECT_EQ(document.blocks[0].language, "sh");
  EXPECT_EQ(document.blocks[0].text, "make `x`\n");
  EXPECT_EQ(document.blocks[0].line, 3);
}

TEST(ReferencesTest, EveryLinkWithinTheRepositoryLeadsToAFile) {
  for (const Document& document : Documents()) {
    for (const std::string& link : document.links) {
      if (absl::StartsWith(link, "https://") || absl::StartsWith(link, "#")) {
        continue;
      }
      const std::vector<std::string> parts = absl::StrSplit(link, '#');
      const fs::path target = fs::path(document.path).parent_path() / parts[0];
      EXPECT_TRUE(InRepository(target.lexically_normal().string()))
          << document.path << " links to " << link;
    }
  }
}

TEST(ReferencesTest, EveryPathThatIsNamedIsThere) {
  for (const Document& document : Documents()) {
    for (const std::string& code : document.code) {
      if (IsPathOfOurs(code)) {
        EXPECT_TRUE(IsThere(code)) << document.path << " names " << code;
      }
    }
  }
}

TEST(ReferencesTest, EveryAnchorThatAPageLinksToIsInIt) {
  for (const Document& document : Documents()) {
    const std::string text = RepositoryFile(document.path);
    for (const std::string& link : document.links) {
      if (absl::StartsWith(link, "#")) {
        EXPECT_TRUE(absl::StrContains(text, absl::StrCat("<a id=\"", link.substr(1), "\"></a>")))
            << document.path << " links to " << link;
      }
    }
  }
}

TEST(ReferencesTest, EveryDecisionIsListed) {
  const std::string list = RepositoryFile("docs/decisions/README.md");
  for (const auto& entry : fs::directory_iterator(fs::path(KPROTO_SOURCE_DIR) / "docs/decisions")) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name == "README.md" || absl::StrContains(list, absl::StrCat("(", name, ")")))
        << name;
  }
}

}  // namespace
}  // namespace kproto::docs
