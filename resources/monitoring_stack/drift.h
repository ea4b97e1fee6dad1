// SPDX-License-Identifier: MPL-2.0
// Drift: what has changed behind kproto's back, told apart by layer (Argo CD's Helm release, the
// stack's own objects, what Argo CD runs), and what a plan is to do about it.
#pragma once

#include <vector>

#include "provider/reconcile/step.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/model.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// Whether a configuration as it was applied is what is wanted still. If not, what differs is a
// change that the user made, and no drift.
enum class Wanted { kAsApplied, kChanged };

// After a refresh: `steps` have observed, and `state` reflects what they found.
StackDriftLayers DriftLayersOf(const Stack& stack, const std::vector<Step*>& steps,
                               const MonitoringStackModel& state, Wanted wanted);

// In which layers something differs.
struct Drifted {
  bool release = false, objects = false, applications = false;
  bool any() const { return release || objects || applications; }
};

// Whether an apply shall mend it, by `on_drift`; warns where it shall not and somebody wants to
// know.
bool ShallMend(const Drifted& drifted, const MonitoringStackModel& prior,
               const Attr<StackOnDrift>& on_drift, Diagnostics& diagnostics);

}  // namespace kproto::monitoring_stack
