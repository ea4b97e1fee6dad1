// SPDX-License-Identifier: MPL-2.0
#include "lab/process/tools.h"

#include <filesystem>

#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

TEST(ToolsTest, OneLinkIsFollowedAndNoMore) {
  kproto::testing::TempDir dir;
  dir.Write("usr/check", "");
  std::filesystem::create_symlink("check", dir / "usr/server");
  std::filesystem::create_directory(dir / "bin");
  std::filesystem::create_symlink(dir / "usr/server", dir / "bin/server");
  // The program decides by its name what it is: `check` would be another one.
  EXPECT_EQ(Tools(dir / "bin").Path("server"), dir / "usr/server");
}

TEST(ToolsTest, AnUnknownToolHasNoPath) {
  kproto::testing::TempDir dir;
  EXPECT_EQ(Tools(dir.path()).Path("etcd"), "");
  EXPECT_EQ(Tools().Path("etcd"), "");
}

}  // namespace
}  // namespace kproto::lab
