// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/resource_parts.h"

#include "absl/strings/str_cat.h"

namespace kproto {

std::string Title(const ClusterModel& cluster) {
  return absl::StrCat("cluster \"", cluster.name.value_or(""), "\"");
}

bool IsComplete(const ClusterModel& state) { return state.cluster_ca_certificate.is_known(); }

bool OwnsVpc(const ClusterModel& state) {
  return state.vpc.is_known() && state.vpc->id.is_null() && state.vpc_id.is_known();
}

void PriceIfUnknown(digitalocean::DigitalOcean& api, const AssociatedCost& associated,
                    ClusterModel& state, Operation& operation) {
  if (state.cost.is_known() && state.monthly_cost.is_known()) {
    return;
  }
  state.cost = {};
  state.monthly_cost = {};
  const auto sizes = api.ListSizes(operation.request.stop);
  if (!sizes.ok()) {
    operation.diagnostics.AddWarning("Monthly cost not known",
                                     std::string(sizes.status().message()));
    return;
  }
  if (const std::optional<ClusterCost> cost = CostOf(state, *sizes, associated)) {
    state.cost = *cost;
    state.monthly_cost = OwnMonthly(*cost);
  }
}

}  // namespace kproto
