// SPDX-License-Identifier: MPL-2.0
// Nodes: the workers of a pool, each with its droplet; they take time to come and to go. A pool's
// "nodes" holds them all, also those on their way out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// Adds or retires nodes until the pool has `count` that stay. Newest go first.
void ResizePool(Cloud* cloud, const Json& cluster, Json* pool, int64_t count,
                absl::Duration until_ready);

// Whether a node is not on its way out.
bool NodeStays(const Json& node);
int64_t StayingNodes(const Json& pool);

// Begins a node's end: drained, deleted and gone some time later.
void RetireNode(Cloud* cloud, Json* node);

// Adds one node to the pool, made for the cluster's present version.
void AddNode(Cloud* cloud, const Json& cluster, Json* pool, absl::Duration until_ready);

// For a droplet deleted under a pool: its node goes at once and another comes.
void ReplaceNodeOfDroplet(Cloud* cloud, int64_t droplet_id);

// Moves nodes on whose time has come; drops those that are gone.
void AdvanceNodes(Cloud* cloud, Json* cluster);

// The workers that shall exist, as the cluster's backend wants them.
std::vector<NodeSpec> NodeSpecs(const Json& cluster);

}  // namespace kproto::lab
