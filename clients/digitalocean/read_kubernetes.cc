// SPDX-License-Identifier: MPL-2.0
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "clients/digitalocean/read_json.h"

namespace kproto::digitalocean {
namespace {

constexpr const char* kPlugins[] = {"routing_agent",
                                    "p2p_oci_registry_plugin",
                                    "coredns_autoscaler",
                                    "amd_gpu_device_plugin",
                                    "amd_gpu_device_metrics_exporter_plugin",
                                    "amd_gpu_dra_driver",
                                    "nvidia_gpu_device_plugin",
                                    "nvidia_gpu_dra_driver",
                                    "rdma_shared_dev_plugin"};

ClusterState ClusterStateOf(const std::string& text) {
  static const auto& states = *new std::map<std::string, ClusterState>{
      {"provisioning", ClusterState::kProvisioning}, {"running", ClusterState::kRunning},
      {"degraded", ClusterState::kDegraded},         {"error", ClusterState::kError},
      {"upgrading", ClusterState::kUpgrading},       {"deleting", ClusterState::kDeleting},
      {"deleted", ClusterState::kDeleted},           {"invalid", ClusterState::kInvalid}};
  const auto state = states.find(text);
  return state == states.end() ? ClusterState::kUnknown : state->second;
}

NodeState NodeStateOf(const std::string& text) {
  static const auto& states =
      *new std::map<std::string, NodeState>{{"provisioning", NodeState::kProvisioning},
                                            {"running", NodeState::kRunning},
                                            {"draining", NodeState::kDraining},
                                            {"deleting", NodeState::kDeleting}};
  const auto state = states.find(text);
  return state == states.end() ? NodeState::kUnknown : state->second;
}

NamedSlug ReadNamedSlug(const JsonView& json) { return {json.Text("name"), json.Text("slug")}; }
NamedId ReadNamedId(const JsonView& json) { return {json.RequiredText("id"), json.Text("name")}; }

Taint ReadTaint(const JsonView& json) {
  return {json.Text("key"), json.Text("value"), json.Text("effect")};
}

Node ReadNode(const JsonView& json) {
  Node node;
  node.id = json.RequiredText("id");
  node.name = json.Text("name");
  node.droplet_id = json.Text("droplet_id");
  node.state_text = json.At("status").Text("state");
  node.state = NodeStateOf(node.state_text);
  node.message = json.At("status").Text("message");
  node.created_at = json.Text("created_at");
  node.updated_at = json.Text("updated_at");
  return node;
}

MaintenancePolicy ReadMaintenancePolicy(const JsonView& json) {
  return {json.Text("day"), json.Text("start_time"), json.Text("duration")};
}

ControlPlaneFirewall ReadControlPlaneFirewall(const JsonView& json) {
  return {json.Flag("enabled"), json.Texts("allowed_addresses")};
}

ClusterAutoscaler ReadClusterAutoscaler(const JsonView& json) {
  ClusterAutoscaler autoscaler;
  if (!json.At("scale_down_utilization_threshold").empty()) {
    autoscaler.scale_down_utilization_threshold = json.Number("scale_down_utilization_threshold");
  }
  autoscaler.scale_down_unneeded_time = json.Text("scale_down_unneeded_time");
  autoscaler.expanders = json.Texts("expanders");
  return autoscaler;
}

Sso ReadSso(const JsonView& json) {
  return {json.Flag("enabled"), json.Flag("required"), json.Text("issuer_url"),
          json.Text("client_id")};
}

ClusterlintDiagnostic ReadClusterlintDiagnostic(const JsonView& json) {
  const JsonView object = json.At("object");
  return {json.Text("check_name"), json.Text("severity"),    json.Text("message"),
          object.Text("kind"),     object.Text("namespace"), object.Text("name")};
}

std::string Decoded(const JsonView& json, absl::string_view key) {
  const std::string encoded = json.Text(key);
  std::string decoded;
  if (!absl::Base64Unescape(encoded, &decoded)) {
    json.At(key).Wrong("base64");
  }
  return decoded;
}

}  // namespace

KubernetesVersion ReadKubernetesVersion(const JsonView& json) {
  return {json.RequiredText("slug"), json.Text("kubernetes_version"),
          json.Texts("supported_features")};
}

KubernetesOptions ReadKubernetesOptions(const JsonView& json) {
  return {json.List("regions", ReadNamedSlug), json.List("sizes", ReadNamedSlug),
          json.List("versions", ReadKubernetesVersion)};
}

NodePool ReadNodePool(const JsonView& json) {
  NodePool pool;
  pool.id = json.RequiredText("id");
  pool.name = json.Text("name");
  pool.size = json.Text("size");
  pool.count = json.Integer("count");
  pool.tags = json.Texts("tags");
  pool.labels = json.TextMap("labels");
  pool.taints = json.List("taints", ReadTaint);
  pool.auto_scale = json.Flag("auto_scale");
  pool.min_nodes = json.Integer("min_nodes");
  pool.max_nodes = json.Integer("max_nodes");
  pool.gpu_partition_mode = json.Text("gpu_partition_mode");
  pool.nodes = json.List("nodes", ReadNode);
  return pool;
}

Cluster ReadCluster(const JsonView& json) {
  Cluster cluster;
  cluster.id = json.RequiredText("id");
  cluster.name = json.Text("name");
  cluster.region = json.Text("region");
  cluster.version = json.Text("version");
  cluster.vpc_uuid = json.Text("vpc_uuid");
  cluster.worker_subnet_uuid = json.Text("worker_subnet_uuid");
  cluster.cluster_subnet = json.Text("cluster_subnet");
  cluster.service_subnet = json.Text("service_subnet");
  cluster.endpoint = json.Text("endpoint");
  cluster.ipv4 = json.Text("ipv4");
  cluster.tags = json.Texts("tags");
  cluster.node_pools = json.List("node_pools", ReadNodePool);
  cluster.maintenance_policy = json.Optional("maintenance_policy", ReadMaintenancePolicy);
  cluster.control_plane_firewall =
      json.Optional("control_plane_firewall", ReadControlPlaneFirewall);
  cluster.cluster_autoscaler_configuration =
      json.Optional("cluster_autoscaler_configuration", ReadClusterAutoscaler);
  cluster.sso = json.Optional("sso", ReadSso);
  for (const char* plugin : kPlugins) {
    if (const JsonView view = json.At(plugin); !view.empty()) {
      cluster.plugins[plugin] = view.Flag("enabled");
    }
  }
  cluster.auto_upgrade = json.Flag("auto_upgrade");
  cluster.surge_upgrade = json.Flag("surge_upgrade");
  cluster.ha = json.Flag("ha");
  cluster.isolated_workers = json.Flag("isolated_workers");
  cluster.registry_enabled = json.Flag("registry_enabled");
  const JsonView status = json.At("status");
  cluster.status.text = status.Text("state");
  cluster.status.state = ClusterStateOf(cluster.status.text);
  cluster.status.message = status.Text("message");
  cluster.created_at = json.Text("created_at");
  cluster.updated_at = json.Text("updated_at");
  return cluster;
}

AssociatedResources ReadAssociatedResources(const JsonView& json) {
  return {json.List("load_balancers", ReadNamedId), json.List("volumes", ReadNamedId),
          json.List("volume_snapshots", ReadNamedId)};
}

StatusMessage ReadStatusMessage(const JsonView& json) {
  return {json.Text("message"), json.Text("timestamp")};
}

ClusterlintRun ReadClusterlintRun(const JsonView& json) {
  ClusterlintRun run;
  run.run_id = json.RequiredText("run_id");
  run.requested_at = json.Text("requested_at");
  run.completed_at = json.Text("completed_at");
  if (absl::StartsWith(run.completed_at, "0001-")) {
    run.completed_at.clear();  // Go's zero time
  }
  run.diagnostics = json.List("diagnostics", ReadClusterlintDiagnostic);
  return run;
}

Credentials ReadCredentials(const JsonView& json) {
  Credentials credentials;
  credentials.server = json.RequiredText("server");
  credentials.certificate_authority_pem = Decoded(json, "certificate_authority_data");
  credentials.token = SecretString(json.Text("token"));
  credentials.client_certificate_pem = SecretString(Decoded(json, "client_certificate_data"));
  credentials.client_key_pem = SecretString(Decoded(json, "client_key_data"));
  credentials.expires_at = json.Text("expires_at");
  return credentials;
}

}  // namespace kproto::digitalocean
