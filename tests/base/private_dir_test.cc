// SPDX-License-Identifier: MPL-2.0
#include "base/private_dir.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto {
namespace {

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST(PrivateDirTest, NobodyElseCanReadIt) {
  testing::TempDir parent;
  std::string dir_path, file_path;
  {
    const auto dir = PrivateDir::Make(parent.path(), "test");
    ASSERT_THAT(dir, testing::IsOk());
    dir_path = (*dir)->path();
    EXPECT_EQ(ModeOf(dir_path), 0700u);
    {
      const auto file = SecretFile::Make(**dir, SecretString("geheim"));
      ASSERT_THAT(file, testing::IsOk());
      file_path = (*file)->path();
      EXPECT_EQ(ModeOf(file_path), 0600u);
      std::stringstream content;
      content << std::ifstream(file_path).rdbuf();
      EXPECT_EQ(content.str(), "geheim");
    }
    EXPECT_FALSE(std::filesystem::exists(file_path));
    EXPECT_TRUE(std::filesystem::exists(dir_path));
  }
  EXPECT_FALSE(std::filesystem::exists(dir_path));
}

TEST(PrivateDirTest, AMissingParentIsAnError) {
  EXPECT_THAT(PrivateDir::Make("/nowhere/at/all", "test"),
              testing::StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace kproto
