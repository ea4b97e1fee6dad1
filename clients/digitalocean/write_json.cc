// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/write_json.h"

#include "clients/digitalocean/write_parts.h"

namespace kproto::digitalocean {
namespace {

// An empty map stays {}, never null.
Json Map(const std::map<std::string, std::string>& texts) {
  Json map = Json::object();
  for (const auto& [key, value] : texts) {
    map[key] = value;
  }
  return map;
}

Json Taints(const std::vector<Taint>& taints) {
  Json list = Json::array();
  for (const Taint& taint : taints) {
    list.push_back({{"key", taint.key}, {"value", taint.value}, {"effect", taint.effect}});
  }
  return list;
}

Json MaintenanceJson(const MaintenancePolicy& policy) {
  return {{"day", policy.day}, {"start_time", policy.start_time}};
}

Json FirewallJson(const ControlPlaneFirewall& firewall) {
  return {{"enabled", firewall.enabled},
          {"allowed_addresses", WriteList(firewall.allowed_addresses)}};
}

Json AutoscalerJson(const ClusterAutoscaler& autoscaler) {
  Json json = {{"expanders", WriteList(autoscaler.expanders)}};
  PutOptional(json, "scale_down_utilization_threshold",
              autoscaler.scale_down_utilization_threshold);
  PutText(json, "scale_down_unneeded_time", autoscaler.scale_down_unneeded_time);
  return json;
}

// An issuer or client that is not named is kept: a switched-off SSO needs neither.
Json SsoJson(const Sso& sso) {
  Json json = {{"enabled", sso.enabled}, {"required", sso.required}};
  PutText(json, "issuer_url", sso.issuer_url);
  PutText(json, "client_id", sso.client_id);
  return json;
}

// What a cluster can be given at its creation and later alike.
template <typename SpecOrUpdate>
void PutSettings(Json& json, const SpecOrUpdate& from) {
  if (from.maintenance_policy) {
    json["maintenance_policy"] = MaintenanceJson(*from.maintenance_policy);
  }
  if (from.control_plane_firewall) {
    json["control_plane_firewall"] = FirewallJson(*from.control_plane_firewall);
  }
  if (from.cluster_autoscaler_configuration) {
    json["cluster_autoscaler_configuration"] =
        AutoscalerJson(*from.cluster_autoscaler_configuration);
  }
  if (from.sso) {
    json["sso"] = SsoJson(*from.sso);
  }
  for (const auto& [plugin, enabled] : from.plugins) {
    json[plugin] = Json{{"enabled", enabled}};
  }
  PutOptional(json, "auto_upgrade", from.auto_upgrade);
  PutOptional(json, "surge_upgrade", from.surge_upgrade);
  PutOptional(json, "ha", from.ha);
}

}  // namespace

Json WriteClusterSpec(const ClusterSpec& spec) {
  Json json = {{"name", spec.name},
               {"region", spec.region},
               {"version", spec.version},
               {"tags", WriteList(spec.tags)},
               {"node_pools", Json::array()}};
  for (const NodePoolSpec& pool : spec.node_pools) {
    json["node_pools"].push_back(WriteNodePoolSpec(pool));
  }
  PutText(json, "vpc_uuid", spec.vpc_uuid);
  PutText(json, "worker_subnet_uuid", spec.worker_subnet_uuid);
  PutText(json, "cluster_subnet", spec.cluster_subnet);
  PutText(json, "service_subnet", spec.service_subnet);
  PutOptional(json, "isolated_workers", spec.isolated_workers);
  PutSettings(json, spec);
  return json;
}

Json WriteClusterUpdate(const ClusterUpdate& update) {
  Json json = {{"name", update.name}};
  if (update.tags) {
    json["tags"] = WriteList(*update.tags);
  }
  PutSettings(json, update);
  return json;
}

Json WriteNodePoolSpec(const NodePoolSpec& spec) {
  Json json = {{"name", spec.name},
               {"size", spec.size},
               {"count", spec.count},
               {"tags", WriteList(spec.tags)},
               {"labels", Map(spec.labels)},
               {"taints", Taints(spec.taints)},
               {"auto_scale", spec.auto_scale}};
  if (spec.auto_scale) {
    json["min_nodes"] = spec.min_nodes;
    json["max_nodes"] = spec.max_nodes;
  }
  PutText(json, "gpu_partition_mode", spec.gpu_partition_mode);
  return json;
}

Json WriteNodePoolUpdate(const NodePoolUpdate& update) {
  Json json = {{"name", update.name}};
  PutOptional(json, "count", update.count);
  if (update.tags) {
    json["tags"] = WriteList(*update.tags);
  }
  if (update.labels) {
    json["labels"] = Map(*update.labels);
  }
  if (update.taints) {
    json["taints"] = Taints(*update.taints);
  }
  PutOptional(json, "auto_scale", update.auto_scale);
  PutOptional(json, "min_nodes", update.min_nodes);
  PutOptional(json, "max_nodes", update.max_nodes);
  return json;
}

Json WriteAssociatedSelection(const AssociatedSelection& selection) {
  return {{"load_balancers", WriteList(selection.load_balancers)},
          {"volumes", WriteList(selection.volumes)},
          {"volume_snapshots", WriteList(selection.volume_snapshots)}};
}

Json WriteTaggedResources(const std::vector<TaggedResource>& resources) {
  Json list = Json::array();
  for (const TaggedResource& resource : resources) {
    list.push_back(
        {{"resource_id", resource.resource_id}, {"resource_type", resource.resource_type}});
  }
  return {{"resources", list}};
}

}  // namespace kproto::digitalocean
