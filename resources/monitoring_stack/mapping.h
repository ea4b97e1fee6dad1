// SPDX-License-Identifier: MPL-2.0
// From what the steps found to the model, once for what an apply returns (the plan is echoed, only
// what it left open is filled in) and once for what a refresh sees (everything as it is).
#pragma once

#include <vector>

#include "provider/reconcile/step.h"
#include "resources/monitoring_stack/model.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// After an apply: computed attributes of `state` that are unknown get what was found.
void FillUnknown(const Stack& stack, MonitoringStackModel& state);

// After a refresh. `steps` have observed; those that differ without an attribute to show it in
// become sentences in `drift`.
void Reflect(const Stack& stack, const std::vector<Step*>& steps, MonitoringStackModel& state);

}  // namespace kproto::monitoring_stack
