// SPDX-License-Identifier: MPL-2.0
#include "lab/process/private_file.h"

#include <sys/stat.h>

#include <filesystem>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::IsOkAndHolds;
using kproto::testing::StatusIs;
using kproto::testing::TempDir;

unsigned Mode(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? info.st_mode & 0777U : 0;
}

TEST(PrivateFileTest, OthersCannotReadIt) {
  TempDir dir;
  const mode_t before = umask(0);
  EXPECT_THAT(WritePrivateFile(dir / "token", "secret"), IsOk());
  umask(before);
  EXPECT_EQ(Mode(dir / "token"), 0600U);
  EXPECT_THAT(ReadFile(dir / "token"), IsOkAndHolds(std::string("secret")));
}

TEST(PrivateFileTest, ReplacesAReadableFileByAPrivateOneAndLeavesNothingElse) {
  TempDir dir;
  dir.Write("token", "old");
  EXPECT_THAT(WritePrivateFile(dir / "token", "new"), IsOk());
  EXPECT_EQ(Mode(dir / "token"), 0600U);
  EXPECT_EQ(dir.Read("token"), "new");
  std::filesystem::directory_iterator entries(dir.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST(PrivateFileTest, AMissingDirectoryIsAnError) {
  TempDir dir;
  EXPECT_FALSE(WritePrivateFile(dir / "no/such/token", "x").ok());
  EXPECT_THAT(ReadFile(dir / "missing"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(PrivateDirectoryTest, IsMadeWithItsParentsAndIsPrivate) {
  TempDir dir;
  EXPECT_THAT(MakePrivateDirectory(dir / "a/b"), IsOk());
  EXPECT_EQ(Mode(dir / "a/b"), 0700U);
  EXPECT_THAT(MakePrivateDirectory(dir / "a/b"), IsOk());
}

}  // namespace
}  // namespace kproto::lab
