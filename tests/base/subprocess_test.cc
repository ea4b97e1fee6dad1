// SPDX-License-Identifier: MPL-2.0
#include "base/subprocess.h"

#include <signal.h>

#include <cerrno>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;
using ::testing::HasSubstr;

Command Shell(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .environment = {{"PATH", "/usr/bin:/bin"}}};
}

TEST(SubprocessTest, CollectsOutputErrorsAndExitCode) {
  const auto result = kproto::Run(Shell("echo out; echo err >&2; exit 3"));
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
}

TEST(SubprocessTest, FeedsInputLargerThanAPipe) {
  Command command = Shell("cat");
  command.input = std::string(1 << 20, 'x') + "end";
  const auto result = kproto::Run(command);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->out, command.input);
}

TEST(SubprocessTest, ChildThatIgnoresItsInputIsNoError) {
  Command command = Shell("exit 0");
  command.input = std::string(1 << 20, 'x');
  const auto result = kproto::Run(command);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 0);
}

TEST(SubprocessTest, EnvironmentIsExactlyWhatWasGiven) {
  Command command = Shell("echo \"$ONE-$HOME\"");
  command.environment["ONE"] = "1";
  EXPECT_EQ(kproto::Run(command)->out, "1-\n");
}

TEST(SubprocessTest, RunsInItsDirectory) {
  TempDir dir;
  dir.Write("here", "yes");
  Command command = Shell("cat here");
  command.directory = dir.path();
  EXPECT_EQ(kproto::Run(command)->out, "yes");
}

TEST(SubprocessTest, MissingProgramIsNotFound) {
  EXPECT_THAT(kproto::Run({.argv = {"kproto-no-such-program"}}),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(SubprocessTest, DeathBySignalIsAnExitCode) {
  EXPECT_EQ(kproto::Run(Shell("kill -KILL $$"))->exit_code, 128 + SIGKILL);
}

TEST(SubprocessTest, DeadlineEndsTheWholeGroup) {
  TempDir dir;
  Command command = Shell("sleep 1000 & echo $! > grandchild; wait");
  command.directory = dir.path();
  command.deadline = absl::Now() + absl::Seconds(1);
  command.grace = absl::Milliseconds(200);
  EXPECT_THAT(kproto::Run(command), StatusIs(absl::StatusCode::kDeadlineExceeded));
  int pid = 0;
  ASSERT_TRUE(absl::SimpleAtoi(absl::StripSuffix(dir.Read("grandchild"), "\n"), &pid));
  // The grandchild is init's to reap: wait for the condition, bounded.
  for (int i = 0; i < 500 && kill(pid, 0) == 0; ++i) {
    absl::SleepFor(absl::Milliseconds(10));
    const auto state = kproto::Run(Shell("cut -d' ' -f3 /proc/" + std::to_string(pid) + "/stat"));
    if (state.ok() && state->out == "Z\n") {
      return;
    }
  }
  EXPECT_NE(kill(pid, 0), 0);
}

TEST(SubprocessTest, StopEndsAChildThatIgnoresSigterm) {
  std::stop_source stop;
  Command command = Shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
  command.grace = absl::Milliseconds(50);
  std::jthread stopper([&] {
    absl::SleepFor(absl::Milliseconds(100));
    stop.request_stop();
  });
  EXPECT_THAT(kproto::Run(command, stop.get_token()), StatusIs(absl::StatusCode::kCancelled));
}

TEST(FindProgramTest, TakesTheFirstExecutable) {
  TempDir dir;
  const std::string plain = dir.Write("a/tool", "not executable");
  const std::string tool = dir.Write("b/tool", "#!/bin/sh\n");
  std::filesystem::permissions(tool, std::filesystem::perms::owner_all);
  EXPECT_EQ(FindProgram("tool", dir / "a" + ":" + dir / "b"), tool);
  EXPECT_EQ(FindProgram("tool", dir / "a"), "");
  EXPECT_EQ(FindProgram("tool", ""), "");
}

}  // namespace
}  // namespace kproto
