// SPDX-License-Identifier: MPL-2.0
#include "lab/process/spawner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "absl/time/clock.h"
#include "lab/process/leftovers.h"
#include "lab/process/wait.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::StatusIs;
using kproto::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

ProcessSpec Shell(const TempDir& dir, const std::string& script) {
  return {.name = "sh",
          .argv = {"/bin/sh", "-c", script},
          .environment = {{"PATH", "/usr/bin:/bin"}},
          .log_path = dir / "log"};
}

TEST(SpawnerTest, WhatAChildWritesGoesToItsLog) {
  TempDir dir;
  Spawner spawner(dir.path());
  auto process = spawner.Start(Shell(dir, "echo out; echo err >&2; exit 3"));
  ASSERT_THAT(process, IsOk());
  EXPECT_TRUE(WaitUntil([&] { return !(*process)->Running(); }, Soon()));
  EXPECT_EQ((*process)->LogTail(), "out\nerr\n");
}

TEST(SpawnerTest, AMissingProgramIsAnErrorThatNamesIt) {
  TempDir dir;
  Spawner spawner(dir.path());
  ProcessSpec spec = Shell(dir, "");
  spec.argv = {"/no/such/program"};
  EXPECT_THAT(spawner.Start(spec),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("/no/such/program")));
}

TEST(SpawnerTest, KillEndsTheWholeGroup) {
  TempDir dir;
  Spawner spawner(dir.path());
  auto process = spawner.Start(Shell(dir, "sleep 1000 & sleep 1000 & wait"));
  ASSERT_THAT(process, IsOk());
  ASSERT_TRUE(WaitUntil([&] { return Leftovers(dir.path()).size() == 3; }, Soon()));
  (*process)->Kill();
  EXPECT_FALSE((*process)->Running());
  EXPECT_TRUE(WaitUntil([&] { return Leftovers(dir.path()).empty(); }, Soon()));
}

// A lab of its own process, which the test then kills as nothing can be prepared for.
TEST(SpawnerTest, AKillOfTheLabLeavesNoChildBehind) {
  TempDir dir;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t lab = fork();
  if (lab == 0) {
    Spawner spawner(dir.path());
    auto process = spawner.Start(Shell(dir, "exec sleep 1000"));
    const char byte = process.ok() ? 'y' : 'n';
    [[maybe_unused]] const ssize_t n = write(ready[1], &byte, 1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  // Not at once: in the middle of an exec a process shows no environment.
  ASSERT_TRUE(WaitUntil([&] { return Leftovers(dir.path()).size() == 1; }, Soon()));
  kill(lab, SIGKILL);
  waitpid(lab, nullptr, 0);
  EXPECT_TRUE(WaitUntil([&] { return Leftovers(dir.path()).empty(); }, Soon()));
}

TEST(SpawnerTest, ChildrenDoNotDieWithTheThreadThatAskedForThem) {
  TempDir dir;
  Spawner spawner(dir.path());
  absl::StatusOr<std::unique_ptr<Process>> process = absl::UnknownError("");
  std::thread([&] { process = spawner.Start(Shell(dir, "sleep 0.3; echo lived")); }).join();
  ASSERT_THAT(process, IsOk());
  EXPECT_TRUE(WaitUntil([&] { return !(*process)->Running(); }, Soon()));
  EXPECT_EQ((*process)->LogTail(), "lived\n");
}

TEST(LeftoversTest, AreFoundByTheirOwnMarkerOnlyAndKilled) {
  TempDir ours, others;
  Spawner our_spawner(ours.path()), other_spawner(others.path());
  auto leftover = our_spawner.Start(
      Shell(ours, "setsid sh -c 'echo > " + (ours / "up") + "; exec sleep 1000' & wait"));
  auto bystander = other_spawner.Start(Shell(others, "exec sleep 1000"));
  ASSERT_THAT(leftover, IsOk());
  ASSERT_THAT(bystander, IsOk());
  // Only once it has left the group is it a leftover that the group's end does not reach.
  ASSERT_TRUE(WaitUntil([&] { return std::filesystem::exists(ours / "up"); }, Soon()));
  ASSERT_TRUE(WaitUntil([&] { return Leftovers(ours.path()).size() == 2; }, Soon()));
  (*leftover)->Kill();
  EXPECT_THAT(Leftovers(ours.path()), SizeIs(1)) << "it left the group by setsid";
  EXPECT_TRUE(KillLeftovers(ours.path()));
  EXPECT_THAT(Leftovers(ours.path()), IsEmpty());
  EXPECT_TRUE((*bystander)->Running());
}

}  // namespace
}  // namespace kproto::lab
