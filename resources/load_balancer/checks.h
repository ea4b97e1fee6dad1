// SPDX-License-Identifier: MPL-2.0
// What can be known to be wrong with a kproto_load_balancer before anything is asked of the cloud.
// Pure; unknown values pass.
#pragma once

#include "provider/runtime/diagnostics.h"
#include "resources/load_balancer/model.h"

namespace kproto {

// Across attributes: what fits the type, entry ports, TLS, Droplets, cookies.
void CheckBalancer(const LoadBalancerModel& model, Diagnostics& diagnostics);

}  // namespace kproto
