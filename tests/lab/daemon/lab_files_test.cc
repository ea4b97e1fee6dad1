// SPDX-License-Identifier: MPL-2.0
#include "lab/daemon/lab_files.h"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::StatusIs;
using kproto::testing::TempDir;

TEST(LabFilesTest, ADirectoryWithOtherThingsIsNeverClaimed) {
  TempDir dir;
  dir.Write("precious/thesis.txt", "years of work");
  const LabFiles files(dir / "precious");
  EXPECT_THAT(files.Claim(), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_FALSE(files.IsLab());
}

TEST(LabFilesTest, AnEmptyOrNewDirectoryIsClaimedAndStaysClaimable) {
  TempDir dir;
  const LabFiles files(dir / "a/b");
  EXPECT_THAT(files.Claim(), IsOk());
  EXPECT_TRUE(files.IsLab());
  dir.Write("a/b/lab.json", "{}");
  EXPECT_THAT(files.Claim(), IsOk());
  EXPECT_THAT(LabFiles(dir / "a/b").Claim(), IsOk());
}

TEST(LabLockTest, OneHolderAtATimeWhoseIdIsKnown) {
  TempDir dir;
  const LabFiles files(dir / "lab");
  EXPECT_THAT(LabLock::Take(files), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(files.Claim(), IsOk());
  EXPECT_EQ(LabLock::Holder(files), 0);
  {
    const auto lock = LabLock::Take(files);
    ASSERT_THAT(lock, IsOk());
    EXPECT_EQ(LabLock::Holder(files), getpid());
    EXPECT_THAT(LabLock::Take(files), StatusIs(absl::StatusCode::kAlreadyExists));
  }
  EXPECT_EQ(LabLock::Holder(files), 0);
  EXPECT_THAT(LabLock::Take(files), IsOk());
}

TEST(LabLockTest, IsFreeOnceItsHolderIsKilled) {
  TempDir dir;
  const LabFiles files(dir / "lab");
  ASSERT_THAT(files.Claim(), IsOk());
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t holder = fork();
  if (holder == 0) {
    const auto lock = LabLock::Take(files);
    [[maybe_unused]] const ssize_t n = write(ready[1], "x", 1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(LabLock::Holder(files), holder);
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
  EXPECT_EQ(LabLock::Holder(files), 0);
}

}  // namespace
}  // namespace kproto::lab
