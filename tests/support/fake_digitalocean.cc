// SPDX-License-Identifier: MPL-2.0
#include "tests/support/fake_digitalocean.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"

namespace kproto::testing {
namespace {

constexpr const char* kNow = kFakeNow;

api::Size MakeSize(const char* slug, int64_t vcpus, int64_t memory_mib, double monthly) {
  return {.slug = slug,
          .available = true,
          .vcpus = vcpus,
          .memory_mib = memory_mib,
          .disk_gib = 80,
          .price_monthly = monthly,
          .price_hourly = monthly / 672,
          .regions = {"nyc3", "ams3"}};
}

api::Vpc DefaultVpc(const std::string& id) {
  return {.id = id,
          .urn = absl::StrCat("do:vpc:", id),
          .name = "default-nyc3",
          .region = "nyc3",
          .ip_range = "10.132.0.0/20",
          .is_default = true,
          .created_at = kNow};
}

std::vector<std::string> WithOwnTags(std::vector<std::string> tags, const std::string& id) {
  tags.insert(tags.begin(), {"k8s", absl::StrCat("k8s:", id)});
  return tags;
}

}  // namespace

FakeDigitalOcean::FakeDigitalOcean() {
  cloud_.account = {
      .uuid = "account", .status = "active", .droplet_limit = 25, .volume_limit = 100};
  for (const char* region : {"nyc3", "ams3"}) {
    cloud_.regions.push_back({.slug = region, .name = region, .available = true});
    cloud_.options.regions.push_back({region, region});
  }
  cloud_.sizes = {MakeSize("s-2vcpu-4gb", 2, 4096, 24), MakeSize("s-4vcpu-8gb", 4, 8192, 48),
                  MakeSize("c-2", 2, 4096, 42), MakeSize("c-4", 4, 8192, 84)};
  for (const api::Size& size : cloud_.sizes) {
    cloud_.options.sizes.push_back({size.slug, size.slug});
  }
  for (const char* version : {"1.34.1", "1.33.5", "1.32.10"}) {
    cloud_.options.versions.push_back({absl::StrCat(version, "-do.0"), version, {}});
  }
  const std::string vpc = NewId();
  cloud_.vpcs[vpc] = DefaultVpc(vpc);
  const std::string project = NewId();
  cloud_.projects[project] = {.id = project, .name = "default", .is_default = true};
}

// --- The cloud ---------------------------------------------------------------------------------

void FakeDigitalOcean::Begin(api::Cluster& cluster, api::ClusterState state,
                             Transition transition) {
  const char* text = state == api::ClusterState::kProvisioning ? "provisioning"
                     : state == api::ClusterState::kUpgrading  ? "upgrading"
                                                               : "deleting";
  cluster.status = {state, text, ""};
  transitions_[cluster.id] = std::move(transition);
}

// One look at a cluster: what is under way comes a step nearer.
void FakeDigitalOcean::Poll(const std::string& id) {
  const auto found = cloud_.clusters.find(id);
  const auto transition = transitions_.find(id);
  if (found == cloud_.clusters.end()) {
    return;
  }
  api::Cluster& cluster = found->second;
  if (transition != transitions_.end()) {
    if (transition->second.polls_left-- > 0) {
      return;
    }
    const Transition done = std::move(transition->second);
    transitions_.erase(transition);
    if (done.gone_then) {
      cloud_.clusters.erase(found);
      return;
    }
    cluster.status = done.then;
    if (!done.version_then.empty()) {
      cluster.version = done.version_then;
      ReplaceNodes(cluster);
    }
  }
  if (cluster.status.state != api::ClusterState::kRunning) {
    return;
  }
  cluster.endpoint = absl::StrCat("https://", id, ".k8s.ondigitalocean.com");
  if (cloud_.polls_until_nodes > 0) {
    --cloud_.polls_until_nodes;
    return;
  }
  for (api::NodePool& pool : cluster.node_pools) {
    for (api::Node& node : pool.nodes) {
      if (node.state == api::NodeState::kProvisioning) {
        node.state = api::NodeState::kRunning;
        node.state_text = "running";
      }
    }
  }
}

absl::StatusOr<api::Cluster*> FakeDigitalOcean::FindCluster(const std::string& id) {
  const auto found = cloud_.clusters.find(id);
  if (found == cloud_.clusters.end()) {
    return Missing("cluster");
  }
  return &found->second;
}

absl::StatusOr<api::NodePool*> FakeDigitalOcean::FindPool(const std::string& cluster_id,
                                                          const std::string& pool_id) {
  KPROTO_ASSIGN_OR_RETURN(api::Cluster * cluster, FindCluster(cluster_id));
  for (api::NodePool& pool : cluster->node_pools) {
    if (pool.id == pool_id) {
      return &pool;
    }
  }
  return Missing("node pool");
}

absl::StatusOr<std::string> FakeDigitalOcean::ResolveVersion(const std::string& version) const {
  for (const api::KubernetesVersion& offered : cloud_.options.versions) {
    if (version == "latest" || version == offered.slug ||
        absl::StartsWith(offered.kubernetes_version, absl::StrCat(version, "."))) {
      return offered.slug;
    }
  }
  return Refused("validation error: invalid version slug");
}

void FakeDigitalOcean::SetCount(api::NodePool& pool, int64_t count) {
  pool.count = count;
  while (static_cast<int64_t>(pool.nodes.size()) > count) {
    pool.nodes.pop_back();
  }
  while (static_cast<int64_t>(pool.nodes.size()) < count) {
    const int number = next_id_++;
    pool.nodes.push_back({.id = absl::StrFormat("node-%d", number),
                          .name = absl::StrFormat("%s-%05d", pool.name, number),
                          .droplet_id = absl::StrCat(400000000 + number),
                          .state = api::NodeState::kProvisioning,
                          .state_text = "provisioning",
                          .created_at = kNow});
  }
}

void FakeDigitalOcean::ReplaceNodes(api::Cluster& cluster) {
  if (cloud_.nodes_outlive_upgrades) {
    return;
  }
  for (api::NodePool& pool : cluster.node_pools) {
    pool.nodes.clear();
    SetCount(pool, pool.count);
  }
}

api::NodePool FakeDigitalOcean::MakePool(const std::string& cluster_id,
                                         const api::NodePoolSpec& spec) {
  api::NodePool pool;
  pool.id = NewId();
  pool.name = spec.name;
  pool.size = spec.size;
  pool.tags = WithOwnTags(spec.tags, cluster_id);
  pool.tags.push_back("k8s:worker");
  pool.labels = spec.labels;
  pool.taints = spec.taints;
  pool.auto_scale = spec.auto_scale;
  pool.min_nodes = spec.auto_scale ? spec.min_nodes : 0;
  pool.max_nodes = spec.auto_scale ? spec.max_nodes : 0;
  pool.gpu_partition_mode = spec.gpu_partition_mode;
  SetCount(pool, spec.count);
  return pool;
}

std::vector<api::KubernetesVersion> FakeDigitalOcean::UpgradesOf(
    const api::Cluster& cluster) const {
  if (const auto set = cloud_.upgrades.find(cluster.id); set != cloud_.upgrades.end()) {
    return set->second;
  }
  // The newest patch of its minor; from there the newest of the next one.
  int minor = 0;
  if (!absl::SimpleAtoi(cluster.version.substr(2, cluster.version.find('.', 2) - 2), &minor)) {
    return {};
  }
  for (const int candidate : {minor, minor + 1}) {
    for (const api::KubernetesVersion& version : cloud_.options.versions) {  // newest first
      if (!absl::StartsWith(version.slug, absl::StrCat("1.", candidate, "."))) {
        continue;
      }
      if (version.slug != cluster.version) {
        return {version};
      }
      break;
    }
  }
  return {};
}

api::AssociatedResources FakeDigitalOcean::AssociatedOf(const std::string& cluster_id) const {
  const auto put = cloud_.associated.find(cluster_id);
  api::AssociatedResources all =
      put == cloud_.associated.end() ? api::AssociatedResources() : put->second;
  const auto add = [&](const auto& things, std::vector<api::NamedId>& list) {
    for (const auto& [id, thing] : things) {
      const api::NamedId named{id, thing.name};
      const bool tagged =
          std::count(thing.tags.begin(), thing.tags.end(), absl::StrCat("k8s:", cluster_id)) != 0;
      if (tagged && std::find(list.begin(), list.end(), named) == list.end()) {
        list.push_back(named);
      }
    }
  };
  add(cloud_.load_balancers, all.load_balancers);
  add(cloud_.volumes, all.volumes);
  add(cloud_.snapshots, all.volume_snapshots);
  for (const auto& [id, snapshot] : cloud_.snapshots) {
    const bool of_these =
        std::any_of(all.volumes.begin(), all.volumes.end(),
                    [&](const api::NamedId& volume) { return volume.id == snapshot.resource_id; });
    const api::NamedId named{id, snapshot.name};
    auto& list = all.volume_snapshots;
    if (of_these && std::find(list.begin(), list.end(), named) == list.end()) {
      list.push_back(named);
    }
  }
  return all;
}

absl::Status FakeDigitalOcean::BeginDelete(const std::string& id) {
  const auto found = cloud_.clusters.find(id);
  if (found != cloud_.clusters.end() &&
      found->second.status.state != api::ClusterState::kDeleting) {
    Begin(found->second, api::ClusterState::kDeleting,
          {.polls_left = cloud_.polls_until_deleted, .gone_then = true});
  }
  return absl::OkStatus();
}

// --- DigitalOcean: account ---------------------------------------------------------------------

absl::StatusOr<api::Account> FakeDigitalOcean::GetAccount(std::stop_token stop) {
  return Do("GetAccount", "", stop,
            [&]() -> absl::StatusOr<api::Account> { return cloud_.account; });
}

absl::StatusOr<std::vector<api::Region>> FakeDigitalOcean::ListRegions(std::stop_token stop) {
  return Do("ListRegions", "", stop,
            [&]() -> absl::StatusOr<std::vector<api::Region>> { return cloud_.regions; });
}

absl::StatusOr<std::vector<api::Size>> FakeDigitalOcean::ListSizes(std::stop_token stop) {
  return Do("ListSizes", "", stop,
            [&]() -> absl::StatusOr<std::vector<api::Size>> { return cloud_.sizes; });
}

absl::StatusOr<int64_t> FakeDigitalOcean::CountDroplets(std::stop_token stop) {
  return Do("CountDroplets", "", stop, [&]() -> absl::StatusOr<int64_t> {
    int64_t count = cloud_.other_droplets;
    for (const auto& [id, cluster] : cloud_.clusters) {
      for (const api::NodePool& pool : cluster.node_pools) {
        count += static_cast<int64_t>(pool.nodes.size());
      }
    }
    return count;
  });
}

absl::StatusOr<api::KubernetesOptions> FakeDigitalOcean::GetKubernetesOptions(
    std::stop_token stop) {
  return Do("GetKubernetesOptions", "", stop,
            [&]() -> absl::StatusOr<api::KubernetesOptions> { return cloud_.options; });
}

// --- DigitalOcean: clusters --------------------------------------------------------------------

absl::StatusOr<std::vector<api::Cluster>> FakeDigitalOcean::ListClusters(std::stop_token stop) {
  return Do("ListClusters", "", stop, [&]() -> absl::StatusOr<std::vector<api::Cluster>> {
    std::vector<api::Cluster> clusters = Values(cloud_.clusters);
    std::reverse(clusters.begin(), clusters.end());  // newest first
    return clusters;
  });
}

absl::StatusOr<std::optional<api::Cluster>> FakeDigitalOcean::GetCluster(const std::string& id,
                                                                         std::stop_token stop) {
  return Do("GetCluster", id, stop, [&]() -> absl::StatusOr<std::optional<api::Cluster>> {
    Poll(id);
    return Lookup(cloud_.clusters, id);
  });
}

absl::StatusOr<api::Cluster> FakeDigitalOcean::CreateCluster(const api::ClusterSpec& spec,
                                                             std::stop_token stop) {
  return Do("CreateCluster", spec.name, stop, [&]() -> absl::StatusOr<api::Cluster> {
    KPROTO_ASSIGN_OR_RETURN(const std::string version, ResolveVersion(spec.version));
    if (spec.node_pools.empty()) {
      return Refused("validation error: at least one node pool is required");
    }
    if (!spec.vpc_uuid.empty() && cloud_.vpcs.count(spec.vpc_uuid) == 0) {
      return Refused("validation error: vpc not found");
    }
    api::Cluster cluster;
    cluster.id = NewId();
    cluster.name = spec.name;
    cluster.region = spec.region;
    cluster.version = version;
    cluster.vpc_uuid = spec.vpc_uuid;
    cluster.worker_subnet_uuid = spec.worker_subnet_uuid;
    cluster.cluster_subnet = spec.cluster_subnet.empty() ? "10.244.0.0/16" : spec.cluster_subnet;
    cluster.service_subnet = spec.service_subnet.empty() ? "10.245.0.0/16" : spec.service_subnet;
    cluster.tags = WithOwnTags(spec.tags, cluster.id);
    for (const api::NodePoolSpec& pool : spec.node_pools) {
      cluster.node_pools.push_back(MakePool(cluster.id, pool));
    }
    cluster.maintenance_policy =
        spec.maintenance_policy.value_or(api::MaintenancePolicy{"any", "00:00", ""});
    cluster.maintenance_policy->duration = "4h0m0s";
    cluster.control_plane_firewall = spec.control_plane_firewall;
    cluster.cluster_autoscaler_configuration = spec.cluster_autoscaler_configuration;
    cluster.sso = spec.sso;
    cluster.plugins = spec.plugins;
    cluster.auto_upgrade = spec.auto_upgrade.value_or(false);
    cluster.surge_upgrade = spec.surge_upgrade.value_or(false);
    cluster.ha = spec.ha.value_or(false);
    cluster.isolated_workers = spec.isolated_workers.value_or(false);
    cluster.created_at = cluster.updated_at = kNow;
    const api::ClusterStatus then =
        cloud_.provisioning_error.empty()
            ? api::ClusterStatus{api::ClusterState::kRunning, "running", ""}
            : api::ClusterStatus{api::ClusterState::kError, "error", cloud_.provisioning_error};
    Begin(cluster, api::ClusterState::kProvisioning,
          {.polls_left = cloud_.polls_until_running, .then = then});
    return cloud_.clusters[cluster.id] = cluster;
  });
}

absl::StatusOr<api::Cluster> FakeDigitalOcean::UpdateCluster(const std::string& id,
                                                             const api::ClusterUpdate& update,
                                                             std::stop_token stop) {
  return Do("UpdateCluster", id, stop, [&]() -> absl::StatusOr<api::Cluster> {
    KPROTO_ASSIGN_OR_RETURN(api::Cluster * cluster, FindCluster(id));
    cluster->name = update.name;
    if (update.tags) {
      cluster->tags = WithOwnTags(*update.tags, id);
    }
    if (update.maintenance_policy) {
      cluster->maintenance_policy = update.maintenance_policy;
      cluster->maintenance_policy->duration = "4h0m0s";
    }
    if (update.control_plane_firewall) {
      cluster->control_plane_firewall = update.control_plane_firewall;
    }
    if (update.cluster_autoscaler_configuration) {
      api::ClusterAutoscaler& now = cluster->cluster_autoscaler_configuration.emplace(
          cluster->cluster_autoscaler_configuration.value_or(api::ClusterAutoscaler()));
      const api::ClusterAutoscaler& asked = *update.cluster_autoscaler_configuration;
      now.expanders = asked.expanders;
      if (asked.scale_down_utilization_threshold) {
        now.scale_down_utilization_threshold = asked.scale_down_utilization_threshold;
      }
      if (!asked.scale_down_unneeded_time.empty()) {
        now.scale_down_unneeded_time = asked.scale_down_unneeded_time;
      }
    }
    if (update.sso) {
      cluster->sso = update.sso;
    }
    for (const auto& [plugin, enabled] : update.plugins) {
      if (cloud_.plugin_changes == PluginChanges::kDone) {
        cluster->plugins[plugin] = enabled;
      }
    }
    cluster->auto_upgrade = update.auto_upgrade.value_or(cluster->auto_upgrade);
    cluster->surge_upgrade = update.surge_upgrade.value_or(cluster->surge_upgrade);
    cluster->ha = update.ha.value_or(cluster->ha) || cluster->ha;
    return *cluster;
  });
}

absl::Status FakeDigitalOcean::DeleteCluster(const std::string& id, std::stop_token stop) {
  return Do("DeleteCluster", id, stop, [&] { return BeginDelete(id); });
}

absl::StatusOr<std::optional<api::AssociatedResources>> FakeDigitalOcean::GetAssociatedResources(
    const std::string& cluster_id, std::stop_token stop) {
  return Do("GetAssociatedResources", cluster_id, stop,
            [&]() -> absl::StatusOr<std::optional<api::AssociatedResources>> {
              if (cloud_.clusters.count(cluster_id) == 0) {
                return std::nullopt;
              }
              return AssociatedOf(cluster_id);
            });
}

absl::Status FakeDigitalOcean::DeleteClusterSelective(const std::string& id,
                                                      const api::AssociatedSelection& selection,
                                                      std::stop_token stop) {
  return Do("DeleteClusterSelective", id, stop, [&] {
    for (const std::string& balancer : selection.load_balancers) {
      cloud_.load_balancers.erase(balancer);
    }
    for (const std::string& volume : selection.volumes) {
      cloud_.volumes.erase(volume);
    }
    for (const std::string& snapshot : selection.volume_snapshots) {
      cloud_.snapshots.erase(snapshot);
    }
    return BeginDelete(id);
  });
}

absl::Status FakeDigitalOcean::DeleteClusterWithEverything(const std::string& id,
                                                           std::stop_token stop) {
  return Do("DeleteClusterWithEverything", id, stop, [&] {
    const api::AssociatedResources all = AssociatedOf(id);
    for (const api::NamedId& balancer : all.load_balancers) {
      cloud_.load_balancers.erase(balancer.id);
    }
    for (const api::NamedId& volume : all.volumes) {
      cloud_.volumes.erase(volume.id);
    }
    for (const api::NamedId& snapshot : all.volume_snapshots) {
      cloud_.snapshots.erase(snapshot.id);
    }
    return BeginDelete(id);
  });
}

absl::StatusOr<std::vector<api::KubernetesVersion>> FakeDigitalOcean::ListUpgrades(
    const std::string& cluster_id, std::stop_token stop) {
  return Do("ListUpgrades", cluster_id, stop,
            [&]() -> absl::StatusOr<std::vector<api::KubernetesVersion>> {
              KPROTO_ASSIGN_OR_RETURN(api::Cluster * cluster, FindCluster(cluster_id));
              return UpgradesOf(*cluster);
            });
}

absl::Status FakeDigitalOcean::UpgradeCluster(const std::string& id,
                                              const std::string& version_slug,
                                              std::stop_token stop) {
  return Do("UpgradeCluster", absl::StrCat(id, " ", version_slug), stop, [&]() -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(api::Cluster * cluster, FindCluster(id));
    const std::vector<api::KubernetesVersion> offered = UpgradesOf(*cluster);
    const bool legal = std::any_of(
        offered.begin(), offered.end(),
        [&](const api::KubernetesVersion& version) { return version.slug == version_slug; });
    if (!legal) {
      return Refused("invalid upgrade path");
    }
    if (cluster->status.state != api::ClusterState::kRunning) {
      return Refused("cluster must be running to be upgraded");
    }
    if (cloud_.upgrades_never_begin) {
      return absl::OkStatus();
    }
    Begin(*cluster, api::ClusterState::kUpgrading,
          {.polls_left = cloud_.polls_until_running,
           .then = {api::ClusterState::kRunning, "running", ""},
           .version_then = version_slug});
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<api::StatusMessage>> FakeDigitalOcean::ListStatusMessages(
    const std::string& cluster_id, const std::string& since, std::stop_token stop) {
  return Do("ListStatusMessages", cluster_id, stop,
            [&]() -> absl::StatusOr<std::vector<api::StatusMessage>> {
              std::vector<api::StatusMessage> messages;
              for (const api::StatusMessage& message : cloud_.messages[cluster_id]) {
                if (message.timestamp >= since) {
                  messages.push_back(message);
                }
              }
              return messages;
            });
}

absl::StatusOr<std::string> FakeDigitalOcean::RunClusterlint(const std::string& cluster_id,
                                                             std::stop_token stop) {
  return Do("RunClusterlint", cluster_id, stop, [&]() -> absl::StatusOr<std::string> {
    KPROTO_RETURN_IF_ERROR(FindCluster(cluster_id).status());
    const std::string run = NewId();
    cloud_.clusterlint_runs[run] = cloud_.polls_until_linted;
    return run;
  });
}

absl::StatusOr<std::optional<api::ClusterlintRun>> FakeDigitalOcean::GetClusterlint(
    const std::string& cluster_id, const std::string& run_id, std::stop_token stop) {
  return Do("GetClusterlint", run_id, stop,
            [&]() -> absl::StatusOr<std::optional<api::ClusterlintRun>> {
              const auto found = cloud_.clusterlint_runs.find(run_id);
              if (found == cloud_.clusterlint_runs.end()) {
                return std::nullopt;
              }
              api::ClusterlintRun run{.run_id = run_id, .requested_at = kNow};
              if (found->second-- <= 0) {
                run.completed_at = kNow;
                run.diagnostics = cloud_.findings[cluster_id];
              }
              return run;
            });
}

absl::StatusOr<api::Credentials> FakeDigitalOcean::GetCredentials(const std::string& cluster_id,
                                                                  absl::Duration expiry,
                                                                  std::stop_token stop) {
  return Do("GetCredentials", cluster_id, stop, [&]() -> absl::StatusOr<api::Credentials> {
    KPROTO_ASSIGN_OR_RETURN(api::Cluster * cluster, FindCluster(cluster_id));
    if (cluster->endpoint.empty()) {
      return absl::FailedPreconditionError("cluster is not ready (HTTP 412, request fake)");
    }
    absl::Time made;
    absl::ParseTime(absl::RFC3339_full, kNow, &made, nullptr);
    expiry = expiry == absl::ZeroDuration() ? absl::Hours(7 * 24) : expiry;
    return api::Credentials{
        .server = cluster->endpoint,
        .certificate_authority_pem = "fake authority",
        .token = SecretString(absl::StrCat("token-", next_id_++)),
        .expires_at = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", made + expiry, absl::UTCTimeZone())};
  });
}

absl::StatusOr<SecretString> FakeDigitalOcean::GetKubeconfig(const std::string& cluster_id,
                                                             absl::Duration, std::stop_token stop) {
  return Do("GetKubeconfig", cluster_id, stop, [&]() -> absl::StatusOr<SecretString> {
    KPROTO_ASSIGN_OR_RETURN(api::Cluster * cluster, FindCluster(cluster_id));
    return SecretString(absl::StrCat("apiVersion: v1\nkind: Config\nclusters:\n- name: a\n",
                                     "  cluster:\n    server: ", cluster->endpoint, "\n"));
  });
}

// --- DigitalOcean: node pools ------------------------------------------------------------------

absl::StatusOr<std::vector<api::NodePool>> FakeDigitalOcean::ListNodePools(
    const std::string& cluster_id, std::stop_token stop) {
  return Do("ListNodePools", cluster_id, stop, [&]() -> absl::StatusOr<std::vector<api::NodePool>> {
    Poll(cluster_id);
    KPROTO_ASSIGN_OR_RETURN(api::Cluster * cluster, FindCluster(cluster_id));
    return cluster->node_pools;
  });
}

absl::StatusOr<std::optional<api::NodePool>> FakeDigitalOcean::GetNodePool(
    const std::string& cluster_id, const std::string& pool_id, std::stop_token stop) {
  return Do("GetNodePool", pool_id, stop, [&]() -> absl::StatusOr<std::optional<api::NodePool>> {
    Poll(cluster_id);
    const auto pool = FindPool(cluster_id, pool_id);
    return pool.ok() ? std::optional<api::NodePool>(**pool) : std::nullopt;
  });
}

absl::StatusOr<api::NodePool> FakeDigitalOcean::CreateNodePool(const std::string& cluster_id,
                                                               const api::NodePoolSpec& spec,
                                                               std::stop_token stop) {
  return Do("CreateNodePool", spec.name, stop, [&]() -> absl::StatusOr<api::NodePool> {
    KPROTO_ASSIGN_OR_RETURN(api::Cluster * cluster, FindCluster(cluster_id));
    for (const api::NodePool& pool : cluster->node_pools) {
      if (pool.name == spec.name) {
        return Refused("node pool name must be unique within the cluster");
      }
    }
    cluster->node_pools.push_back(MakePool(cluster_id, spec));
    return cluster->node_pools.back();
  });
}

absl::StatusOr<api::NodePool> FakeDigitalOcean::UpdateNodePool(const std::string& cluster_id,
                                                               const std::string& pool_id,
                                                               const api::NodePoolUpdate& update,
                                                               std::stop_token stop) {
  return Do("UpdateNodePool", pool_id, stop, [&]() -> absl::StatusOr<api::NodePool> {
    KPROTO_ASSIGN_OR_RETURN(api::NodePool * pool, FindPool(cluster_id, pool_id));
    pool->name = update.name;
    if (update.tags) {
      pool->tags = WithOwnTags(*update.tags, cluster_id);
      pool->tags.push_back("k8s:worker");
    }
    pool->labels = update.labels.value_or(pool->labels);
    pool->taints = update.taints.value_or(pool->taints);
    pool->auto_scale = update.auto_scale.value_or(pool->auto_scale);
    pool->min_nodes = pool->auto_scale ? update.min_nodes.value_or(pool->min_nodes) : 0;
    pool->max_nodes = pool->auto_scale ? update.max_nodes.value_or(pool->max_nodes) : 0;
    int64_t count = update.count.value_or(pool->count);
    if (pool->auto_scale) {
      count = std::clamp(count, pool->min_nodes, std::max(pool->min_nodes, pool->max_nodes));
    }
    SetCount(*pool, count);
    return *pool;
  });
}

absl::Status FakeDigitalOcean::DeleteNodePool(const std::string& cluster_id,
                                              const std::string& pool_id, std::stop_token stop) {
  return Do("DeleteNodePool", pool_id, stop, [&]() -> absl::Status {
    const auto cluster = FindCluster(cluster_id);
    if (cluster.ok()) {
      std::erase_if((*cluster)->node_pools,
                    [&](const api::NodePool& pool) { return pool.id == pool_id; });
    }
    return absl::OkStatus();
  });
}

absl::Status FakeDigitalOcean::DeleteNode(const std::string& cluster_id, const std::string& pool_id,
                                          const std::string& node_id, api::Drain,
                                          api::Replacement replacement, std::stop_token stop) {
  return Do("DeleteNode", node_id, stop, [&]() -> absl::Status {
    const auto pool = FindPool(cluster_id, pool_id);
    if (!pool.ok()) {
      return absl::OkStatus();
    }
    std::erase_if((*pool)->nodes, [&](const api::Node& node) { return node.id == node_id; });
    const auto left = static_cast<int64_t>((*pool)->nodes.size());
    SetCount(**pool, replacement == api::Replacement::kReplace ? (*pool)->count : left);
    return absl::OkStatus();
  });
}

// --- DigitalOcean: load balancers, storage, order ----------------------------------------------

absl::StatusOr<std::vector<api::Volume>> FakeDigitalOcean::ListVolumes(std::stop_token stop) {
  return Do("ListVolumes", "", stop,
            [&]() -> absl::StatusOr<std::vector<api::Volume>> { return Values(cloud_.volumes); });
}

absl::Status FakeDigitalOcean::DeleteVolume(const std::string& id, std::stop_token stop) {
  return Do("DeleteVolume", id, stop, [&]() -> absl::Status {
    const auto found = cloud_.volumes.find(id);
    if (found != cloud_.volumes.end() && !found->second.droplet_ids.empty()) {
      return absl::AbortedError(
          "attached volume cannot be deleted (conflict, HTTP 409, request fake)");
    }
    cloud_.volumes.erase(id);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<api::Snapshot>> FakeDigitalOcean::ListSnapshots(std::stop_token stop) {
  return Do("ListSnapshots", "", stop, [&]() -> absl::StatusOr<std::vector<api::Snapshot>> {
    return Values(cloud_.snapshots);
  });
}

absl::Status FakeDigitalOcean::DeleteSnapshot(const std::string& id, std::stop_token stop) {
  return Do("DeleteSnapshot", id, stop, [&]() -> absl::Status {
    cloud_.snapshots.erase(id);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<api::Tag>> FakeDigitalOcean::ListTags(std::stop_token stop) {
  return Do("ListTags", "", stop, [&]() -> absl::StatusOr<std::vector<api::Tag>> {
    std::vector<api::Tag> tags;
    for (const auto& [name, resources] : cloud_.tags) {
      tags.push_back({name, static_cast<int64_t>(resources.size())});
    }
    return tags;
  });
}

absl::Status FakeDigitalOcean::CreateTag(const std::string& name, std::stop_token stop) {
  return Do("CreateTag", name, stop, [&]() -> absl::Status {
    cloud_.tags.try_emplace(name);
    return absl::OkStatus();
  });
}

absl::Status FakeDigitalOcean::DeleteTag(const std::string& name, std::stop_token stop) {
  return Do("DeleteTag", name, stop, [&]() -> absl::Status {
    cloud_.tags.erase(name);
    return absl::OkStatus();
  });
}

absl::Status FakeDigitalOcean::TagResources(const std::string& name,
                                            const std::vector<api::TaggedResource>& resources,
                                            std::stop_token stop) {
  return Do("TagResources", name, stop, [&]() -> absl::Status {
    const auto found = cloud_.tags.find(name);
    if (found == cloud_.tags.end()) {
      return Missing("tag");
    }
    found->second.insert(found->second.end(), resources.begin(), resources.end());
    return absl::OkStatus();
  });
}

}  // namespace kproto::testing
