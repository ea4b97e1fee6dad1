// SPDX-License-Identifier: MPL-2.0
// What a request may say of a load balancer, what it falls back to, and what is refused. Pure but
// for looking up what a setting names.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// Every setting, with its default where the request says nothing: also on PUT, which replaces
// everything. Values of a wrong type do not count.
Json LoadBalancerSettings(const Json& body);

// The API's message for settings that it would refuse; "" for good ones.
std::string WhyNotLoadBalancer(Cloud* cloud, const Json& settings);

// The settings that no PUT can change: type, network, network_stack.
bool IsFixedSetting(const std::string& name);

}  // namespace kproto::lab
