// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/cost.h"

#include <algorithm>
#include <cmath>

namespace kproto {

std::optional<double> MonthlyCost(const ClusterModel& cluster,
                                  const std::vector<digitalocean::Size>& sizes) {
  if (!cluster.node_pools.is_known()) {
    return std::nullopt;
  }
  double cost = cluster.ha.value_or(false) ? kHighAvailabilityMonthly : 0;
  for (const auto& [name, pool] : *cluster.node_pools) {
    if (!pool.is_known() || !pool->size.is_known()) {
      return std::nullopt;
    }
    const Attr<int64_t>& count = pool->auto_scale.value_or(false) ? pool->min_nodes : pool->count;
    const auto size = std::find_if(sizes.begin(), sizes.end(),
                                   [&](const auto& s) { return s.slug == *pool->size; });
    if (!count.is_known() || size == sizes.end()) {
      return std::nullopt;
    }
    cost += size->price_monthly * static_cast<double>(*count);
  }
  return std::round(cost * 100) / 100;
}

}  // namespace kproto
