// SPDX-License-Identifier: MPL-2.0
// Between the API's JSON and load_balancer_types.h, both ways, by the rules of read_json.h and
// write_json.h. Pure.
#pragma once

#include "clients/digitalocean/json_view.h"
#include "clients/digitalocean/load_balancer_types.h"

namespace kproto::digitalocean {

LoadBalancer ReadLoadBalancer(const JsonView& json);

// For a POST.
Json WriteLoadBalancer(const LoadBalancer& spec);
// For a PUT: without what can only be said at the creation.
Json WriteLoadBalancerUpdate(const LoadBalancer& spec);

}  // namespace kproto::digitalocean
