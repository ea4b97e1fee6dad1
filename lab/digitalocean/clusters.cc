// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/clusters.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lab/digitalocean/cluster_settings.h"
#include "lab/digitalocean/cluster_upgrades.h"
#include "lab/digitalocean/droplets.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/kubernetes_options.h"
#include "lab/digitalocean/nat_gateways.h"
#include "lab/digitalocean/node_pools.h"
#include "lab/digitalocean/nodes.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/projects.h"
#include "lab/digitalocean/regions.h"
#include "lab/digitalocean/tags.h"
#include "lab/digitalocean/vpcs.h"

namespace kproto::lab {
namespace {

constexpr char kClusters[] = "clusters";

bool NameIsValid(const std::string& name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
  });
}

Json ClusterTags(const std::string& id, const Json& body) {
  Json tags = {"k8s", "k8s:" + id};
  for (const std::string& tag : StringList(body, "tags")) {
    if (tag != "k8s" && !absl::StartsWith(tag, "k8s:")) {
      tags.push_back(tag);
    }
  }
  return tags;
}

std::string WhyNotTags(const Json& body) {
  for (const std::string& tag : StringList(body, "tags")) {
    if (!TagIsValid(tag)) {
      return absl::StrCat("tag \"", tag, "\" is invalid");
    }
  }
  return "";
}

// Name, region, version and network; fills those fields of the cluster.
std::string ParseIdentity(Cloud* cloud, const Json& body, Json* cluster) {
  const std::string version = ResolveVersion(cloud, StringField(body, "version"));
  if (!NameIsValid(StringField(body, "name"))) {
    return "name is invalid";
  }
  if (FindRegion(StringField(body, "region")) == nullptr) {
    return "invalid region";
  }
  if (version.empty()) {
    return "invalid version slug";
  }
  (*cluster)["name"] = StringField(body, "name");
  (*cluster)["region"] = StringField(body, "region");
  (*cluster)["version"] = version;
  (*cluster)["vpc_uuid"] = StringField(body, "vpc_uuid");
  (*cluster)["cluster_subnet"] = StringField(body, "cluster_subnet", "10.244.0.0/16");
  (*cluster)["service_subnet"] = StringField(body, "service_subnet", "10.245.0.0/16");
  return WhyNotTags(body);
}

// Pod and service ranges must be free of the VPC and of each other.
std::string ParseNetwork(Cloud* cloud, Json* cluster) {
  const std::string region = StringField(*cluster, "region");
  std::string vpc_id = StringField(*cluster, "vpc_uuid");
  if (vpc_id.empty()) {
    vpc_id = DefaultVpc(cloud, region);
    (*cluster)["vpc_uuid"] = vpc_id;
  }
  const Json* vpc = cloud->store.Find("vpcs", vpc_id);
  if (vpc == nullptr) {
    return "vpc not found";
  }
  if (StringField(*vpc, "region") != region) {
    return "vpc is not in the same region as the cluster";
  }
  const auto pods = Cidr::Parse(StringField(*cluster, "cluster_subnet"));
  const auto services = Cidr::Parse(StringField(*cluster, "service_subnet"));
  if (!pods.has_value() || !services.has_value()) {
    return pods.has_value() ? "invalid service subnet" : "invalid cluster subnet";
  }
  Cidr range;
  VpcRange(cloud, vpc_id, &range);
  if (pods->Overlaps(*services)) {
    return "cluster subnet overlaps with service subnet";
  }
  if (pods->Overlaps(range) || services->Overlaps(range)) {
    return absl::StrCat(pods->Overlaps(range) ? "cluster" : "service",
                        " subnet overlaps with VPC network ", range.ToString());
  }
  // Isolated workers reach the world through the VPC's NAT gateway.
  if (BoolField(*cluster, "isolated_workers") && !HasActiveNatGateway(cloud, vpc_id)) {
    return "isolated workers require a NAT gateway in the VPC";
  }
  return "";
}

// The pools of a create call, parsed; their sum is held against the account's limit.
std::string ParsePools(Cloud* cloud, const Json& body, Json* cluster) {
  const Json& specs = Field(body, "node_pools");
  if (!specs.is_array() || specs.empty()) {
    return "at least one node pool must be specified";
  }
  int64_t more = 0;
  int64_t most = 0;
  (*cluster)["node_pools"] = Json::array();
  for (const Json& spec : specs) {
    std::string error;
    const Json pool = ParsePool(*cluster, spec, Json(), &error);
    if (error.empty() && IntField(pool, "count") < 1) {
      error = "worker_node_pool_spec.count must be greater than or equal to 1";
    }
    if (!error.empty()) {
      return error;
    }
    more += IntField(pool, "count");
    most += std::max(IntField(pool, "count"), IntField(pool, "max_nodes"));
    (*cluster)["node_pools"].push_back(pool);
  }
  return WhyNotMoreWorkers(cloud, more, most);
}

