// SPDX-License-Identifier: MPL-2.0
// AppsDir: Application manifests of the user's own in a directory, as people keep them in k8s/apps.
// They are applied as they are written, so what can be wrong with them is found here, where the
// line is known. No cluster, no network.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace kproto::monitoring_stack {

struct AppManifest {
  std::string file;
  nlohmann::json object;
  std::map<std::string, int> lines;  // of its keys, by JSON pointer

  std::string name() const;
  // "k8s/apps/tempo.yaml, line 7", of the key or the nearest that is there.
  std::string Where(const std::string& pointer) const;
};

// Every document of every *.yaml and *.yml of a directory, in their order. Errors: NotFound
// (directory), PermissionDenied, and InvalidArgument "<file>: line l, column c: …".
absl::StatusOr<std::vector<AppManifest>> ReadAppsDir(const std::string& dir);

struct AppRules {
  std::string argocd_ns;
  std::vector<std::string> projects;  // that there are; empty: whatever there is
  std::vector<std::string> taken;     // names of other Applications of the stack
};

// Whether Argo CD can run them as they are. InvalidArgument with file and line.
absl::Status CheckApps(const std::vector<AppManifest>& apps, const AppRules& rules);

// Digest of all of them; "" when there are none.
std::string DigestOf(const std::vector<AppManifest>& apps);

}  // namespace kproto::monitoring_stack
