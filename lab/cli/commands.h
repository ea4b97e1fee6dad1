// SPDX-License-Identifier: MPL-2.0
// The commands of kproto-lab. Each takes the words after its name, prints for a person (or JSON
// when asked), and returns what went wrong, which main prints.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lab/cli/arguments.h"
#include "lab/daemon/lab_record.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

using Words = std::vector<std::string>;

absl::Status UpCommand(const Words& words);
absl::Status DaemonCommand(const Words& words);  // what `up` starts; not for people
absl::Status DownCommand(const Words& words);
absl::Status StatusCommand(const Words& words);
absl::Status EnvCommand(const Words& words);
absl::Status InventoryCommand(const Words& words);
absl::Status FaultCommand(const Words& words);
absl::Status CallsCommand(const Words& words);

// The lab that runs in the directory the arguments mean. NotFound when none does.
struct RunningLab {
  LabFiles files;
  LabRecord record;
  int pid = 0;
};
absl::StatusOr<RunningLab> FindRunningLab(const Arguments& arguments);

// `fault scene …` and `fault scenes`, of FaultCommand.
absl::Status SceneCommand(const RunningLab& lab, const Arguments& arguments);

// A call of the daemon or of the simulator's own endpoints, as the controller.
absl::StatusOr<nlohmann::json> Ask(const RunningLab& lab, const std::string& base_url,
                                   const std::string& method, const std::string& path,
                                   const nlohmann::json& body = nullptr);

}  // namespace kproto::lab
