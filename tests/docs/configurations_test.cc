// SPDX-License-Identifier: MPL-2.0
// Every configuration in the documents is formatted and valid, by OpenTofu with the built provider.
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/docs/markdown.h"
#include "tests/support/temp_dir.h"

namespace kproto::docs {
namespace {

namespace fs = std::filesystem;
using ::kproto::testing::TempDir;

// What an excerpt leaves out.
constexpr char kPrelude[] = R"(terraform {
  required_providers {
    kproto = { source = "kproto/kproto" }
  }
}
)";

class ConfigurationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Command find;
    find.argv = {absl::StrCat(KPROTO_SOURCE_DIR, "/lab/tools/install"), "--path", "tofu"};
    find.environment = Environment();
    const auto found = kproto::Run(find);
    ASSERT_TRUE(found.ok()) << found.status();
    ASSERT_EQ(found->exit_code, 0) << found->err;
    tofu_ = absl::StrCat(found->out.substr(0, found->out.find('\n')), "/tofu");
    config_.Write("tofurc", absl::StrCat("provider_installation {\n  dev_overrides {\n",
                                         "    \"kproto/kproto\" = \"", KPROTO_BIN,
                                         "\"\n  }\n  direct {}\n}\n"));
  }

  // Empty when the command succeeded.
  std::string Tofu(const std::vector<std::string>& arguments, const std::string& directory) {
    Command command;
    command.argv = {tofu_};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.environment = Environment();
    command.environment["TF_CLI_CONFIG_FILE"] = config_ / "tofurc";
    command.environment["TF_DATA_DIR"] = config_ / "data";
    command.directory = directory;
    const auto result = kproto::Run(command);
    if (!result.ok()) {
      return std::string(result.status().message());
    }
    return result->exit_code == 0 ? "" : absl::StrCat(result->out, result->err);
  }

  std::string tofu_;
  TempDir config_;
};

// The example whose main.tf a block is; "" when it is none.
std::string ExampleOf(const Block& block) {
  for (const auto& entry :
       fs::directory_iterator(fs::path(KPROTO_SOURCE_DIR) / "examples" / "tofu")) {
    const std::string main =
        absl::StrCat("examples/tofu/", entry.path().filename().string(), "/main.tf");
    if (InRepository(main) && RepositoryFile(main) == block.text) {
      return entry.path().string();
    }
  }
  return "";
}

TEST_F(ConfigurationsTest, TheFirstScreenOfTheReadmeIsThePlatformExample) {
  const Document readme = ParseMarkdown("README.md", RepositoryFile("README.md"));
  ASSERT_FALSE(readme.blocks.empty());
  EXPECT_EQ(readme.blocks[0].language, "terraform");
  EXPECT_EQ(readme.blocks[0].text, RepositoryFile("examples/tofu/platform/main.tf"));
}

TEST_F(ConfigurationsTest, EveryExampleIsFormattedAndValid) {
  const std::string examples = absl::StrCat(KPROTO_SOURCE_DIR, "/examples/tofu");
  EXPECT_EQ(Tofu({"fmt", "-check", "-diff", "-recursive"}, examples), "");
  for (const auto& entry : fs::directory_iterator(examples)) {
    if (entry.is_directory()) {
      EXPECT_EQ(Tofu({"validate", "-no-color"}, entry.path().string()), "") << entry.path();
    }
  }
}

TEST_F(ConfigurationsTest, EveryBlockInTheDocumentsIsFormattedAndValid) {
  for (const Document& document : Documents()) {
    for (const Block& block : document.blocks) {
      // A block that is an example is validated there, with the files beside it.
      if (block.language != "terraform" || !ExampleOf(block).empty()) {
        continue;
      }
      TempDir folder;
      folder.Write("main.tf", block.text);
      EXPECT_EQ(Tofu({"fmt", "-check", "-diff"}, folder.path()), "")
          << document.path << ":" << block.line;
      if (!absl::StrContains(block.text, "required_providers")) {
        folder.Write("prelude.tf", kPrelude);
      }
      EXPECT_EQ(Tofu({"validate", "-no-color"}, folder.path()), "")
          << document.path << ":" << block.line;
    }
  }
}

TEST_F(ConfigurationsTest, WouldNoticeAnAttributeThatDoesNotExist) {
  TempDir folder;
  folder.Write("main.tf", absl::StrCat(kPrelude, "\nresource \"kproto_cluster\" \"x\" {\n",
                                       "  colour = \"red\"\n}\n"));
  EXPECT_THAT(Tofu({"validate", "-no-color"}, folder.path()), ::testing::HasSubstr("colour"));
}

}  // namespace
}  // namespace kproto::docs
