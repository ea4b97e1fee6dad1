// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/cost.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/hint.h"
#include "provider/runtime/diagnostics.h"
#include "resources/cluster/model.h"

namespace kproto {
namespace {

double Cents(double dollars) { return std::round(dollars * 100) / 100; }

bool Scales(const ClusterPool& pool) { return pool.auto_scale.value_or(false); }

std::optional<PoolCost> CostOfPool(const ClusterPool& pool,
                                   const std::vector<digitalocean::Size>& sizes) {
  const Attr<int64_t>& least = Scales(pool) ? pool.min_nodes : pool.count;
  const Attr<int64_t>& most = Scales(pool) ? pool.max_nodes : pool.count;
  if (!pool.size.is_known() || pool.auto_scale.is_unknown() || !least.is_known() ||
      !most.is_known()) {
    return std::nullopt;
  }
  const auto size =
      std::find_if(sizes.begin(), sizes.end(), [&](const auto& s) { return s.slug == *pool.size; });
  if (size == sizes.end()) {
    return std::nullopt;
  }
  return PoolCost{Cents(size->price_monthly * static_cast<double>(*least)),
                  Cents(size->price_monthly * static_cast<double>(*most))};
}

// The sums follow from the parts.
ClusterCost Summed(ClusterCost cost) {
  double least = cost.control_plane.value_or(0) + cost.load_balancers.value_or(0) +
                 cost.volumes.value_or(0) + cost.volume_snapshots.value_or(0);
  double most = least;
  if (cost.node_pools.is_known()) {
    for (const auto& [name, pool] : *cost.node_pools) {
      least += pool.is_known() ? pool->monthly_min.value_or(0) : 0;
      most += pool.is_known() ? pool->monthly_max.value_or(0) : 0;
    }
  }
  cost.monthly_min = Cents(least);
  cost.monthly_max = Cents(most);
  return cost;
}

std::string Row(const std::string& part, const std::string& what, double least, double most) {
  const std::string sum =
      least == most ? absl::StrFormat("%.2f", most) : absl::StrFormat("%.2f - %.2f", least, most);
  return absl::StrFormat("  %-24s %-24s %18s\n", part, what, sum);
}

std::string Nodes(const ClusterPool& pool) {
  return Scales(pool) ? absl::StrCat(pool.min_nodes.value_or(0), "-", pool.max_nodes.value_or(0),
                                     " x ", pool.size.value_or(""))
                      : absl::StrCat(pool.count.value_or(0), " x ", pool.size.value_or(""));
}

}  // namespace

const Table<PoolCost>& PoolCost::Fields() {
  static const auto& table = *new Table<PoolCost>({
      Field("monthly_min", &PoolCost::monthly_min, Computed(),
            Doc("With the fewest nodes that it may have.")),
      Field("monthly_max", &PoolCost::monthly_max, Computed(),
            Doc("With the most nodes that it may have.")),
  });
  return table;
}

const Table<ClusterCost>& ClusterCost::Fields() {
  static const auto& table = *new Table<ClusterCost>({
      Field("monthly_min", &ClusterCost::monthly_min, Computed(),
            Doc("The least that everything costs: pools with `auto_scale` at `min_nodes`.")),
      Field("monthly_max", &ClusterCost::monthly_max, Computed(),
            Doc("The most that everything costs: pools with `auto_scale` at `max_nodes`. "
                "`max_monthly_cost` limits it.")),
      Field("control_plane", &ClusterCost::control_plane, Computed(),
            Doc("The control plane: free, or priced with `ha`.")),
      Field("node_pools", &ClusterCost::node_pools, Computed(), Doc("Each node pool by name.")),
      Field("load_balancers", &ClusterCost::load_balancers, Computed(),
            Doc("Load balancers that the cluster's Services have made.")),
      Field("volumes", &ClusterCost::volumes, Computed(),
            Doc("Volumes that the cluster's claims have made.")),
      Field("volume_snapshots", &ClusterCost::volume_snapshots, Computed(),
            Doc("Snapshots of those volumes.")),
  });
  return table;
}

std::optional<ClusterCost> CostOf(const ClusterModel& cluster,
                                  const std::vector<digitalocean::Size>& sizes,
                                  const AssociatedCost& associated) {
  if (!cluster.node_pools.is_known() || cluster.ha.is_unknown()) {
    return std::nullopt;
  }
  ClusterCost cost;
  cost.control_plane = cluster.ha.value_or(false) ? kHighAvailabilityMonthly : 0.0;
  MapOf<PoolCost> pools;
  for (const auto& [name, pool] : *cluster.node_pools) {
    const std::optional<PoolCost> one =
        pool.is_known() ? CostOfPool(*pool, sizes) : std::optional<PoolCost>();
    if (!one) {
      return std::nullopt;
    }
    pools[name] = *one;
  }
  cost.node_pools = std::move(pools);
  return WithAssociated(std::move(cost), associated);
}

AssociatedCost AssociatedPart(const Attr<ClusterCost>& cost) {
  if (!cost.is_known()) {
    return {};
  }
  return {cost->load_balancers.value_or(0), cost->volumes.value_or(0),
          cost->volume_snapshots.value_or(0)};
}

ClusterCost WithAssociated(ClusterCost cost, const AssociatedCost& associated) {
  cost.load_balancers = Cents(associated.load_balancers);
  cost.volumes = Cents(associated.volumes);
  cost.volume_snapshots = Cents(associated.volume_snapshots);
  return Summed(std::move(cost));
}

double OwnMonthly(const ClusterCost& cost) {
  const AssociatedCost workloads = AssociatedPart(cost);
  return Cents(cost.monthly_min.value_or(0) - workloads.load_balancers - workloads.volumes -
               workloads.volume_snapshots);
}

double LoadBalancerCost(const digitalocean::LoadBalancer& balancer) {
  return LoadBalancerMonthly(balancer.type, balancer.size_unit);
}

std::string CostTable(const ClusterModel& cluster, const ClusterCost& cost) {
  std::string table;
  if (cluster.node_pools.is_known() && cost.node_pools.is_known()) {
    for (const auto& [name, pool] : *cluster.node_pools) {
      const auto priced = cost.node_pools->find(name);
      if (pool.is_known() && priced != cost.node_pools->end() && priced->second.is_known()) {
        table +=
            Row(absl::StrCat("pool ", name), Nodes(*pool), priced->second->monthly_min.value_or(0),
                priced->second->monthly_max.value_or(0));
      }
    }
  }
  const auto part = [&](const char* name, const char* what, const Attr<double>& dollars) {
    if (dollars.value_or(0) > 0) {
      table += Row(name, what, *dollars, *dollars);
    }
  };
  part("control plane", "highly available", cost.control_plane);
  part("load balancers", "of Services", cost.load_balancers);
  part("volumes", "of claims", cost.volumes);
  part("volume snapshots", "", cost.volume_snapshots);
  return table + Row("total", "", cost.monthly_min.value_or(0), cost.monthly_max.value_or(0));
}

absl::Status WithinBudget(const ClusterModel& cluster, const ClusterCost& cost) {
  if (!cluster.max_monthly_cost.is_known() || !cost.monthly_max.is_known() ||
      *cost.monthly_max <= *cluster.max_monthly_cost) {
    return absl::OkStatus();
  }
  return WithPath(
      WithHint(absl::FailedPreconditionError(absl::StrFormat(
                   "max_monthly_cost allows %.2f US dollars a month, the plan may cost %.2f:\n%s",
                   *cluster.max_monthly_cost, *cost.monthly_max, CostTable(cluster, cost))),
               absl::StrCat("Choose smaller or fewer nodes, lower max_nodes, or raise "
                            "max_monthly_cost. Sizes are priced by DigitalOcean's API today, the "
                            "rest by its list of ",
                            kPricesAsOf, ".")),
      Path("max_monthly_cost"));
}

}  // namespace kproto
