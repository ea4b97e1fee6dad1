// SPDX-License-Identifier: MPL-2.0
// What can be known to be wrong with a kproto_cluster before anything is asked of the cloud: across
// attributes (validate), and against what DigitalOcean offers (plan). Pure; unknown values pass.
#pragma once

#include <string>
#include <vector>

#include "clients/digitalocean/types.h"
#include "provider/runtime/diagnostics.h"
#include "resources/cluster/model.h"

namespace kproto {

// Counts, autoscale bounds, the VPC's alternatives, overlapping networks.
void CheckModel(const ClusterModel& cluster, Diagnostics& diagnostics);

// Bounds of the autoscaler that would take away nodes that run, as the prior state counts them.
void CheckRunningSizes(const ClusterModel& prior, const ClusterModel& planned,
                       Diagnostics& diagnostics);

// What DigitalOcean offers now, and what the account may have.
struct Offer {
  digitalocean::KubernetesOptions options;
  std::vector<digitalocean::Size> sizes;
  digitalocean::Account account;
};

// Region, sizes (in that region), and the account's Droplet limit for all nodes at their most.
void CheckOffer(const ClusterModel& cluster, const Offer& offer, Diagnostics& diagnostics);

}  // namespace kproto
