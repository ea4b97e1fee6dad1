// SPDX-License-Identifier: MPL-2.0
// The registry pages in docs/ are those that the built provider writes. `make docs` writes them.
#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/subprocess.h"
#include "gtest/gtest.h"
#include "tests/docs/markdown.h"
#include "tests/support/temp_dir.h"

namespace kproto::docs {
namespace {

namespace fs = std::filesystem;

std::set<std::string> PagesBelow(const std::string& root) {
  std::set<std::string> pages;
  for (const char* folder :
       {"resources", "data-sources", "ephemeral-resources", "functions", "index.md"}) {
    const fs::path path = fs::path(root) / folder;
    if (fs::is_regular_file(path)) {
      pages.insert(folder);
    }
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(path, none)) {
      pages.insert(absl::StrCat(folder, "/", entry.path().filename().string()));
    }
  }
  return pages;
}

TEST(GeneratedPagesTest, AreThoseThatTheProviderWrites) {
  testing::TempDir dir;
  Command print;
  print.argv = {absl::StrCat(KPROTO_BIN, "/terraform-provider-kproto"), "--print-docs", dir.path()};
  print.environment = Environment();
  print.directory = KPROTO_SOURCE_DIR;
  const auto result = kproto::Run(print);
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->exit_code, 0) << result->err;
  const std::set<std::string> pages = PagesBelow(dir.path());
  EXPECT_EQ(pages, PagesBelow(absl::StrCat(KPROTO_SOURCE_DIR, "/docs"))) << "run: make docs";
  EXPECT_EQ(pages.count("index.md"), 1);
  for (const std::string& page : pages) {
    if (InRepository(absl::StrCat("docs/", page))) {
      EXPECT_EQ(dir.Read(page), RepositoryFile(absl::StrCat("docs/", page)))
          << page << ": run: make docs";
    }
  }
}

}  // namespace
}  // namespace kproto::docs
