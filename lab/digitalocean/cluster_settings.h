// SPDX-License-Identifier: MPL-2.0
// The settings of a cluster beside its name, place and pools: plugins, windows, firewalls, HA.
#pragma once

#include <string>

#include "lab/digitalocean/json_fields.h"

namespace kproto::lab {

// Fills every setting of a new cluster, DigitalOcean's default where the body is silent. The
// cluster must have its version. Returns what is wrong, or an empty string.
std::string ApplyCreateSettings(const Json& body, Json* cluster);

// Changes what the body names and keeps the rest; HA cannot be turned off.
std::string ApplyUpdateSettings(const Json& body, Json* cluster);

}  // namespace kproto::lab
