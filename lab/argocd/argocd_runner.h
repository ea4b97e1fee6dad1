// SPDX-License-Identifier: MPL-2.0
// ArgoCdRunner: watches one cluster for an installed Argo CD and runs the real one while it is
// there. Where it is not installed, or its pods are not ready, nothing syncs: as in any cluster.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/synchronization/mutex.h"
#include "lab/kubernetes/companion.h"
#include "lab/process/spawner.h"
#include "lab/process/tools.h"

namespace kproto::lab {

// For which clusters Argo CD runs now, for `kproto-lab status`. Thread-safe.
class ArgoCdStatus {
 public:
  void Set(const std::string& cluster_id, bool running) {
    absl::MutexLock lock(&mutex_);
    running_[cluster_id] = running;
  }
  bool Running(const std::string& cluster_id) {
    absl::MutexLock lock(&mutex_);
    return running_[cluster_id];
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, bool> running_;
};

// All must outlive the companions made.
CompanionFactory ArgoCdRunner(Spawner* spawner, const Tools* tools, ArgoCdStatus* status);

// Whether these lists of Deployments and StatefulSets hold a repo-server and an application
// controller with a ready pod each.
bool ArgoCdIsUp(const nlohmann::json& deployments, const nlohmann::json& stateful_sets);
// Whether this list of Deployments holds an ApplicationSet controller with a ready pod.
bool ApplicationSetsAreServed(const nlohmann::json& deployments);

}  // namespace kproto::lab
