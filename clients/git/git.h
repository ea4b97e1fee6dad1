// SPDX-License-Identifier: MPL-2.0
// Git: a repository as far as a plan reads it: which commit a revision is, and the files of that
// commit. CliGit drives the real git with the user's own credentials; tests/support/fake_git.h is
// the one in memory. Every implementation is thread-safe and writes to no repository.
//
// Errors: NotFound (no such revision), Unavailable (the repository is away, or may not be read),
// InvalidArgument (no URL or revision), FailedPrecondition (no git), Cancelled, DeadlineExceeded.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/git/login.h"

namespace kproto::git {

struct Call {
  absl::Time deadline = absl::InfiniteFuture();
  std::stop_token stop;
  std::optional<Login> login = std::nullopt;  // in place of what the implementation has of its own
};

// The files of one commit, in a folder that is gone with this object.
class Checkout {
 public:
  virtual ~Checkout() = default;
  virtual const std::string& commit() const = 0;
  virtual const std::string& path() const = 0;
};

class Git {
 public:
  virtual ~Git() = default;

  // The commit that a branch, tag or commit is now.
  virtual absl::StatusOr<std::string> Resolve(const std::string& url, const std::string& revision,
                                              const Call& call) = 0;
  virtual absl::StatusOr<std::shared_ptr<const Checkout>> Fetch(const std::string& url,
                                                                const std::string& revision,
                                                                const Call& call) = 0;
};

}  // namespace kproto::git
