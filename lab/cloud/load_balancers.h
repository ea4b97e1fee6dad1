// SPDX-License-Identifier: MPL-2.0
// Services of type LoadBalancer become load balancers of the account, as DigitalOcean's cloud
// controller manager does it (digitalocean.md §3): name, tag, annotation, finalizer, status.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "lab/cloud/objects.h"

namespace kproto::lab {

inline constexpr char kLoadBalancerFinalizer[] = "service.kubernetes.io/load-balancer-cleanup";
inline constexpr char kLoadBalancerIdAnnotation[] = "kubernetes.digitalocean.com/load-balancer-id";

// One pass over all Services of the cluster; what fails for one is an Event on it and is tried
// again by the next pass.
absl::Status ReconcileLoadBalancers(const CloudSite& site);

// What the load balancer of `service` shall be; `nodes` is a NodeList.
nlohmann::json LoadBalancerRequest(const nlohmann::json& service, const nlohmann::json& nodes,
                                   const ClusterSpec& cluster);

}  // namespace kproto::lab
