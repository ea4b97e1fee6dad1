// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/blockers.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/hint.h"

namespace kproto {
namespace {

// What the state knows to be the cluster's own.
std::set<std::string> OwnUrns(const ClusterModel& cluster) {
  std::set<std::string> urns{cluster.urn.value_or("")};
  if (cluster.node_pools.is_known()) {
    for (const auto& [name, pool] : *cluster.node_pools) {
      if (!pool.is_known() || !pool->nodes.is_known()) {
        continue;
      }
      for (const Attr<PoolNode>& node : *pool->nodes) {
        urns.insert(
            absl::StrCat("do:droplet:", node.is_known() ? node->droplet_id.value_or("") : ""));
      }
    }
  }
  if (cluster.associated_resources.is_known() &&
      cluster.associated_resources->load_balancers.is_known()) {
    for (const auto& balancer : *cluster.associated_resources->load_balancers) {
      urns.insert(
          absl::StrCat("do:loadbalancer:", balancer.is_known() ? balancer->id.value_or("") : ""));
    }
  }
  return urns;
}

}  // namespace

std::string AgeOf(const std::string& created_at, absl::Time now) {
  absl::Time made;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, created_at, &made, &error)) {
    return "";
  }
  const int64_t seconds = std::max<int64_t>(absl::ToInt64Seconds(now - made), 0);
  const int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (days > 0) {
    return absl::StrCat(days, days == 1 ? " day" : " days");
  }
  if (hours > 0) {
    return absl::StrCat(hours, " h ", minutes % 60, " min");
  }
  return minutes > 0 ? absl::StrCat(minutes, " min") : absl::StrCat(seconds, " s");
}

absl::Status BlockedBy(const std::vector<digitalocean::VpcMember>& members,
                       const std::string& vpc_id, const ClusterModel& cluster, absl::Time now) {
  const std::set<std::string> own = OwnUrns(cluster);
  std::string lines;
  bool foreign = false;
  for (const digitalocean::VpcMember& member : members) {
    const bool ours = own.count(member.urn) != 0;
    const std::string age = AgeOf(member.created_at, now);
    foreign = foreign || !ours;
    absl::StrAppend(&lines, "\n  ", member.urn, " (", member.name, "), ",
                    age.empty() ? "of unknown age" : absl::StrCat(age, " old"),
                    ours ? ": of this cluster, still going" : ": NOT of this cluster");
  }
  return WithHint(
      absl::FailedPreconditionError(absl::StrCat("VPC ", vpc_id, " still has members:", lines)),
      foreign ? "Delete or move what is not of this cluster (nothing here ever touches it), then "
                "run destroy again; it goes on from here."
              : "They go by themselves: run destroy again, it goes on from here. timeouts.delete "
                "says how long a destroy waits.");
}

}  // namespace kproto
