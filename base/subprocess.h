// SPDX-License-Identifier: MPL-2.0
// Runs a program to its end: argv without a shell, an explicit environment, input on stdin, output
// collected. The child is in its own process group, gets SIGTERM and, after a grace period, SIGKILL
// when the stop token is triggered or the deadline passes, and dies with this process.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kproto {

struct Command {
  std::vector<std::string> argv;                   // argv[0] is a path, or is looked up on PATH
  std::map<std::string, std::string> environment;  // the whole environment of the child
  std::string input;                               // written to stdin, then closed
  std::string directory;                           // working directory; "" keeps ours
  absl::Time deadline = absl::InfiniteFuture();
  absl::Duration grace = absl::Seconds(10);  // between SIGTERM and SIGKILL
};

struct CommandResult {
  int exit_code = 0;  // 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

// Blocks until the child has ended. A non-zero exit is a result, not an error. Errors: NotFound
// (no such program), Cancelled (stop), DeadlineExceeded, Internal. Thread-safe.
absl::StatusOr<CommandResult> Run(const Command& command, std::stop_token stop = {});

// This process's environment, as a start for Command::environment.
std::map<std::string, std::string> Environment();

// The first executable `name` on the given PATH-like list; "" when there is none.
std::string FindProgram(const std::string& name, const std::string& path_list);

}  // namespace kproto
