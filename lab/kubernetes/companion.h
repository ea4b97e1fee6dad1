// SPDX-License-Identifier: MPL-2.0
// Companion: what runs beside a simulated cluster's control plane: the cloud controllers, Argo CD's
// host processes. lab/kubernetes knows this interface only, so it depends on neither.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lab/digitalocean/cluster_backend.h"
#include "lab/kubernetes/api_client.h"

namespace kproto::lab {

// Ends its threads and processes when destroyed.
class Companion {
 public:
  virtual ~Companion() = default;
};

// Where a companion works: its cluster, admin access to it, and the cluster's directory.
struct CompanionSite {
  ClusterSpec spec;
  AdminAccess access;
  std::string directory;
};

using CompanionFactory = std::function<std::unique_ptr<Companion>(const CompanionSite&)>;

}  // namespace kproto::lab
