// SPDX-License-Identifier: MPL-2.0
// Volumes (block storage) and their snapshots.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

inline constexpr double kVolumePricePerGib = 0.10;    // USD a month
inline constexpr double kSnapshotPricePerGib = 0.06;  // USD a month

// Attached ones go too: only for callers that mean it.
void RemoveVolume(Cloud* cloud, const std::string& id);

// The volume as the API shows it.
Json DescribeVolume(const Json& stored);

}  // namespace kproto::lab
