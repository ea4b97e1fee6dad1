// SPDX-License-Identifier: MPL-2.0
// What the verbs of kproto_cluster share: how far a cluster has come, and its price.
#pragma once

#include <string>

#include "provider/runtime/resource.h"
#include "resources/cluster/cost.h"
#include "resources/cluster/model.h"

namespace kproto {

// The fact of a cluster's intent in the journal that holds its id.
inline constexpr char kClusterIdFact[] = "cluster_id";

// For people: `cluster "name"`.
std::string Title(const ClusterModel& cluster);

// Whether the steps once went through to the end: the certificate comes last.
bool IsComplete(const ClusterModel& state);

// Whether the VPC was made with the cluster and goes with it.
bool OwnsVpc(const ClusterModel& state);

// Fills in `cost` and `monthly_cost` unless both are known. A price that cannot be had is null and
// a warning: an error would taint a cluster that is well.
void PriceIfUnknown(digitalocean::DigitalOcean& api, const AssociatedCost& associated,
                    ClusterModel& state, Operation& operation);

}  // namespace kproto
