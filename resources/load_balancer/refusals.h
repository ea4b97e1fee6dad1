// SPDX-License-Identifier: MPL-2.0
// What DigitalOcean means when it refuses a load balancer. Pure.
#pragma once

#include "absl/status/status.h"
#include "provider/schema/path.h"

namespace kproto {

// The attribute that a refusal is about, by its words; the root when they tell none.
Path BlamedPath(const absl::Status& refusal);

// Whether it is refused only while an earlier change is being worked on. Source: the 403 "Load
// Balancer can't be updated while it processes previous actions".
bool IsBusyBalancer(const absl::Status& refusal);

}  // namespace kproto
