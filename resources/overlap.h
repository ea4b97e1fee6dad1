// SPDX-License-Identifier: MPL-2.0
// Whether two networks share an address: DigitalOcean refuses VPCs and peerings that do. Pure.
#pragma once

#include <string>

namespace kproto {

// IPv4 networks in CIDR form; false when one of them is none, which validators report.
bool NetworksOverlap(const std::string& a, const std::string& b);

}  // namespace kproto