ApiResponse CreateCluster(Cloud* cloud, const ApiRequest& request) {
  const std::string id = cloud->NewId();
  Json cluster = {{"id", id}};
  std::string error = ParseIdentity(cloud, request.body, &cluster);
  if (error.empty()) {
    error = ParsePools(cloud, request.body, &cluster);
  }
  if (error.empty()) {
    error = ApplyCreateSettings(request.body, &cluster);
  }
  if (error.empty()) {
    error = ParseNetwork(cloud, &cluster);  // last: it may make the region's default VPC
  }
  if (!error.empty()) {
    return Invalid(error);
  }
  cluster["ipv4"] = "";
  cluster["endpoint"] = "";
  cluster["tags"] = ClusterTags(id, request.body);
  cluster["registry_enabled"] = false;
  cluster["created_at"] = cloud->time.Stamp();
  cluster["_"] = {{"ready_at", cloud->time.After(kClusterProvisioning)},
                  {"error", request.forced_error}};
  for (Json& pool : cluster["node_pools"]) {
    pool = MakePool(cloud, cluster, pool, kFirstNodesProvisioning);
  }
  SetClusterState(cloud, &cluster, "provisioning");
  AddStatusMessage(cloud, &cluster, "cluster is being provisioned");
  NoteTags(cloud, cluster["tags"]);
  cloud->store.All(kClusters).push_back(cluster);
  AssignToProject(cloud, "", "do:kubernetes:" + id);
  return Created({{"kubernetes_cluster", Public(cluster)}});
}

ApiResponse UpdateCluster(Cloud* cloud, Json* cluster, const ApiRequest& request) {
  const Json& body = request.body;
  if (!NameIsValid(StringField(body, "name"))) {
    return Invalid("name is invalid");
  }
  std::string error = WhyNotTags(body);
  Json changed = *cluster;
  if (error.empty()) {
    error = ApplyUpdateSettings(body, &changed);
  }
  if (!error.empty()) {
    return Invalid(error);
  }
  changed["name"] = StringField(body, "name");
  if (Field(body, "tags").is_array()) {
    changed["tags"] = ClusterTags(StringField(*cluster, "id"), body);
    NoteTags(cloud, changed["tags"]);
  }
  changed["updated_at"] = cloud->time.Stamp();
  *cluster = std::move(changed);
  cloud->store.Touch();
  return Accepted({{"kubernetes_cluster", Public(*cluster)}});
}

// The last of a cluster: its droplets and itself linger in the VPC for a while.
void FinishDeletion(Cloud* cloud, const Json& cluster) {
  const std::string id = StringField(cluster, "id");
  for (const Json& pool : Field(cluster, "node_pools")) {
    for (const Json& node : Field(pool, "nodes")) {
      int64_t droplet = 0;
      if (absl::SimpleAtoi(StringField(node, "droplet_id"), &droplet)) {
        RemoveDroplet(cloud, droplet);
      }
    }
  }
  const std::string urn = "do:kubernetes:" + id;
  LingerInVpc(cloud, StringField(cluster, "vpc_uuid"), urn, StringField(cluster, "name"),
              StringField(cluster, "created_at"));
  ForgetInProjects(cloud, urn);
  cloud->control_planes.erase(id);
}

void AdvanceProvisioning(Cloud* cloud, Json* cluster) {
  const Json hidden = Field(*cluster, "_");
  if (!cloud->time.Passed(IntField(hidden, "ready_at"))) {
    return;
  }
  if (const std::string error = StringField(hidden, "error"); !error.empty()) {
    SetClusterState(cloud, cluster, "error", error);
    AddStatusMessage(cloud, cluster, error);
    return;
  }
  if (const std::string server = cloud->Server(StringField(*cluster, "id")); !server.empty()) {
    (*cluster)["endpoint"] = server;
    SetClusterState(cloud, cluster, "running");
    AddStatusMessage(cloud, cluster, "cluster is running");
  }
}

