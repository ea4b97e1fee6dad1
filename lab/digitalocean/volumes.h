// SPDX-License-Identifier: MPL-2.0
// Volumes (block storage) and their snapshots.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// Attached ones go too: only for callers that mean it.
void RemoveVolume(Cloud* cloud, const std::string& id);

// The volume as the API shows it.
Json DescribeVolume(const Json& stored);

}  // namespace kproto::lab
