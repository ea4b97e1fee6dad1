// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/cluster_upgrades.h"

#include <string>

#include "lab/digitalocean/clusters.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/kubernetes_options.h"
#include "lab/digitalocean/nodes.h"

namespace kproto::lab {
namespace {

ApiResponse BeginUpgrade(Cloud* cloud, Json* cluster, const ApiRequest& request) {
  const std::string target = StringField(request.body, "version");
  if (!Version::Parse(target).valid || ResolveVersion(cloud, target).empty()) {
    return Invalid("invalid version slug");  // a minor or "latest" is for create only
  }
  if (ClusterState(*cluster) != "running") {
    return Unprocessable("cluster must be running to be upgraded");
  }
  bool legal = false;
  for (const Json& step : UpgradeTargets(cloud, StringField(*cluster, "version"))) {
    legal = legal || StringField(step, "slug") == target;
  }
  if (!legal) {
    return Unprocessable("invalid upgrade path");
  }
  (*cluster)["_"]["upgrade"] = {{"to", target},
                                {"control_plane_at", cloud->time.After(kControlPlaneUpgrade)}};
  SetClusterState(cloud, cluster, "upgrading");
  AddStatusMessage(cloud, cluster, "upgrading to " + target);
  return Accepted();
}

void ReplaceEveryNode(Cloud* cloud, Json* cluster) {
  for (Json& pool : (*cluster)["node_pools"]) {
    const int64_t count = StayingNodes(pool);
    for (Json& node : pool["nodes"]) {
      RetireNode(cloud, &node);
    }
    for (int64_t i = 0; i < count; ++i) {
      AddNode(cloud, *cluster, &pool, kNodeProvisioning);
    }
  }
}

}  // namespace

void AdvanceUpgrade(Cloud* cloud, Json* cluster) {
  const Json upgrade = Field(Field(*cluster, "_"), "upgrade");
  const std::string target = StringField(upgrade, "to");
  if (StringField(*cluster, "version") != target) {
    if (cloud->time.Passed(IntField(upgrade, "control_plane_at"))) {
      (*cluster)["version"] = target;
      AddStatusMessage(cloud, cluster, "control plane upgraded, replacing nodes");
      ReplaceEveryNode(cloud, cluster);
    }
  } else if (AllNodesRunning(*cluster)) {
    (*cluster)["_"].erase("upgrade");
    SetClusterState(cloud, cluster, "running");
    AddStatusMessage(cloud, cluster, "upgraded to " + target);
  }
}

void ServeClusterUpgrades(Cloud* cloud, Router* router) {
  router->Add("GET", "/v2/kubernetes/clusters/{id}/upgrades", [cloud](const ApiRequest& request) {
    const Json* cluster = FindCluster(cloud, request.Param("id"));
    if (cluster == nullptr) {
      return NotFound("cluster not found");
    }
    const Json targets = UpgradeTargets(cloud, StringField(*cluster, "version"));
    return Ok({{"available_upgrade_versions", targets.empty() ? Json() : targets}});
  });
  router->Add("POST", "/v2/kubernetes/clusters/{id}/upgrade", [cloud](const ApiRequest& request) {
    Json* cluster = FindCluster(cloud, request.Param("id"));
    return cluster == nullptr ? NotFound("cluster not found")
                              : BeginUpgrade(cloud, cluster, request);
  });
}

}  // namespace kproto::lab
