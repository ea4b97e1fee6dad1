// SPDX-License-Identifier: MPL-2.0
// Admin: the lab's own calls under /lab, for whoever holds the controller token: faults, recorded
// calls, inventory, and pushes that a real cloud would give by itself.
#pragma once

#include "lab/digitalocean/calls.h"
#include "lab/digitalocean/cloud.h"
#include "lab/digitalocean/faults.h"
#include "lab/digitalocean/router.h"

namespace kproto::lab {

void ServeAdmin(Cloud* cloud, FaultPlan* faults, CallLog* calls, const Router* api, Router* router);

}  // namespace kproto::lab
