// SPDX-License-Identifier: MPL-2.0
// What the data sources kproto_cluster and kproto_clusters say of a cluster. They read; what a user
// may write about a cluster is the resource's model (resources/cluster/model.h).
#pragma once

#include <string>

#include "clients/digitalocean/types.h"
#include "provider/schema/model.h"
#include "resources/cluster/model.h"

namespace kproto {

// What both say.
struct ClusterSummary {
  Attr<std::string> id, name, region, version, status, endpoint, vpc_id, urn, created_at;
  Attr<bool> ha;
  Attr<int64_t> node_count;
  Attr<ListOf<std::string>> tags;
  static const Table<ClusterSummary>& Fields();
};

struct PoolViewTaint {
  Attr<std::string> key, value, effect;
  static const Table<PoolViewTaint>& Fields();
};

struct PoolView {
  Attr<std::string> id, size;
  Attr<int64_t> count, min_nodes, max_nodes;
  Attr<bool> auto_scale;
  Attr<MapOf<std::string>> labels;
  Attr<ListOf<PoolViewTaint>> taints;
  Attr<ListOf<std::string>> tags;
  Attr<ListOf<PoolNode>> nodes;
  static const Table<PoolView>& Fields();
};

struct MaintenanceView {
  Attr<std::string> day, start_time, duration;
  static const Table<MaintenanceView>& Fields();
};

struct FirewallView {
  Attr<bool> enabled;
  Attr<ListOf<std::string>> allowed_addresses;
  static const Table<FirewallView>& Fields();
};

// kproto_cluster: found by id or name.
struct ClusterDataModel : ClusterSummary {
  Attr<std::string> status_message, cluster_subnet, service_subnet, updated_at;
  Attr<bool> auto_upgrade, surge_upgrade, isolated_workers, registry_enabled;
  Attr<MaintenanceView> maintenance_policy;
  Attr<FirewallView> control_plane_firewall;
  Attr<MapOf<bool>> plugins;
  Attr<MapOf<PoolView>> node_pools;
  static const Table<ClusterDataModel>& Fields();
};

// kproto_clusters: all, or those that the filters leave.
struct ClustersModel {
  Attr<std::string> region, tag, name_prefix;
  Attr<ListOf<ClusterSummary>> clusters;
  Attr<ListOf<std::string>> ids;
  static const Table<ClustersModel>& Fields();
};

// From the API's answer. What it leaves out is null. Pure.
void Summarize(const digitalocean::Cluster& live, ClusterSummary& summary);
void Describe(const digitalocean::Cluster& live, ClusterDataModel& model);

}  // namespace kproto
