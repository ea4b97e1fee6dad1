// SPDX-License-Identifier: MPL-2.0
// The node pools of a plan as nodes will show them: labels and taints with what kproto_cluster's
// `dedicated` and DigitalOcean itself add, and what a node of a size leaves for pods. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resources/monitoring_stack/checks/rendered_stack.h"

namespace kproto::monitoring_stack {

// nullopt while anything that decides where pods go is not known.
std::optional<std::vector<Pool>> KnownPools(const Attr<MapOf<StackNodePool>>& pools);

struct NodeRoom {
  int64_t milli_cpus = 0, memory_bytes = 0;
};
// What a node of a Droplet size such as "s-4vcpu-8gb" has for pods, by DigitalOcean's table of
// allocatable memory (https://docs.digitalocean.com/products/kubernetes/details/limits/); nullopt
// for a size whose name does not say.
std::optional<NodeRoom> RoomOf(const std::string& size);

// Whether nodes of some pool bear the label node-type=`wanted`.
bool HasPool(const std::vector<Pool>& pools, const std::string& wanted);

}  // namespace kproto::monitoring_stack
