// SPDX-License-Identifier: MPL-2.0
// Inventory: what the account holds by kind, with owners and monthly cost; what is left after a
// destroy is what a user would go on paying for.
#pragma once

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// {"clusters": […], "vpcs": […] (without the regions' own default ones), "load_balancers",
// "volumes", "snapshots", "droplets", "monthly_cost"}; each entry has id, name, region, tags, owner
// (the cluster's name, or its id when it is gone), owner_id and monthly_cost (USD).
Json Inventory(Cloud* cloud);

}  // namespace kproto::lab
