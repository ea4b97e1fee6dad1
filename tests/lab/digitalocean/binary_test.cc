// SPDX-License-Identifier: MPL-2.0
// The program digitalocean-simulator as those who start it see it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"

namespace {

// What comes within 20 s up to a line's end, or up to the end of the pipe.
enum class Until { kLine, kEnd };
std::string Read(int fd, Until until, bool* ended) {
  std::string text;
  pollfd poller{fd, POLLIN, 0};
  char byte;
  while (poll(&poller, 1, 20000) > 0) {
    if (read(fd, &byte, 1) <= 0) {
      *ended = true;
      return text;
    }
    text += byte;
    if (until == Until::kLine && byte == '\n') {
      return text;
    }
  }
  return text;
}

TEST(BinaryTest, SaysWhereItListensAndDiesWithItsParent) {
  int out[2];
  int leash[2];
  ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(leash, O_CLOEXEC), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    // Starts the simulator and lives until the test lets go of the leash.
    if (fork() == 0) {
      dup2(out[1], STDOUT_FILENO);
      execl(KPROTO_SIMULATOR, KPROTO_SIMULATOR, "--port", "0", "--token=t", nullptr);
      _exit(127);
    }
    char byte;
    close(leash[1]);
    _exit(read(leash[0], &byte, 1) == 0 ? 0 : 1);
  }
  close(out[1]);
  close(leash[0]);
  bool ended = false;
  EXPECT_TRUE(
      absl::StartsWith(Read(out[0], Until::kLine, &ended), "listening on http://127.0.0.1:"));
  EXPECT_FALSE(ended);
  close(leash[1]);
  int status = 0;
  EXPECT_EQ(waitpid(parent, &status, 0), parent);
  EXPECT_EQ(Read(out[0], Until::kEnd, &ended), "");
  EXPECT_TRUE(ended) << "the simulator has outlived its parent";
  close(out[0]);
}

TEST(BinaryTest, ExplainsItselfWhenAFlagIsWrong) {
  int err[2];
  ASSERT_EQ(pipe2(err, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(err[1], STDERR_FILENO);
    execl(KPROTO_SIMULATOR, KPROTO_SIMULATOR, "--port=banana", nullptr);
    _exit(127);
  }
  close(err[1]);
  bool ended = false;
  EXPECT_TRUE(absl::StartsWith(Read(err[0], Until::kEnd, &ended), "usage: digitalocean-simulator"));
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 2);
  close(err[0]);
}

}  // namespace
