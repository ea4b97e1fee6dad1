// SPDX-License-Identifier: MPL-2.0
// A workspace driven by a real host, OpenTofu or Terraform: one folder with a configuration, a
// filesystem mirror holding the toy provider, and a store where the toy keeps its things.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/subprocess.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {

// Programs found by KPROTO_TOFU and KPROTO_TERRAFORM, else on PATH; may be empty.
std::vector<std::string> InstalledHosts();

class RealHost {
 public:
  explicit RealHost(std::string program);

  // Writes main.tf: the terraform and provider blocks, then `body`.
  void Configure(const std::string& body) const;
  // Runs the host with these arguments in the workspace, to its end.
  CommandResult Run(std::vector<std::string> arguments) const;
  CommandResult Apply() const { return Run({"apply", "-auto-approve", "-input=false"}); }
  // 0: nothing to do, 2: changes, 1: error.
  CommandResult Plan() const { return Run({"plan", "-detailed-exitcode", "-input=false"}); }

  // Starts an apply in a process group of its own, as a terminal would; its output goes to
  // "apply.log" in the workspace.
  pid_t StartApply() const;

  // What the state has for this address: {} when it is not there. With "status" when tainted.
  nlohmann::json Instance(const std::string& type, const std::string& name) const;
  nlohmann::json State() const;

  std::vector<std::string> Store() const;  // the files in it
  const TempDir& dir() const { return dir_; }
  void set_environment(const std::string& name, const std::string& value) {
    environment_[name] = value;
  }

 private:
  std::string program_;
  TempDir dir_;
  std::map<std::string, std::string> environment_;
};

}  // namespace kproto::testing
