// SPDX-License-Identifier: MPL-2.0
// VPC peerings: each joins two VPCs whose ranges do not overlap. They are made and unmade in the
// background, and a VPC cannot be deleted while it has one.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

bool HasPeering(Cloud* cloud, const std::string& vpc_id);

}  // namespace kproto::lab
