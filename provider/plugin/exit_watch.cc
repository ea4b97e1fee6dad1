// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/exit_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace kproto {
namespace {

std::atomic<int> g_pipe_write = -1;

void Write(ExitReason reason) {
  const char byte = static_cast<char>(reason);
  // The pipe is full only when there are reasons enough to exit already.
  [[maybe_unused]] const ssize_t written = write(g_pipe_write, &byte, 1);
}

void OnSignal(int signal) {
  const int saved = errno;
  Write(signal == SIGINT ? ExitReason::kInterrupt : ExitReason::kTerminate);
  errno = saved;
}

void Ignore(int) {}

// A handler that does nothing instead of SIG_IGN: a program that we start does not inherit it.
void Handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

// Where there is no pidfd (Linux before 5.3), ask once a second.
constexpr int kPollMillis = 1000;

}  // namespace

ExitWatch::ExitWatch(OnInterrupt on_interrupt, OnOrphaned on_orphaned) {
  int fds[2] = {-1, -1};
  if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0) {
    pipe_read_ = fds[0];
    g_pipe_write = fds[1];
  }
  Handle(SIGTERM, OnSignal);
  Handle(SIGINT, on_interrupt == OnInterrupt::kExit ? OnSignal : Ignore);
  Handle(SIGPIPE, Ignore);
  if (on_orphaned == OnOrphaned::kExit) {
    // Not PR_SET_PDEATHSIG: that one looks at the parent's thread, and Go's threads come and go.
    parent_pid_ = getppid();
    parent_ = static_cast<int>(syscall(SYS_pidfd_open, parent_pid_, 0));
  }
}

ExitWatch::~ExitWatch() {
  const int write_end = g_pipe_write.exchange(-1);
  for (const int fd : {pipe_read_, parent_, write_end}) {
    if (fd >= 0) {
      close(fd);
    }
  }
}

void ExitWatch::Notify(ExitReason reason) { Write(reason); }

ExitReason ExitWatch::Wait() {
  const bool watches_parent = parent_pid_ != 0;
  while (true) {
    pollfd fds[2] = {{.fd = pipe_read_, .events = POLLIN}, {.fd = parent_, .events = POLLIN}};
    const int timeout = watches_parent && parent_ < 0 ? kPollMillis : -1;
    poll(fds, 2, timeout);
    char byte = 0;
    if (read(pipe_read_, &byte, 1) == 1) {
      // Whoever asks a second time does not want to wait for the first to be done with.
      Handle(SIGTERM, SIG_DFL);
      if (static_cast<ExitReason>(byte) == ExitReason::kInterrupt) {
        Handle(SIGINT, SIG_DFL);
      }
      return static_cast<ExitReason>(byte);
    }
    if (watches_parent && (fds[1].revents != 0 || getppid() != parent_pid_)) {
      return ExitReason::kOrphaned;
    }
  }
}

}  // namespace kproto
