// SPDX-License-Identifier: MPL-2.0
// The plan of a fleet: reads the values files, holds the charts against the checks of a monitoring
// stack, and says what every ApplicationSet will be. Never looks at a cluster.
#pragma once

#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/fleet/application_sets.h"
#include "resources/fleet/model.h"

namespace kproto::fleet {

// What the files say and what is wanted accordingly; everything that matters is known.
absl::StatusOr<WantedFleet> Wanted(const FleetModel& model, Connections& connections);

// Resource::ModifyPlan for the fleet.
void RefinePlan(FleetModel& planned, Connections& connections, Operation& operation);

}  // namespace kproto::fleet
