// SPDX-License-Identifier: MPL-2.0
// LabProgram: the built kproto-lab as a user runs it, over a state directory of the test's own.
#pragma once

#include <string>
#include <vector>

#include "base/subprocess.h"
#include "nlohmann/json.hpp"
#include "tests/support/temp_dir.h"

namespace kproto::lab::testing {

class LabProgram {
 public:
  LabProgram() : directory_(temporary_ / "lab") {}
  ~LabProgram();

  // `kproto-lab COMMAND --dir … arguments`; what it printed and its exit code.
  CommandResult Do(const std::string& command, std::vector<std::string> arguments = {});
  nlohmann::json DoJson(const std::string& command);

  // `up`; fails the test when it does not end well.
  void Up(std::vector<std::string> arguments = {});

  // What `env` exports.
  std::map<std::string, std::string> Env();

  // A call of the simulated API with the user's token; null when it did not end well.
  nlohmann::json Api(const std::string& method, const std::string& path,
                     const nlohmann::json& body = nullptr);

  const std::string& directory() const { return directory_; }
  static std::string Binary();

 private:
  kproto::testing::TempDir temporary_;
  std::string directory_;
};

}  // namespace kproto::lab::testing
