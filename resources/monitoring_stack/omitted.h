// SPDX-License-Identifier: MPL-2.0
// Omitted: what the nested attributes amount to that the user left out. Pure.
#pragma once

#include "resources/monitoring_stack/model.h"

namespace kproto::monitoring_stack {

// The nested attributes that the user left out, with their defaults; those that are written, or
// not known yet, stay.
void FillOmitted(const MonitoringStackModel& config, MonitoringStackModel& planned);

}  // namespace kproto::monitoring_stack
