// SPDX-License-Identifier: MPL-2.0
// The plan of a stack: checks what can be checked without the cluster, and says which computed
// values an apply will change. Reads files and chart repositories, never the cluster, so that it
// works while the cluster does not exist.
#pragma once

#include <vector>

#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/monitoring_stack/model.h"

namespace kproto::monitoring_stack {

// Where charts are fetched from. `connections` outlives it.
RepositoryLookup LookupOf(Connections& connections);

// Resource::ModifyPlan for the stack. When nothing is to be done `planned` stays exactly as it is.
void RefinePlan(const MonitoringStackModel* prior, const MonitoringStackModel& config,
                MonitoringStackModel& planned, std::vector<Path>& replace, Connections& connections,
                Operation& operation);

// Once the apply has settled what the plan could not know (the node pool), the checks need not run
// again for that. `private_state` is what RefinePlan left in it.
void KeepChecked(const MonitoringStackModel& state, const ValuesFiles& files,
                 const Desired& desired, PrivateState& private_state);

}  // namespace kproto::monitoring_stack
