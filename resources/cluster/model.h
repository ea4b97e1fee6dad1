// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_cluster. The tables in model.cc are the one
// declaration of every attribute.
#pragma once

#include <string>

#include "provider/schema/model.h"
#include "resources/cluster/associated.h"
#include "resources/cluster/cost.h"
#include "resources/cluster/on_destroy.h"
#include "resources/cluster/settings.h"
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
  Attr<SetOf<std::string>> stale_labels;
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
  Attr<std::string> gpu_partition_mode;
  Attr<std::string> label_strategy;
  Attr<std::string> id;
  Attr<ListOf<PoolNode>> nodes;
  static const Table<ClusterPool>& Fields();
};

struct ClusterPreflight {
  Attr<std::string> clusterlint;
  static const Table<ClusterPreflight>& Fields();
};

struct ClusterModel {
  Attr<std::string> id, name, region, version;
  Attr<ClusterVpc> vpc;
  Attr<MapOf<ClusterPool>> node_pools;
  Attr<bool> wait_for_nodes;
  Attr<SetOf<std::string>> tags;
  Attr<bool> ha, auto_upgrade, surge_upgrade;
  Attr<std::string> cluster_subnet, service_subnet, worker_subnet_id;
  Attr<bool> isolated_workers;
  Attr<MaintenancePolicy> maintenance_policy;
  Attr<ClusterAutoscaler> cluster_autoscaler_configuration;
  Attr<ControlPlaneFirewall> control_plane_firewall;
  Attr<ClusterSso> sso;
  Attr<ClusterPlugins> plugins;
  Attr<ClusterPreflight> preflight;
  Attr<SetOf<std::string>> replace_nodes;
  Attr<bool> skip_drain;
  Attr<std::string> project_id;
  Attr<SetOf<std::string>> registries;
  Attr<Timeouts> timeouts;
  Attr<OnDestroy> on_destroy;
  Attr<bool> deletion_protection;
  Attr<double> max_monthly_cost;

  Attr<std::string> version_resolved, vpc_id, endpoint, cluster_ca_certificate, urn, status,
      created_at;
  Attr<ListOf<std::string>> upgrade_path;
  Attr<double> monthly_cost;
  Attr<ClusterCost> cost;
  Attr<AssociatedResources> associated_resources;
  Attr<MapOf<double>> phases;
  static const Table<ClusterModel>& Fields();
};

}  // namespace kproto
