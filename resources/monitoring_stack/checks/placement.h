// SPDX-License-Identifier: MPL-2.0
// Placement: which node pools a workload's pods may run on, as Kubernetes' scheduler decides by
// node selector, required node affinity, taints and tolerations. Pure.
#pragma once

#include <string>
#include <vector>

#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {

// Why a pool is not for these pods, such as "has no label node-type=monitoring"; "" when it is.
// What cannot be known of a node (its host name, its zone) counts as fitting.
std::string WhyNot(const Workload& workload, const Pool& pool);

// The pools that are for them.
std::vector<const Pool*> PoolsFor(const Workload& workload, const std::vector<Pool>& pools);

}  // namespace kproto::monitoring_stack
