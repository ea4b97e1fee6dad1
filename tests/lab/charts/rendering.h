// SPDX-License-Identifier: MPL-2.0
// Renders charts of this repository by the real Helm, for tests: what comes back are Kubernetes
// objects by kind and name. Helm gets a home of its own, so nothing of the user's has a part in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/subprocess.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

using Json = nlohmann::json;
using Objects = std::map<std::string, Json>;  // by "Kind/name"

// A path below the repository's root.
std::string Source(const std::string& path);

// The paths of the tools "helm" (Helm 3) and "helm4", made by lab/tools/install where they are
// missing. A failure ends the test run with what the installer said.
const std::map<std::string, std::string>& Helms();

struct Rendering {
  std::string chart;    // folder
  std::string release;  // its name
  std::string ns = "monitoring";
  std::vector<std::string> files;  // values files, later over earlier
  Json values = Json::object();    // over the files
  std::string helm = "helm";
};

// `helm template`: the raw result, and the objects. Objects() errors: FailedPrecondition with what
// Helm printed; AlreadyExists for two objects of one kind and name.
absl::StatusOr<CommandResult> Template(const Rendering& rendering);
absl::StatusOr<Objects> Render(const Rendering& rendering);

// `helm <arguments>` with the private home.
absl::StatusOr<CommandResult> Helm(const std::string& helm, std::vector<std::string> arguments);

// What does not hang together in a rendering: Services without pods or ports behind them, pods that
// mount what is not there. `elsewhere` names objects that others make ("Secret/grafana-admin").
std::vector<std::string> LooseEnds(const Objects& objects,
                                   const std::vector<std::string>& elsewhere = {});

}  // namespace kproto::lab
