// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_cluster. The tables in model.cc are the one
// declaration of every attribute.
#pragma once

#include <string>

#include "provider/schema/model.h"
#include "resources/cluster/associated.h"
#include "resources/cluster/cost.h"
#include "resources/cluster/on_destroy.h"
#include "resources/timeouts.h"

namespace kproto {

struct ClusterVpc {
  Attr<std::string> id, name, ip_range;
  friend bool operator==(const ClusterVpc&, const ClusterVpc&) = default;
  static const Table<ClusterVpc>& Fields();
};

struct PoolTaint {
  Attr<std::string> key, value, effect;
  static const Table<PoolTaint>& Fields();
};

struct PoolNode {
  Attr<std::string> id, name, status, droplet_id;
  static const Table<PoolNode>& Fields();
};

struct ClusterPool {
  Attr<std::string> size;
  Attr<int64_t> count;
  Attr<bool> auto_scale;
  Attr<int64_t> min_nodes, max_nodes;
  Attr<bool> dedicated;
  Attr<MapOf<std::string>> labels;
  Attr<SetOf<PoolTaint>> taints;
  Attr<SetOf<std::string>> tags;
  Attr<std::string> id;
  Attr<ListOf<PoolNode>> nodes;
  static const Table<ClusterPool>& Fields();
};

struct ClusterModel {
  Attr<std::string> id, name, region, version;
  Attr<ClusterVpc> vpc;
  Attr<MapOf<ClusterPool>> node_pools;
  Attr<SetOf<std::string>> tags;
  Attr<bool> ha, auto_upgrade, surge_upgrade;
  Attr<std::string> cluster_subnet, service_subnet;
  Attr<Timeouts> timeouts;
  Attr<OnDestroy> on_destroy;
  Attr<bool> deletion_protection;
  Attr<double> max_monthly_cost;

  Attr<std::string> version_resolved, vpc_id, endpoint, cluster_ca_certificate, urn, status,
      created_at;
  Attr<double> monthly_cost;
  Attr<ClusterCost> cost;
  Attr<AssociatedResources> associated_resources;
  Attr<MapOf<double>> phases;
  static const Table<ClusterModel>& Fields();
};

}  // namespace kproto
