// SPDX-License-Identifier: MPL-2.0
// Memory: what a plan finds out and an apply or a later plan needs, in the private state that the
// host keeps beside the state: the digest of what the checks have passed, the footprint of what was
// rendered, what its data hangs on, and whether a refresh has found the cluster gone. Each function
// leaves the rest of the private state as it is. Pure.
#pragma once

#include <optional>
#include <string>

#include "provider/runtime/any.h"
#include "resources/monitoring_stack/checks/data_facts.h"
#include "resources/monitoring_stack/footprint.h"

namespace kproto::monitoring_stack {

// "" when nothing has passed.
std::string CheckedDigest(const PrivateState& private_state);
void SetCheckedDigest(const std::string& digest, PrivateState& private_state);

std::optional<DataFacts> RememberedFacts(const PrivateState& private_state);
void Remember(const DataFacts& facts, PrivateState& private_state);

bool ClusterIsGone(const PrivateState& private_state);
void SetClusterIsGone(bool gone, PrivateState& private_state);

std::optional<Footprint> RememberedFootprint(const PrivateState& private_state);
void Remember(const std::optional<Footprint>& footprint, PrivateState& private_state);

}  // namespace kproto::monitoring_stack
