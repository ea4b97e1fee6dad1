// SPDX-License-Identifier: MPL-2.0
// Whether the API server of a cluster can be reached from here. Source: GET /version.
#pragma once

#include "absl/status/status.h"
#include "resources/cluster/steps.h"

namespace kproto {

// Asks over a connection of its own: one that is open already may pass a firewall that would no
// longer let it be opened. A refusal is an answer too; anything else says why there was none.
absl::Status Answers(const ClusterWork& work, const StepContext& context);

}  // namespace kproto
