// SPDX-License-Identifier: MPL-2.0
// Orphans: what the cluster once made in the cloud and no object in it stands for any more. A
// destroy of the stack ends with this question, because such things go on being billed.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/digitalocean/digitalocean.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::monitoring_stack {

// "load balancer NAME (ID)", "volume NAME (ID)" for each. Reads only.
absl::StatusOr<std::vector<std::string>> FindOrphans(digitalocean::DigitalOcean& cloud,
                                                     kubernetes::Kubernetes& kubernetes,
                                                     const std::string& cluster_id,
                                                     const kubernetes::Call& call);

}  // namespace kproto::monitoring_stack
