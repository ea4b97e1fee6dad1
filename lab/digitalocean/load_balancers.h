// SPDX-License-Identifier: MPL-2.0
// Load balancers, as the cloud controller makes them for Services and users make them by hand.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// Removes it; it lingers in its VPC. False when there is none.
bool RemoveLoadBalancer(Cloud* cloud, const std::string& id);

}  // namespace kproto::lab
