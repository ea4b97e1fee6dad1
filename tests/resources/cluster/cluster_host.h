// SPDX-License-Identifier: MPL-2.0
// ClusterHost: OpenTofu in small around a kproto_cluster (resource_host.h).
#pragma once

#include "resources/cluster/resource.h"
#include "tests/resources/resource_host.h"

namespace kproto::testing {

using ClusterHost = ResourceHost<ClusterResource, ClusterModel>;

// A good configuration: its own VPC, a pool for anything and one that is dedicated.
ClusterModel SmallPlatform();

}  // namespace kproto::testing
