// SPDX-License-Identifier: MPL-2.0
// From the API's cluster to what the data sources say of it.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "resources/clusters/model.h"
#include "resources/listing.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

ListOf<std::string> UserTags(std::vector<std::string> tags) {
  std::erase_if(tags, [](const std::string& tag) {
    return tag == "k8s" || absl::StartsWith(tag, "k8s:") || absl::StartsWith(tag, "kproto:");
  });
  std::sort(tags.begin(), tags.end());  // the API promises no order
  return ToList(tags);
}

Attr<std::string> NullIfEmpty(const std::string& text) {
  return text.empty() ? Attr<std::string>() : Attr<std::string>(text);
}

PoolView ViewOf(const ocean::NodePool& live) {
  PoolView pool;
  pool.id = live.id;
  pool.size = live.size;
  pool.count = live.count;
  pool.auto_scale = live.auto_scale;
  if (live.auto_scale) {
    pool.min_nodes = live.min_nodes;
    pool.max_nodes = live.max_nodes;
  }
  pool.labels = MapOf<std::string>(live.labels.begin(), live.labels.end());
  ListOf<PoolViewTaint> taints;
  for (const ocean::Taint& taint : live.taints) {
    taints.emplace_back(PoolViewTaint{taint.key, taint.value, taint.effect});
  }
  pool.taints = std::move(taints);
  pool.tags = UserTags(live.tags);
  ListOf<PoolNode> nodes;
  for (const ocean::Node& node : live.nodes) {
    nodes.emplace_back(PoolNode{node.id, node.name, node.state_text, node.droplet_id});
  }
  pool.nodes = std::move(nodes);
  return pool;
}

}  // namespace

void Summarize(const ocean::Cluster& live, ClusterSummary& summary) {
  summary.id = live.id;
  summary.name = live.name;
  summary.region = live.region;
  summary.version = live.version;
  summary.status = live.status.text;
  summary.endpoint = NullIfEmpty(live.endpoint);
  summary.vpc_id = NullIfEmpty(live.vpc_uuid);
  summary.ha = live.ha;
  int64_t nodes = 0;
  for (const ocean::NodePool& pool : live.node_pools) {
    nodes += pool.count;
  }
  summary.node_count = nodes;
  summary.tags = UserTags(live.tags);
  summary.urn = absl::StrCat("do:kubernetes:", live.id);
  summary.created_at = live.created_at;
}

void Describe(const ocean::Cluster& live, ClusterDataModel& model) {
  Summarize(live, model);
  model.status_message = live.status.message;
  model.cluster_subnet = live.cluster_subnet;
  model.service_subnet = live.service_subnet;
  model.auto_upgrade = live.auto_upgrade;
  model.surge_upgrade = live.surge_upgrade;
  model.isolated_workers = live.isolated_workers;
  model.registry_enabled = live.registry_enabled;
  if (live.maintenance_policy) {
    model.maintenance_policy =
        MaintenanceView{live.maintenance_policy->day, live.maintenance_policy->start_time,
                        live.maintenance_policy->duration};
  }
  if (live.control_plane_firewall) {
    model.control_plane_firewall =
        FirewallView{live.control_plane_firewall->enabled,
                     ToList(live.control_plane_firewall->allowed_addresses)};
  }
  model.plugins = MapOf<bool>(live.plugins.begin(), live.plugins.end());
  MapOf<PoolView> pools;
  for (const ocean::NodePool& pool : live.node_pools) {
    pools[pool.name] = ViewOf(pool);
  }
  model.node_pools = std::move(pools);
  model.updated_at = live.updated_at;
}

}  // namespace kproto
