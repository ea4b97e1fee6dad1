// SPDX-License-Identifier: MPL-2.0
// Companion: what runs beside a simulated cluster's control plane: the cloud controllers, the host
// processes of Argo CD and of Loki. lab/kubernetes knows this interface only, so it depends on
// none.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lab/digitalocean/cluster_backend.h"
#include "lab/kubernetes/api_client.h"
#include "lab/kubernetes/pod_network.h"

namespace kproto::lab {

// Ends its threads and processes when destroyed.
class Companion {
 public:
  virtual ~Companion() = default;
};

// Where a companion works: its cluster, admin access to it, the cluster's directory, and the way to
// its pods.
struct CompanionSite {
  ClusterSpec spec;
  AdminAccess access;
  std::string directory;
  PodNetwork* pods;
};

using CompanionFactory = std::function<std::unique_ptr<Companion>(const CompanionSite&)>;

}  // namespace kproto::lab
