// SPDX-License-Identifier: MPL-2.0
// LoginEnvironment: what makes the git program use a given login and no other. A password goes by
// its environment, a key by a file that only this user can read: neither is ever an argument.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/private_dir.h"
#include "clients/git/login.h"

namespace kproto::git {

class LoginEnvironment {
 public:
  // Without a login it has no variables, and git finds credentials by itself. `url` is of the
  // repository: nobody else is told the password. Errors are those of writing files.
  static absl::StatusOr<LoginEnvironment> Make(const std::string& url,
                                               const std::optional<Login>& login);

  // To be added to those of git; they are good for as long as this object.
  const std::map<std::string, std::string>& variables() const { return variables_; }

 private:
  void UsePassword(const std::string& url, const Login& login);
  absl::Status UseKey(const Login& login);

  std::map<std::string, std::string> variables_;
  std::unique_ptr<PrivateDir> dir_;
  std::unique_ptr<SecretFile> key_, known_hosts_;  // gone before dir_
};

}  // namespace kproto::git
