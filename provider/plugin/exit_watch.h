// SPDX-License-Identifier: MPL-2.0
// Why a plugin process ends, and waiting for it: the host's Shutdown call, a signal, or a parent
// that is gone. Signals only write a byte into a pipe, so children that we start get theirs as
// usual, and nothing but async-signal-safe code runs in a handler.
#pragma once

namespace kproto {

enum class ExitReason {
  kShutdown,   // the host is done with us
  kTerminate,  // SIGTERM
  kInterrupt,  // SIGINT, where it is not ignored
  kOrphaned,   // the host vanished without a word
};

enum class OnInterrupt {
  kIgnore,  // Ctrl-C reaches the whole foreground group; the host will call StopProvider
  kExit,
};
enum class OnOrphaned { kIgnore, kExit };

// One per process. Notify() may be called from any thread.
class ExitWatch {
 public:
  ExitWatch(OnInterrupt on_interrupt, OnOrphaned on_orphaned);
  ~ExitWatch();
  ExitWatch(const ExitWatch&) = delete;
  ExitWatch& operator=(const ExitWatch&) = delete;

  void Notify(ExitReason reason);
  // Once it has returned, a second signal of that kind ends the process at once.
  ExitReason Wait();

 private:
  int pipe_read_ = -1;
  int parent_ = -1;     // pidfd of the parent, or -1
  int parent_pid_ = 0;  // 0: not watched
};

}  // namespace kproto
