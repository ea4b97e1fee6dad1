// SPDX-License-Identifier: MPL-2.0
// A pool whose nodes shall have another size is swapped: the old pool is renamed and keeps working,
// a new one takes its name, then the old one goes. These are the pure parts: the names by which a
// swap that was interrupted is recognised, and what a plan has to know of it.
#pragma once

#include <string>
#include <vector>

#include "clients/digitalocean/types.h"
#include "resources/cluster/steps.h"

namespace kproto {

// What a pool is called while another takes its place: "<pool>-old-<4 hex digits>", free in the
// cluster and no longer than DigitalOcean allows.
std::string RetiredName(const std::string& pool, const digitalocean::Cluster& cluster);
bool IsRetiredName(const std::string& name, const std::string& pool);

// The pools that are there and not wanted: left behind by a swap, or no longer configured.
std::vector<std::string> UnwantedPools(const ClusterWork& work);

// Whether going from one to the other swaps the pool, as far as the plan knows: both then count
// against the account's Droplet limit for a while.
bool PlansSwap(const ClusterPool& before, const ClusterPool& planned);

}  // namespace kproto
