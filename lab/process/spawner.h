// SPDX-License-Identifier: MPL-2.0
// Spawner: starts the lab's long-lived children so that none outlives the lab, however it ends.
// The kernel ties a child's death signal to the thread that forked it, so all of them are forked by
// one thread that lives as long as the Spawner.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "lab/process/process.h"

namespace kproto::lab {

// Thread-safe. Destroy it after every Process it started.
class Spawner {
 public:
  // `marker` goes into every child's environment (leftovers.h finds them by it).
  explicit Spawner(std::string marker);
  ~Spawner();

  // Errors: Internal, with the reason that exec or the log file gave.
  absl::StatusOr<std::unique_ptr<Process>> Start(ProcessSpec spec);

 private:
  struct Request;
  void Loop();

  const std::string marker_;
  absl::Mutex mutex_;
  Request* request_ = nullptr;  // the one being served
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace kproto::lab
