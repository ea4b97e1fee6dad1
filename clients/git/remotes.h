// SPDX-License-Identifier: MPL-2.0
// Remotes: what a repository far away has to offer, asked with a given login and without fetching
// anything; git.h reads what is in it, with the user's own. HttpRemotes is the real one.
// Thread-safe.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/git/login.h"
#include "clients/git/refs.h"

namespace kproto::git {

class Remotes {
 public:
  virtual ~Remotes() = default;

  // The branches and tags of the repository at an http(s) URL. Errors: Unauthenticated (it asks for
  // a login, or refuses this one), PermissionDenied, NotFound (no such repository),
  // FailedPrecondition (it has moved, or is no Git repository), Unavailable (nobody answers),
  // DeadlineExceeded, Cancelled. None repeats a password.
  virtual absl::StatusOr<Refs> ListRefs(const std::string& url, const std::optional<Login>& login,
                                        absl::Time deadline, std::stop_token stop) = 0;
};

}  // namespace kproto::git
