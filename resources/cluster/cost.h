// SPDX-License-Identifier: MPL-2.0
// What a cluster costs a month, part by part: the attribute `cost`. Prices of Droplet sizes come
// from /v2/sizes, the rest from base/prices.h. US dollars, rounded to cents. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/prices.h"
#include "clients/digitalocean/load_balancer_types.h"
#include "clients/digitalocean/types.h"
#include "provider/schema/model.h"

namespace kproto {

struct ClusterModel;

struct PoolCost {
  Attr<double> monthly_min, monthly_max;
  static const Table<PoolCost>& Fields();
};

struct ClusterCost {
  Attr<double> monthly_min, monthly_max;
  Attr<double> control_plane;
  Attr<MapOf<PoolCost>> node_pools;
  Attr<double> load_balancers, volumes, volume_snapshots;  // of what the workloads made
  static const Table<ClusterCost>& Fields();
};

// The part of the cost that workloads decide: load balancers of Services, volumes of claims.
struct AssociatedCost {
  double load_balancers = 0, volumes = 0, volume_snapshots = 0;
};

// nullopt while a count, a size or high availability is unknown, or a size has no price.
std::optional<ClusterCost> CostOf(const ClusterModel& cluster,
                                  const std::vector<digitalocean::Size>& sizes,
                                  const AssociatedCost& associated);

// What a known cost says of the workloads' part; zeros when it is not known.
AssociatedCost AssociatedPart(const Attr<ClusterCost>& cost);
// The same cost with another workloads' part, its sums made anew.
ClusterCost WithAssociated(ClusterCost cost, const AssociatedCost& associated);

// The least that the cluster itself costs, whatever its workloads have made: an output of it stays
// the same while they come and go.
double OwnMonthly(const ClusterCost& cost);

double LoadBalancerCost(const digitalocean::LoadBalancer& balancer);

// A line for each part, for people: " pool primary    2 x s-2vcpu-4gb    48.00".
std::string CostTable(const ClusterModel& cluster, const ClusterCost& cost);

// Refuses a plan that may cost more than max_monthly_cost, with the table.
absl::Status WithinBudget(const ClusterModel& cluster, const ClusterCost& cost);

}  // namespace kproto
