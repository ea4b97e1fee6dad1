// SPDX-License-Identifier: MPL-2.0
// Names of networks, firewalls and the like: their rule, and that they are unique in an account.
// And the look-up that every kind serves: one thing by its id.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"
#include "lab/digitalocean/router.h"

namespace kproto::lab {

// ^[a-zA-Z0-9\-\.]{1,255}$
bool NameIsValid(const std::string& name);

// Whether another thing of the kind than `except_id` has the name.
bool NameIsTaken(Cloud* cloud, const char* kind, const std::string& name,
                 const std::string& except_id);

// Both in DigitalOcean's words; "" when a thing may have the name. `noun`: "VPC peering".
std::string WhyNotName(Cloud* cloud, const char* kind, const std::string& noun,
                       const std::string& name, const std::string& except_id);

// `{key: thing}`, or 404.
ApiResponse One(Cloud* cloud, const char* kind, const char* key, const std::string& id);

}  // namespace kproto::lab
