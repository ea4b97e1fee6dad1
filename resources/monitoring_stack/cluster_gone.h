// SPDX-License-Identifier: MPL-2.0
// ClusterGone: the plan of a stack whose cluster was deleted behind its back. A refresh sees that
// and keeps the state, because only the plan sees what `cluster_gone` says in the configuration.
#pragma once

#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/model.h"

namespace kproto::monitoring_stack {

// Whether the stack is to be made anew: then `planned` is that of a new one. Else the diagnostics
// say why not.
bool PlanWithoutCluster(const MonitoringStackModel& prior, const MonitoringStackModel& config,
                        MonitoringStackModel& planned, Diagnostics& diagnostics);

}  // namespace kproto::monitoring_stack
