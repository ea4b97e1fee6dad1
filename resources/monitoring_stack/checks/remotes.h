// SPDX-License-Identifier: MPL-2.0
// Remotes: the Git repositories that Argo CD will read, as far as the plan can see them from here:
// by HTTPS it asks them for their branches, with the credentials that Argo CD will have.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/git/remotes.h"
#include "provider/schema/path.h"
#include "resources/monitoring_stack/desired.h"

namespace kproto::monitoring_stack {

struct Remote {
  std::string url, revision;
  Path path;               // of the block that names it
  bool looked_at = false;  // what follows says something
  absl::Status answer;
  git::Refs refs;
  // By SSH it is not asked; what can be said of it is in these.
  std::string ssh_host;  // "": not by SSH
  bool has_key = false, host_is_known = false;
};

// Every repository that the stack reads. `config` has the passwords; those that are not known yet
// leave their repositories alone. `git` may be null.
std::vector<Remote> LookAtRemotes(const Desired& desired, const GitCredentialsAttr& config,
                                  git::Remotes* git, const kubernetes::Call& call);

}  // namespace kproto::monitoring_stack
