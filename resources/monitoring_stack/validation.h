// SPDX-License-Identifier: MPL-2.0
// Validation: checks of a stack's configuration across attributes. Pure.
#pragma once

#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/model.h"

namespace kproto::monitoring_stack {

// Needs neither files nor network; what is unknown is not judged.
void ValidateStack(const MonitoringStackModel& config, Diagnostics& diagnostics);

}  // namespace kproto::monitoring_stack
