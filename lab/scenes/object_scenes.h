// SPDX-License-Identifier: MPL-2.0
// Scenes that are objects in the cluster: a policy, a finalizer, a record of Helm's.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "lab/scenes/scene.h"

namespace kproto::lab {

inline constexpr char kStuckFinalizer[] = "lab.kproto.io/stuck";

// Neither makes or changes a Deployment, StatefulSet or DaemonSet of such a name.
absl::Status RefuseWorkloads(const SceneSite& site, const std::string& prefix);
absl::Status AllowWorkloads(const SceneSite& site, const std::string& prefix);

// `target`: "deployment/monitoring/grafana", "namespace/monitoring".
absl::Status HoldObject(const SceneSite& site, const std::string& target);
absl::Status LetObjectGo(const SceneSite& site, const std::string& target);

// A revision that is pending-upgrade after the newest one, or pending-install where there is none.
// `target`: "argocd/argocd", namespace and name.
absl::Status LeaveReleasePending(const SceneSite& site, const std::string& target);
absl::Status RemovePendingRelease(const SceneSite& site, const std::string& target);

}  // namespace kproto::lab
