// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/cluster_upgrades.h"

#include <algorithm>
#include <string>
#include <vector>

#include "lab/digitalocean/clusters.h"
#include "lab/digitalocean/droplets.h"
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

constexpr int64_t kMostSurgeNodes = 10;

bool IsOf(const Json& node, const std::string& version) {
  return StringField(Field(node, "_"), "version") == version;
}

std::string NodeState(const Json& node) { return StringField(Field(node, "status"), "state"); }

// What a pool's nodes are like in the middle of an upgrade.
struct Progress {
  std::vector<Json*> old_nodes;  // to be replaced yet
  int64_t coming = 0;            // of the new version, not running yet
  int64_t going = 0;
  int64_t staying = 0;
};

Progress ProgressOf(Json* pool, const std::string& version) {
  Progress progress;
  for (Json& node : (*pool)["nodes"]) {
    if (!NodeStays(node)) {
      ++progress.going;
      continue;
    }
    ++progress.staying;
    if (!IsOf(node, version)) {
      progress.old_nodes.push_back(&node);
    } else if (NodeState(node) != "running") {
      ++progress.coming;
    }
  }
  return progress;
}

// Up to ten nodes come before as many old ones go.
void Surge(Cloud* cloud, const Json& cluster, Json* pool, const Progress& progress, int64_t more) {
  const int64_t surplus = progress.staying - IntField(*pool, "count");
  const int64_t old = static_cast<int64_t>(progress.old_nodes.size());
  for (int64_t i = 0; i < std::min(surplus, old); ++i) {
    RetireNode(cloud, progress.old_nodes[i]);
  }
  for (int64_t i = 0; i < std::min(more, old - std::max<int64_t>(surplus, 0)); ++i) {
    AddNode(cloud, cluster, pool, kNodeProvisioning);
  }
}

// Moves the pool on; false while it is not done.
bool AdvancePool(Cloud* cloud, const Json& cluster, Json* pool) {
  const Progress progress = ProgressOf(pool, StringField(cluster, "version"));
  if (progress.coming > 0) {
    return false;
  }
  if (progress.old_nodes.empty()) {
    if (progress.going == 0 && progress.staying < IntField(*pool, "count")) {
      AddNode(cloud, cluster, pool, kNodeProvisioning);
      return false;
    }
    return progress.going == 0;
  }
  const int64_t surge =
      BoolField(cluster, "surge_upgrade") ? std::min(kMostSurgeNodes, DropletsLeft(cloud)) : 0;
  const bool surplus = progress.staying > IntField(*pool, "count");
  if (surge > 0 || surplus) {
    Surge(cloud, cluster, pool, progress, surge);
  } else if (progress.going == 0) {
    if (progress.staying < IntField(*pool, "count")) {
      AddNode(cloud, cluster, pool, kNodeProvisioning);
    } else {
      RetireNode(cloud, progress.old_nodes.front());
    }
  }
  return false;
}

// One pool at a time. Whether all are done.
bool AdvancePools(Cloud* cloud, Json* cluster) {
  for (Json& pool : (*cluster)["node_pools"]) {
    if (Field(Field(pool, "_"), "gone_at").is_null() && !AdvancePool(cloud, *cluster, &pool)) {
      return false;
    }
  }
  return true;
}

}  // namespace

void AdvanceUpgrade(Cloud* cloud, Json* cluster) {
  const Json upgrade = Field(Field(*cluster, "_"), "upgrade");
  const std::string target = StringField(upgrade, "to");
  if (StringField(*cluster, "version") != target) {
    if (cloud->time.Passed(IntField(upgrade, "control_plane_at"))) {
      (*cluster)["version"] = target;
      AddStatusMessage(cloud, cluster, "control plane upgraded, replacing nodes");
      AdvancePools(cloud, cluster);
    }
  } else if (AdvancePools(cloud, cluster)) {
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
