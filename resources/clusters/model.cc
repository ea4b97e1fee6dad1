// SPDX-License-Identifier: MPL-2.0
#include "resources/clusters/model.h"

#include <utility>
#include <vector>

namespace kproto {
namespace {

// A field that the model has from its base.
template <typename M, typename T, typename... Options>
FieldOf<M> Inherited(std::string name, Attr<T> ClusterSummary::*member, Options... options) {
  return Field<M>(std::move(name), static_cast<Attr<T> M::*>(member), std::move(options)...);
}

// `mode` is that of the two attributes that can say which cluster is meant.
template <typename M>
std::vector<FieldOf<M>> SummaryFields(const FieldOption& mode) {
  using S = ClusterSummary;
  return {
      Inherited<M>("id", &S::id, mode, Doc("Id of the cluster.")),
      Inherited<M>("name", &S::name, mode, Doc("Its name, which need not be unique.")),
      Inherited<M>("region", &S::region, Computed(), Doc("Slug of the region.")),
      Inherited<M>("version", &S::version, Computed(),
                   Doc("Kubernetes version as DigitalOcean names it, such as `1.34.1-do.0`.")),
      Inherited<M>("status", &S::status, Computed(), Doc("`running` when all is well.")),
      Inherited<M>("endpoint", &S::endpoint, Computed(),
                   Doc("URL of the API server; null until there is one.")),
      Inherited<M>("vpc_id", &S::vpc_id, Computed(), Doc("Id of its VPC.")),
      Inherited<M>("ha", &S::ha, Computed(), Doc("Whether the control plane is doubled.")),
      Inherited<M>("node_count", &S::node_count, Computed(), Doc("Nodes of all pools together.")),
      Inherited<M>("tags", &S::tags, Computed(),
                   Doc("Its tags, without those that DigitalOcean and kproto set themselves.")),
      Inherited<M>("urn", &S::urn, Computed(), Doc("Uniform resource name.")),
      Inherited<M>("created_at", &S::created_at, Computed(),
                   Doc("When it was made, in RFC 3339 form.")),
  };
}

}  // namespace

const Table<ClusterSummary>& ClusterSummary::Fields() {
  static const auto& table = *new Table<ClusterSummary>(SummaryFields<ClusterSummary>(Computed()));
  return table;
}

const Table<PoolViewTaint>& PoolViewTaint::Fields() {
  static const auto& table = *new Table<PoolViewTaint>({
      Field("key", &PoolViewTaint::key, Computed(), Doc("Key of the taint.")),
      Field("value", &PoolViewTaint::value, Computed(), Doc("Its value.")),
      Field("effect", &PoolViewTaint::effect, Computed(),
            Doc("`NoSchedule`, `PreferNoSchedule` or `NoExecute`.")),
  });
  return table;
}

const Table<PoolView>& PoolView::Fields() {
  static const auto& table = *new Table<PoolView>({
      Field("id", &PoolView::id, Computed(), Doc("Id of the pool.")),
      Field("size", &PoolView::size, Computed(), Doc("Droplet size of its nodes.")),
      Field("count", &PoolView::count, Computed(), Doc("How many nodes it has.")),
      Field("auto_scale", &PoolView::auto_scale, Computed(),
            Doc("Whether the cluster autoscaler sets the count.")),
      Field("min_nodes", &PoolView::min_nodes, Computed(),
            Doc("Fewest nodes with `auto_scale`, else null.")),
      Field("max_nodes", &PoolView::max_nodes, Computed(),
            Doc("Most nodes with `auto_scale`, else null.")),
      Field("labels", &PoolView::labels, Computed(), Doc("Kubernetes labels of its nodes.")),
      Field("taints", &PoolView::taints, Computed(), Doc("Kubernetes taints of its nodes.")),
      Field("tags", &PoolView::tags, Computed(),
            Doc("Tags of its Droplets, without those that DigitalOcean sets itself.")),
      Field("nodes", &PoolView::nodes, Computed(), Doc("The nodes as they are.")),
  });
  return table;
}

const Table<MaintenanceView>& MaintenanceView::Fields() {
  static const auto& table = *new Table<MaintenanceView>({
      Field("day", &MaintenanceView::day, Computed(), Doc("A day of the week, or `any`.")),
      Field("start_time", &MaintenanceView::start_time, Computed(), Doc("When it begins, UTC.")),
      Field("duration", &MaintenanceView::duration, Computed(), Doc("How long it may take.")),
  });
  return table;
}

const Table<FirewallView>& FirewallView::Fields() {
  static const auto& table = *new Table<FirewallView>({
      Field("enabled", &FirewallView::enabled, Computed(), Doc("Whether it is on.")),
      Field("allowed_addresses", &FirewallView::allowed_addresses, Computed(),
            Doc("Addresses and networks that may reach the API server.")),
  });
  return table;
}

const Table<ClusterDataModel>& ClusterDataModel::Fields() {
  using M = ClusterDataModel;
  static const auto& table = *[] {
    std::vector<FieldOf<M>> fields = SummaryFields<M>(OptionalComputed());
    const std::vector<FieldOf<M>> more = {
        Field("status_message", &M::status_message, Computed(),
              Doc("Why the status is what it is, in DigitalOcean's words; often empty.")),
        Field("cluster_subnet", &M::cluster_subnet, Computed(), Doc("Network of the pods.")),
        Field("service_subnet", &M::service_subnet, Computed(), Doc("Network of the Services.")),
        Field("auto_upgrade", &M::auto_upgrade, Computed(),
              Doc("Whether DigitalOcean installs patch releases by itself.")),
        Field("surge_upgrade", &M::surge_upgrade, Computed(),
              Doc("Whether upgrades add nodes before they take old ones away.")),
        Field("isolated_workers", &M::isolated_workers, Computed(),
              Doc("Whether the nodes are without public addresses.")),
        Field("registry_enabled", &M::registry_enabled, Computed(),
              Doc("Whether a container registry of the account is integrated.")),
        Field("maintenance_policy", &M::maintenance_policy, Computed(),
              Doc("When DigitalOcean may do maintenance.")),
        Field("control_plane_firewall", &M::control_plane_firewall, Computed(),
              Doc("Who may reach the API server.")),
        Field("plugins", &M::plugins, Computed(),
              Doc("Optional parts of DOKS by their name in the API, and whether each is on.")),
        Field("node_pools", &M::node_pools, Computed(), Doc("The node pools by name.")),
        Field("updated_at", &M::updated_at, Computed(),
              Doc("When it was last changed, in RFC 3339 form.")),
    };
    fields.insert(fields.end(), more.begin(), more.end());
    return new Table<M>(std::move(fields));
  }();
  return table;
}

const Table<ClustersModel>& ClustersModel::Fields() {
  static const auto& table = *new Table<ClustersModel>({
      Field("region", &ClustersModel::region, Optional(), Check(NotEmpty()),
            Doc("Only clusters of this region, by its slug.")),
      Field("tag", &ClustersModel::tag, Optional(), Check(NotEmpty()),
            Doc("Only clusters with this tag; upper and lower case are one, as for DigitalOcean.")),
      Field("name_prefix", &ClustersModel::name_prefix, Optional(), Check(NotEmpty()),
            Doc("Only clusters whose name begins so.")),
      Field("clusters", &ClustersModel::clusters, Computed(),
            Doc("The clusters by name, and by id where the name is the same.")),
      Field("ids", &ClustersModel::ids, Computed(), Doc("Their ids alone, in the same order.")),
  });
  return table;
}

}  // namespace kproto
