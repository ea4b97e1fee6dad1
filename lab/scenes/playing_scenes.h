// SPDX-License-Identifier: MPL-2.0
// PlayingScenes: which scenes are on in which cluster of a running lab. The daemon's door for
// `kproto-lab fault scene`.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "lab/kubernetes/kubernetes_backend.h"
#include "lab/scenes/scene.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

// Thread-safe; one scene begins or ends at a time. What outlives the lab is noted in the cluster's
// directory.
class PlayingScenes {
 public:
  // `backend` outlives this; nullptr in a lab whose clusters exist by name only.
  explicit PlayingScenes(KubernetesBackend* backend) : backend_(backend) {}

  // {"scene": name, "cluster": name or id, "target": …}; the last two may be left out. Returns the
  // same, complete.
  absl::StatusOr<nlohmann::json> Begin(const nlohmann::json& wanted);
  absl::StatusOr<nlohmann::json> End(const nlohmann::json& wanted);

  // {"scenes": [{"scene", "what", "target", "on": [{"cluster", "target"}]}]}
  nlohmann::json List();

 private:
  using Targets = std::map<std::string, std::string>;  // by scene

  absl::StatusOr<std::shared_ptr<Cluster>> ClusterOf(const nlohmann::json& wanted);
  Targets& On(const Cluster& cluster) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Note(const Cluster& cluster) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  KubernetesBackend* const backend_;
  absl::Mutex mutex_;
  std::map<std::string, Targets> on_;  // by directory of the cluster
};

}  // namespace kproto::lab
