// SPDX-License-Identifier: MPL-2.0
// Nodes: brings the Node objects of one cluster to what its pools say, as DOKS's node controller
// does. KWOK keeps the nodes alive and their pods running.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lab/digitalocean/cluster_backend.h"
#include "lab/kubernetes/api_client.h"

namespace kproto::lab {

// Makes, patches and removes nodes; returns the names of those that are Ready now. A removed node's
// pods go with it, without the minutes that pod garbage collection would take.
absl::StatusOr<std::set<std::string>> ReconcileNodes(ApiClient& api,
                                                     const std::vector<NodeSpec>& wanted);

// The Node object for `spec`, as it is created.
nlohmann::json NodeObject(const NodeSpec& spec);

// What must be patched on the live `node` so that it says what `spec` does; null when nothing.
// Labels that `spec` does not name stay; taints do not, but for Kubernetes' own
// (node.kubernetes.io).
nlohmann::json NodePatch(const nlohmann::json& node, const NodeSpec& spec);

}  // namespace kproto::lab
