// SPDX-License-Identifier: MPL-2.0
// What a Kubernetes Service must carry so that DigitalOcean's cloud controller uses a certain load
// balancer. Source: digitalocean-cloud-controller-manager, lb_annotations.go. Pure.
#pragma once

#include "resources/load_balancer/model.h"

namespace kproto {

// Unknown while something that it depends on is. Disowned, the Service only names the load
// balancer. Otherwise the annotations say every setting as the model does, because the controller's
// PUT falls back to the default for what it does not know of.
Attr<MapOf<std::string>> ServiceAnnotations(const LoadBalancerModel& model);

}  // namespace kproto
