// SPDX-License-Identifier: MPL-2.0
// Process: a handle on one long-lived child of the lab (an API server, a controller, redis).
// Started by Spawner; ended, with its whole process group, when the handle goes.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace kproto::lab {

struct ProcessSpec {
  std::string name;                                // for messages
  std::vector<std::string> argv;                   // argv[0] is a path
  std::map<std::string, std::string> environment;  // the whole environment of the child
  std::string directory;                           // working directory; "" keeps ours
  std::string log_path;                            // stdout and stderr are appended to it
};

// Thread-safe.
class Process {
 public:
  Process(pid_t pid, ProcessSpec spec) : pid_(pid), spec_(std::move(spec)) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { Kill(); }

  bool Running();

  // SIGKILL to the group, then waits for the child: on return its ports are free. The lab's
  // programs keep nothing that must be flushed but etcd, whose log survives a kill.
  void Kill();

  pid_t pid() const { return pid_; }
  const ProcessSpec& spec() const { return spec_; }

  // The end of the log, to say why a child has died.
  std::string LogTail(size_t bytes = 2000) const;

 private:
  const pid_t pid_;
  const ProcessSpec spec_;
  absl::Mutex mutex_;
  bool reaped_ = false;
};

}  // namespace kproto::lab
