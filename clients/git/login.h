// SPDX-License-Identifier: MPL-2.0
// Login: how to get into a repository that does not let everybody in; by HTTPS with a password or
// token, by SSH with a key.
#pragma once

#include <string>

#include "base/secret.h"

namespace kproto::git {

struct Login {
  std::string username;  // of `password`
  SecretString password;
  SecretString ssh_private_key;
  std::string ssh_known_hosts;  // lines for OpenSSH's file of that name
};

}  // namespace kproto::git
