// SPDX-License-Identifier: MPL-2.0
// The unix socket that the host connects to: where it lies, who may open it, and that it goes away
// with the process.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kproto {

// A name that nobody has yet in the first of `dirs` where a socket's path is short enough (the
// kernel's limit is 107 bytes). FailedPrecondition when that folder cannot be written to.
absl::StatusOr<std::string> ChooseSocketPath(const std::vector<std::string>& dirs);

// Lets members of `group` (a name or a number) connect as well.
absl::Status ShareWithGroup(const std::string& path, const std::string& group);

// While one lives, files that this process makes are for its user alone.
class PrivateUmask {
 public:
  PrivateUmask();
  ~PrivateUmask();
  PrivateUmask(const PrivateUmask&) = delete;
  PrivateUmask& operator=(const PrivateUmask&) = delete;

 private:
  unsigned old_;
};

}  // namespace kproto
