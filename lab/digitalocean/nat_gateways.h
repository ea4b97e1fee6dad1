// SPDX-License-Identifier: MPL-2.0
// NAT gateways: the way out for what has no public address. Theirs are known once they are active.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// Whether the VPC has a gateway that works: what isolated workers need.
bool HasActiveNatGateway(Cloud* cloud, const std::string& vpc_id);

}  // namespace kproto::lab
