// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/mapping.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr char kMark[] = "kproto:";
constexpr char kDedicatedLabel[] = "node-type";
constexpr char kDedicatedTaint[] = "dedicated";

// Tags that DigitalOcean or kproto put there, which are none of the user's.
bool IsForeign(const std::string& tag) {
  return tag == "k8s" || absl::StartsWith(tag, "k8s:") || absl::StartsWith(tag, kMark);
}

std::vector<std::string> Known(const Attr<SetOf<std::string>>& set) {
  std::vector<std::string> result;
  if (set.is_known()) {
    for (const Attr<std::string>& element : set->elements) {
      if (element.is_known()) {
        result.push_back(*element);
      }
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::string> OwnTags(const std::vector<std::string>& tags) {
  std::vector<std::string> own;
  std::copy_if(tags.begin(), tags.end(), std::back_inserter(own),
               [](const std::string& tag) { return !IsForeign(tag); });
  std::sort(own.begin(), own.end());
  return own;
}

// Keeps null when there is nothing, so that an omitted argument stays omitted.
void ReadTags(const std::vector<std::string>& live, Attr<SetOf<std::string>>& tags) {
  const std::vector<std::string> own = OwnTags(live);
  if (own.empty() && !tags.is_known()) {
    tags = {};
    return;
  }
  SetOf<std::string> set;
  set.elements.assign(own.begin(), own.end());
  tags = std::move(set);
}

std::map<std::string, std::string> LabelsOf(const std::string& name, const ClusterPool& pool) {
  std::map<std::string, std::string> labels;
  if (pool.labels.is_known()) {
    for (const auto& [key, value] : *pool.labels) {
      labels[key] = value.value_or("");
    }
  }
  if (pool.dedicated.value_or(false)) {
    labels[kDedicatedLabel] = name;
  }
  return labels;
}

bool TaintLess(const ocean::Taint& a, const ocean::Taint& b) {
  return std::tie(a.key, a.value, a.effect) < std::tie(b.key, b.value, b.effect);
}

std::vector<ocean::Taint> TaintsOf(const std::string& name, const ClusterPool& pool) {
  std::vector<ocean::Taint> taints;
  if (pool.taints.is_known()) {
    for (const Attr<PoolTaint>& taint : pool.taints->elements) {
      if (taint.is_known()) {
        taints.push_back(
            {taint->key.value_or(""), taint->value.value_or(""), taint->effect.value_or("")});
      }
    }
  }
  if (pool.dedicated.value_or(false)) {
    taints.push_back({kDedicatedTaint, name, "NoSchedule"});
  }
  std::sort(taints.begin(), taints.end(), TaintLess);
  taints.erase(std::unique(taints.begin(), taints.end()), taints.end());
  return taints;
}

void ReadLabels(const ocean::NodePool& live, ClusterPool& pool) {
  MapOf<std::string> labels;
  for (const auto& [key, value] : live.labels) {
    const bool ours = pool.dedicated.value_or(false) && key == kDedicatedLabel &&
                      value == live.name &&
                      !(pool.labels.is_known() && pool.labels->count(key) != 0);
    if (!ours) {
      labels[key] = value;
    }
  }
  if (labels.empty() && !pool.labels.is_known()) {
    pool.labels = {};
  } else {
    pool.labels = std::move(labels);
  }
}

void ReadTaints(const ocean::NodePool& live, ClusterPool& pool) {
  const ocean::Taint dedicated{kDedicatedTaint, live.name, "NoSchedule"};
  SetOf<PoolTaint> taints;
  for (const ocean::Taint& taint : live.taints) {
    if (!(pool.dedicated.value_or(false) && taint == dedicated)) {
      PoolTaint read{taint.key, taint.value, taint.effect};
      if (taint.value.empty()) {
        read.value = {};
      }
      taints.elements.emplace_back(std::move(read));
    }
  }
  if (taints.elements.empty() && !pool.taints.is_known()) {
    pool.taints = {};
  } else {
    pool.taints = std::move(taints);
  }
}

bool IsDedicated(const ocean::NodePool& live) {
  const auto label = live.labels.find(kDedicatedLabel);
  const ocean::Taint taint{kDedicatedTaint, live.name, "NoSchedule"};
  return label != live.labels.end() && label->second == live.name &&
         std::find(live.taints.begin(), live.taints.end(), taint) != live.taints.end();
}

}  // namespace

std::string OwnershipMark(const std::string& nonce) { return absl::StrCat(kMark, nonce); }

std::string NonceOf(const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) {
    if (absl::StartsWith(tag, kMark)) {
      return std::string(absl::StripPrefix(tag, kMark));
    }
  }
  return "";
}

std::string NonceOf(const std::string& description) {
  return NonceOf(std::vector<std::string>(absl::StrSplit(description, ' ')));
}

std::string VpcName(const ClusterModel& cluster) {
  return cluster.vpc.is_known() && cluster.vpc->name.is_known()
             ? *cluster.vpc->name
             : absl::StrCat(cluster.name.value_or(""), "-vpc");
}

std::vector<std::string> TagsOf(const Attr<SetOf<std::string>>& tags, const std::string& nonce) {
  std::vector<std::string> result = Known(tags);
  if (!nonce.empty()) {
    result.push_back(OwnershipMark(nonce));
  }
  return result;
}

ocean::NodePoolSpec PoolSpec(const std::string& name, const ClusterPool& pool) {
  ocean::NodePoolSpec spec;
  spec.name = name;
  spec.size = pool.size.value_or("");
  spec.auto_scale = pool.auto_scale.value_or(false);
  spec.min_nodes = pool.min_nodes.value_or(0);
  spec.max_nodes = pool.max_nodes.value_or(0);
  spec.count = pool.count.value_or(spec.auto_scale ? spec.min_nodes : 1);
  spec.labels = LabelsOf(name, pool);
  spec.taints = TaintsOf(name, pool);
  spec.tags = TagsOf(pool.tags, "");
  spec.gpu_partition_mode = pool.gpu_partition_mode.value_or("");
  return spec;
}

ocean::NodePoolUpdate PoolUpdate(const std::string& name, const ClusterPool& pool) {
  const ocean::NodePoolSpec spec = PoolSpec(name, pool);
  ocean::NodePoolUpdate update;
  update.name = name;
  update.labels = spec.labels;
  update.taints = spec.taints;
  update.tags = spec.tags;
  update.auto_scale = spec.auto_scale;
  if (spec.auto_scale) {
    update.min_nodes = spec.min_nodes;
    update.max_nodes = spec.max_nodes;
  } else {
    update.count = spec.count;
  }
  return update;
}

ocean::ClusterSpec ClusterSpecOf(const ClusterModel& cluster, const std::string& nonce) {
  ocean::ClusterSpec spec;
  spec.name = cluster.name.value_or("");
  spec.region = cluster.region.value_or("");
  spec.version = cluster.version_resolved.value_or(cluster.version.value_or(""));
  spec.vpc_uuid = cluster.vpc_id.value_or("");
  spec.cluster_subnet = cluster.cluster_subnet.value_or("");
  spec.service_subnet = cluster.service_subnet.value_or("");
  spec.tags = TagsOf(cluster.tags, nonce);
  if (cluster.ha.is_known()) {
    spec.ha = *cluster.ha;
  }
  spec.auto_upgrade = cluster.auto_upgrade.value_or(false);
  spec.surge_upgrade = cluster.surge_upgrade.value_or(true);
  PutSettings(cluster, spec);
  if (cluster.node_pools.is_known()) {
    for (const auto& [name, pool] : *cluster.node_pools) {
      if (pool.is_known()) {
        spec.node_pools.push_back(PoolSpec(name, *pool));
      }
    }
  }
  return spec;
}

std::string SwapReason(const ClusterPool& wanted, const ocean::NodePool& live) {
  if (live.size != wanted.size.value_or(live.size)) {
    return absl::StrCat("size ", live.size, " -> ", *wanted.size);
  }
  if (live.gpu_partition_mode != wanted.gpu_partition_mode.value_or(live.gpu_partition_mode)) {
    return absl::StrCat("gpu_partition_mode ", live.gpu_partition_mode, " -> ",
                        *wanted.gpu_partition_mode);
  }
  return "";
}

bool WouldShrink(const ClusterPool& wanted, int64_t running) {
  return wanted.auto_scale.value_or(false) && wanted.max_nodes.value_or(running) < running;
}

std::string PoolDifference(const std::string& name, const ClusterPool& wanted,
                           const ocean::NodePool& live) {
  const ocean::NodePoolSpec spec = PoolSpec(name, wanted);
  if (spec.auto_scale != live.auto_scale) {
    return absl::StrCat("auto_scale ", live.auto_scale ? "on" : "off", " -> ",
                        spec.auto_scale ? "on" : "off");
  }
  if (spec.auto_scale && (spec.min_nodes != live.min_nodes || spec.max_nodes != live.max_nodes)) {
    return absl::StrCat("nodes ", live.min_nodes, "-", live.max_nodes, " -> ", spec.min_nodes, "-",
                        spec.max_nodes);
  }
  if (!spec.auto_scale && spec.count != live.count) {
    return absl::StrCat("count ", live.count, " -> ", spec.count);
  }
  if (spec.labels != live.labels) {
    return "labels differ";
  }
  std::vector<ocean::Taint> taints = live.taints;
  std::sort(taints.begin(), taints.end(), TaintLess);
  if (spec.taints != taints) {
    return "taints differ";
  }
  return spec.tags != OwnTags(live.tags) ? "tags differ" : "";
}

void ReadPool(const ocean::NodePool& live, ClusterPool& pool) {
  pool.id = live.id;
  pool.size = live.size;
  pool.count = live.count;
  pool.auto_scale = live.auto_scale;
  if (live.auto_scale) {
    pool.min_nodes = live.min_nodes;
    pool.max_nodes = live.max_nodes;
  } else if (!pool.min_nodes.is_known()) {
    pool.min_nodes = {};
    pool.max_nodes = pool.max_nodes.is_known() ? pool.max_nodes : Attr<int64_t>();
  }
  pool.gpu_partition_mode =
      live.gpu_partition_mode.empty() ? Attr<std::string>() : live.gpu_partition_mode;
  pool.dedicated = IsDedicated(live);
  ReadLabels(live, pool);
  ReadTaints(live, pool);
  ReadTags(live.tags, pool.tags);
  ListOf<PoolNode> nodes;
  for (const ocean::Node& node : live.nodes) {
    nodes.emplace_back(PoolNode{node.id, node.name, node.state_text, node.droplet_id});
  }
  pool.nodes = std::move(nodes);
}

void ReadCluster(const ocean::Cluster& live, ClusterModel& state) {
  state.id = live.id;
  state.name = live.name;
  state.region = live.region;
  state.version_resolved = live.version;
  state.vpc_id = live.vpc_uuid;
  state.endpoint = live.endpoint.empty() ? Attr<std::string>() : live.endpoint;
  state.urn = absl::StrCat("do:kubernetes:", live.id);
  state.status = live.status.text;
  state.created_at = live.created_at;
  state.ha = live.ha;
  state.auto_upgrade = live.auto_upgrade;
  state.surge_upgrade = live.surge_upgrade;
  state.cluster_subnet = live.cluster_subnet;
  state.service_subnet = live.service_subnet;
  ReadSettings(live, state);
  ReadTags(live.tags, state.tags);
  MapOf<ClusterPool> pools;
  for (const ocean::NodePool& live_pool : live.node_pools) {
    ClusterPool pool;
    if (state.node_pools.is_known()) {
      const auto before = state.node_pools->find(live_pool.name);
      if (before != state.node_pools->end() && before->second.is_known()) {
        pool = *before->second;
      }
    }
    ReadPool(live_pool, pool);
    pools[live_pool.name] = std::move(pool);
  }
  state.node_pools = std::move(pools);
}

const ClusterPool* PoolOf(const ClusterModel& cluster, const std::string& name) {
  if (!cluster.node_pools.is_known()) {
    return nullptr;
  }
  const auto pool = cluster.node_pools->find(name);
  return pool != cluster.node_pools->end() && pool->second.is_known() ? &*pool->second : nullptr;
}

}  // namespace kproto
