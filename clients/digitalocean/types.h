// SPDX-License-Identifier: MPL-2.0
// The things of DigitalOcean's API v2 as plain values, with the API's own field names. What the API
// sends as null or leaves out is the empty value here. Time stamps stay the API's text (RFC 3339).
// An enum value that kproto does not know is kUnknown and never an error; the text is kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"

namespace kproto::digitalocean {

struct Account {
  std::string uuid, email, status, status_message;  // status: active | warning | locked
  int64_t droplet_limit = 0;                        // worker nodes count as droplets
  int64_t volume_limit = 0;
};

struct Region {
  std::string slug, name;
  bool available = false;
  std::vector<std::string> features, sizes;
};

struct Size {
  std::string slug, description;
  bool available = false;
  int64_t vcpus = 0, memory_mib = 0, disk_gib = 0;
  double price_monthly = 0, price_hourly = 0;  // US dollars
  std::vector<std::string> regions;            // slugs
};

struct KubernetesVersion {
  std::string slug;                // "1.34.1-do.3"
  std::string kubernetes_version;  // "1.34.1"
  std::vector<std::string> supported_features;
};

struct NamedSlug {
  std::string name, slug;
};

struct KubernetesOptions {
  std::vector<NamedSlug> regions, sizes;
  std::vector<KubernetesVersion> versions;
};

// --- Clusters ---------------------------------------------------------------------------------

enum class ClusterState {
  kUnknown,
  kProvisioning,
  kRunning,
  kDegraded,
  kError,
  kUpgrading,
  kDeleting,
  kDeleted,
  kInvalid
};

struct ClusterStatus {
  ClusterState state = ClusterState::kUnknown;
  std::string text;     // as the API spells it
  std::string message;  // why, in DigitalOcean's words; often ""
};

enum class NodeState { kUnknown, kProvisioning, kRunning, kDraining, kDeleting };

struct Node {
  std::string id, name, droplet_id;
  NodeState state = NodeState::kUnknown;
  std::string state_text, message;
  std::string created_at, updated_at;
};

struct Taint {
  std::string key, value, effect;  // effect: NoSchedule | PreferNoSchedule | NoExecute
  friend bool operator==(const Taint&, const Taint&) = default;
};

struct NodePool {
  std::string id, name, size;
  int64_t count = 0;
  std::vector<std::string> tags;  // with DigitalOcean's own: k8s, k8s:<cluster id>, k8s:worker
  std::map<std::string, std::string> labels;
  std::vector<Taint> taints;
  bool auto_scale = false;
  int64_t min_nodes = 0, max_nodes = 0;  // 0 when auto_scale is off
  std::string gpu_partition_mode;        // AMD_PARTITION_MODE_…; "" without AMD GPUs
  std::vector<Node> nodes;
};

struct MaintenancePolicy {
  std::string day;         // any | monday … sunday
  std::string start_time;  // "00:00", UTC
  std::string duration;    // set by DigitalOcean; ignored when sent
};

struct ControlPlaneFirewall {
  bool enabled = false;
  std::vector<std::string> allowed_addresses;  // addresses and CIDRs
};

// When sent, an empty threshold or time keeps what is there, while empty expanders take them away.
struct ClusterAutoscaler {
  std::optional<double> scale_down_utilization_threshold;
  std::string scale_down_unneeded_time;  // "10m0s"; "" is DigitalOcean's default
  std::vector<std::string> expanders;    // random | priority | least-waste, in their order
};

// Single sign-on to the API server by OpenID Connect.
struct Sso {
  bool enabled = false;
  bool required = false;  // refuses every other way to log in, tokens included
  std::string issuer_url, client_id;
};

// Optional parts of DOKS that are only on or off, by the API's key: routing_agent,
// p2p_oci_registry_plugin, coredns_autoscaler, nvidia_gpu_device_plugin, rdma_shared_dev_plugin, …
using Plugins = std::map<std::string, bool>;

struct Cluster {
  std::string id, name, region;
  std::string version;  // the full slug, whatever was asked for on create
  std::string vpc_uuid, worker_subnet_uuid;
  std::string cluster_subnet, service_subnet;  // CIDRs of pods and Services
  std::string endpoint, ipv4;                  // "" until the control plane has an address
  std::vector<std::string> tags;               // with DigitalOcean's own: k8s, k8s:<id>
  std::vector<NodePool> node_pools;
  std::optional<MaintenancePolicy> maintenance_policy;
  std::optional<ControlPlaneFirewall> control_plane_firewall;
  std::optional<ClusterAutoscaler> cluster_autoscaler_configuration;
  std::optional<Sso> sso;
  Plugins plugins;
  bool auto_upgrade = false, surge_upgrade = false, ha = false;
  bool isolated_workers = false, registry_enabled = false;
  ClusterStatus status;
  std::string created_at, updated_at;
};

// What to create; every list and map is sent, empty ones as [] and {}.
struct NodePoolSpec {
  std::string name, size;
  int64_t count = 1;  // with auto_scale: how many to start with
  std::vector<std::string> tags;
  std::map<std::string, std::string> labels;
  std::vector<Taint> taints;
  bool auto_scale = false;
  int64_t min_nodes = 0, max_nodes = 0;  // sent only with auto_scale
  std::string gpu_partition_mode;        // "" is not sent
};

// "" and nullopt are not sent: DigitalOcean's default applies.
struct ClusterSpec {
  std::string name, region;
  std::string version;  // a slug, a minor ("1.34") or "latest"
  std::string vpc_uuid, worker_subnet_uuid, cluster_subnet, service_subnet;
  std::vector<std::string> tags;
  std::vector<NodePoolSpec> node_pools;  // at least one
  std::optional<MaintenancePolicy> maintenance_policy;
  std::optional<ControlPlaneFirewall> control_plane_firewall;
  std::optional<ClusterAutoscaler> cluster_autoscaler_configuration;
  std::optional<Sso> sso;
  Plugins plugins;
  std::optional<bool> auto_upgrade, surge_upgrade, ha, isolated_workers;
};

// nullopt leaves a field as it is; an empty value or false empties it or turns it off.
struct ClusterUpdate {
  std::string name;  // always needed by the API
  std::optional<std::vector<std::string>> tags;
  std::optional<MaintenancePolicy> maintenance_policy;
  std::optional<ControlPlaneFirewall> control_plane_firewall;
  std::optional<ClusterAutoscaler> cluster_autoscaler_configuration;
  std::optional<Sso> sso;
  Plugins plugins;
  std::optional<bool> auto_upgrade, surge_upgrade, ha;  // ha: can never be turned off
};

// nullopt leaves a field as it is. Removed labels stay on live nodes, removed taints do not.
struct NodePoolUpdate {
  std::string name;              // always needed by the API
  std::optional<int64_t> count;  // leave it out for a pool that scales itself
  std::optional<std::vector<std::string>> tags;
  std::optional<std::map<std::string, std::string>> labels;
  std::optional<std::vector<Taint>> taints;
  std::optional<bool> auto_scale;
  std::optional<int64_t> min_nodes, max_nodes;
};

enum class Drain { kDrain, kSkip };
enum class Replacement { kNone, kReplace };

// A bearer token for one cluster, made by the call that returned it; it cannot be revoked.
struct Credentials {
  std::string server;                                          // "https://…"
  std::string certificate_authority_pem;                       // decoded
  SecretString token, client_certificate_pem, client_key_pem;  // often only the token
  std::string expires_at;
};

struct NamedId {
  std::string id, name;
  friend bool operator==(const NamedId&, const NamedId&) = default;
};

// What a cluster's Services and volume claims made and what outlives a plain delete of it.
struct AssociatedResources {
  std::vector<NamedId> load_balancers, volumes, volume_snapshots;
};

// Ids of what a selective destroy takes along.
struct AssociatedSelection {
  std::vector<std::string> load_balancers, volumes, volume_snapshots;
};

struct StatusMessage {
  std::string message, timestamp;
};

// One finding of clusterlint, DigitalOcean's check of what runs in a cluster.
struct ClusterlintDiagnostic {
  std::string check_name;
  std::string severity;  // error | warning | suggestion
  std::string message;
  std::string object_kind, object_namespace, object_name;  // "" when it is about no one object
};

struct ClusterlintRun {
  std::string run_id, requested_at;
  std::string completed_at;  // "" while it is under way
  std::vector<ClusterlintDiagnostic> diagnostics;
};

// --- Storage, tags -------------------------------------------------------------------------------

struct Volume {
  std::string id, name, description, region, filesystem_type, created_at;
  int64_t size_gib = 0;
  std::vector<int64_t> droplet_ids;  // attached to
  std::vector<std::string> tags;
};

struct Snapshot {
  std::string id, name, created_at;
  std::string resource_id, resource_type;  // of what: a volume or a droplet
  double size_gib = 0;
  std::vector<std::string> tags;
};

struct Tag {
  std::string name;
  int64_t resource_count = 0;
};

struct TaggedResource {
  std::string resource_id, resource_type;  // type: droplet | volume | image | volume_snapshot | …
};

}  // namespace kproto::digitalocean