void DropFinishedPools(Cloud* cloud, Json* cluster) {
  Json& pools = (*cluster)["node_pools"];
  for (size_t i = 0; i < pools.size();) {
    const Json& gone_at = Field(Field(pools[i], "_"), "gone_at");
    if (gone_at.is_number_integer() && pools[i]["nodes"].empty()) {
      pools.erase(i);
      cloud->store.Touch();
    } else {
      ++i;
    }
  }
}

// False when the cluster is gone.
bool AdvanceCluster(Cloud* cloud, Json* cluster) {
  const std::string state = ClusterState(*cluster);
  const std::string id = StringField(*cluster, "id");
  if (state == "deleting") {
    return !cloud->time.Passed(IntField(Field(*cluster, "_"), "gone_at")) || !cloud->Stopped(id);
  }
  AdvanceNodes(cloud, cluster);
  DropFinishedPools(cloud, cluster);
  if (state == "provisioning") {
    AdvanceProvisioning(cloud, cluster);
  } else if (state == "upgrading") {
    AdvanceUpgrade(cloud, cluster);
  }
  // After a restart of the lab the control plane may answer at another port.
  const std::string server = cloud->Server(id);
  if (!server.empty() && !StringField(*cluster, "endpoint").empty() &&
      StringField(*cluster, "endpoint") != server) {
    (*cluster)["endpoint"] = server;
    cloud->store.Touch();
  }
  return true;
}

}  // namespace

Json* FindCluster(Cloud* cloud, const std::string& id) { return cloud->store.Find(kClusters, id); }

std::string ClusterState(const Json& cluster) {
  return StringField(Field(cluster, "status"), "state");
}

void SetClusterState(Cloud* cloud, Json* cluster, const std::string& state,
                     const std::string& message) {
  (*cluster)["status"] = {{"state", state}};
  if (!message.empty()) {
    (*cluster)["status"]["message"] = message;
  }
  (*cluster)["updated_at"] = cloud->time.Stamp();
  cloud->store.Touch();
}

void AddStatusMessage(Cloud* cloud, Json* cluster, const std::string& message) {
  (*cluster)["_"]["messages"].push_back({{"message", message}, {"timestamp", cloud->time.Stamp()}});
  cloud->store.Touch();
}

void BeginClusterDeletion(Cloud* cloud, Json* cluster) {
  if (ClusterState(*cluster) == "deleting") {
    return;
  }
  (*cluster)["_"]["gone_at"] = cloud->time.After(kClusterDeleting);
  for (Json& pool : (*cluster)["node_pools"]) {
    for (Json& node : pool["nodes"]) {
      RetireNode(cloud, &node);
    }
  }
  SetClusterState(cloud, cluster, "deleting");
}

void AdvanceClusters(Cloud* cloud) {
  Json& clusters = cloud->store.All(kClusters);
  for (size_t i = 0; i < clusters.size();) {
    if (AdvanceCluster(cloud, &clusters[i])) {
      ++i;
    } else {
      const Json gone = std::move(clusters[i]);
      clusters.erase(i);
      FinishDeletion(cloud, gone);
    }
  }
}

void ServeClusters(Cloud* cloud, Router* router) {
  const std::string base = "/v2/kubernetes/clusters";
  router->Add("GET", base, [cloud](const ApiRequest& request) {
    Json newest_first = cloud->store.All(kClusters);
    std::reverse(newest_first.begin(), newest_first.end());
    return Page(request, "kubernetes_clusters", newest_first, kClustersPerPage);
  });
  router->Add("POST", base,
              [cloud](const ApiRequest& request) { return CreateCluster(cloud, request); });
  router->Add("GET", base + "/{id}", [cloud](const ApiRequest& request) {
    const Json* cluster = FindCluster(cloud, request.Param("id"));
    return cluster == nullptr ? NotFound("cluster not found")
                              : Ok({{"kubernetes_cluster", Public(*cluster)}});
  });
  router->Add("PUT", base + "/{id}", [cloud](const ApiRequest& request) {
    Json* cluster = FindCluster(cloud, request.Param("id"));
    if (cluster == nullptr) {
      return NotFound("cluster not found");
    }
    if (ClusterState(*cluster) == "deleting") {
      return Error(412, "cluster is being deleted");
    }
    return UpdateCluster(cloud, cluster, request);
  });
  router->Add("DELETE", base + "/{id}", [cloud](const ApiRequest& request) {
    Json* cluster = FindCluster(cloud, request.Param("id"));
    if (cluster == nullptr) {
      return NotFound("cluster not found");
    }
    BeginClusterDeletion(cloud, cluster);
    return NoContent();
  });
}

}  // namespace kproto::lab
