// SPDX-License-Identifier: MPL-2.0
// What can be known of a member before it is applied: from its configuration alone, and from the
// account and the hub as far as they are there.
#pragma once

#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/fleet/hub.h"
#include "resources/fleet_member/model.h"

namespace kproto::fleet_member {

void ValidateMember(const FleetMemberModel& config, Diagnostics& diagnostics);

// The cluster is there and no other member of the hub; what it has values for is delivered.
void CheckPlan(const FleetMemberModel* prior, const FleetMemberModel& planned,
               Connections& connections, fleet::Hubs& hubs, Operation& operation);

}  // namespace kproto::fleet_member
