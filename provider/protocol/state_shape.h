// SPDX-License-Identifier: MPL-2.0
// Walks over a value along its schema: what the protocol demands of a state that its type alone
// does not say. Pure.
#pragma once

#include "provider/schema/schema.h"
#include "provider/schema/value.h"

namespace kproto {

// The value as a host wants to store it: every attribute there, blocks of kind list, set and map
// empty rather than null, write-only attributes null. Null and unknown stay as they are.
Value ToStoredShape(const Schema& schema, Value value);

// The configuration that would give this state: without what only the provider can set.
Value ToConfigShape(const Schema& schema, Value state);

}  // namespace kproto
