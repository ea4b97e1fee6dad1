// SPDX-License-Identifier: MPL-2.0
// Upgrades of a cluster: which steps are legal, and the way of one: first the control plane, then
// every node replaced by one of the new version.
#pragma once

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// For a cluster in state "upgrading".
void AdvanceUpgrade(Cloud* cloud, Json* cluster);

}  // namespace kproto::lab
