// SPDX-License-Identifier: MPL-2.0
// Picture: the stack as its charts, and the folder in Git, render it: what an apply allows, and
// what an import goes by.
#pragma once

#include "absl/status/statusor.h"
#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/monitoring_stack/checks/rendered_stack.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/monitoring_stack/model.h"

namespace kproto::monitoring_stack {

// The picture of a stack of which everything renders. `config` has what is secret, where that is
// known.
absl::StatusOr<RenderedStack> Picture(const MonitoringStackModel& model,
                                      const MonitoringStackModel& config, const ValuesFiles& files,
                                      const Desired& desired, Connections& connections,
                                      const kubernetes::Call& call);

// What is wanted, with what is rendered from it: as the plan found, else by looking again.
absl::StatusOr<Desired> Rendered(const MonitoringStackModel& model,
                                 const MonitoringStackModel& config, const ValuesFiles& files,
                                 Connections& connections, const kubernetes::Call& call,
                                 PrivateState& private_state);

}  // namespace kproto::monitoring_stack
