// SPDX-License-Identifier: MPL-2.0
// What a plan says to the apply that follows it, in the private state. A replacement of something
// whose creation did not finish carries the key of what shall be made, so that the delete half can
// leave it to the create half, which goes on with it.
#pragma once

#include <string>

#include "provider/runtime/any.h"

namespace kproto {

// `action`: create, update or destroy. `id`: of what is there already, when updating.
PrivateState PlannedPrivate(const std::string& action, const std::string& key,
                            const std::string& id = "");
bool PlannedToCreate(const PrivateState& private_state, const std::string& key);
// The id in it; "". When a replacement's create half is planned, that is what will be gone.
std::string PlannedId(const PrivateState& private_state);

}  // namespace kproto
