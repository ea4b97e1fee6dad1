// SPDX-License-Identifier: MPL-2.0
// What a cluster's Services and claims have made in the account (found by the tag k8s:<id>), and
// the deletions that take some or all of it along with the cluster.
#include <algorithm>
#include <string>
#include <vector>

#include "lab/digitalocean/clusters.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/load_balancers.h"
#include "lab/digitalocean/tags.h"
#include "lab/digitalocean/volumes.h"

namespace kproto::lab {
namespace {

Json TaggedThings(Cloud* cloud, const char* kind, const std::string& tag) {
  Json things = Json::array();
  for (const Json& thing : cloud->store.All(kind)) {
    if (HasTag(thing, tag)) {
      things.push_back({{"id", Field(thing, "id")}, {"name", Field(thing, "name")}});
    }
  }
  return things;
}

// Snapshots carry no tag of the cluster: those of its volumes are its.
Json SnapshotsOf(Cloud* cloud, const Json& volumes, const std::string& tag) {
  Json snapshots = TaggedThings(cloud, "snapshots", tag);
  for (const Json& snapshot : cloud->store.All("snapshots")) {
    for (const Json& volume : volumes) {
      if (Field(volume, "id") == Field(snapshot, "resource_id") && !HasTag(snapshot, tag)) {
        snapshots.push_back({{"id", Field(snapshot, "id")}, {"name", Field(snapshot, "name")}});
      }
    }
  }
  return snapshots;
}

Json Associated(Cloud* cloud, const std::string& cluster_id) {
  const std::string tag = "k8s:" + cluster_id;
  const Json volumes = TaggedThings(cloud, "volumes", tag);
  return {{"load_balancers", TaggedThings(cloud, "load_balancers", tag)},
          {"volumes", volumes},
          {"volume_snapshots", SnapshotsOf(cloud, volumes, tag)}};
}

// Whether the request names the thing; a null request means everything.
bool Named(const Json& request, const char* list, const std::string& id) {
  if (request.is_null()) {
    return true;
  }
  const std::vector<std::string> ids = StringList(request, list);
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

ApiResponse DeleteWith(Cloud* cloud, Json* cluster, const Json& chosen) {
  const Json associated = Associated(cloud, StringField(*cluster, "id"));
  for (const Json& thing : associated["load_balancers"]) {
    if (Named(chosen, "load_balancers", StringField(thing, "id"))) {
      RemoveLoadBalancer(cloud, StringField(thing, "id"));
    }
  }
  for (const Json& thing : associated["volumes"]) {
    if (Named(chosen, "volumes", StringField(thing, "id"))) {
      RemoveVolume(cloud, StringField(thing, "id"));
    }
  }
  for (const Json& thing : associated["volume_snapshots"]) {
    if (Named(chosen, "volume_snapshots", StringField(thing, "id"))) {
      cloud->store.Remove("snapshots", StringField(thing, "id"));
    }
  }
  BeginClusterDeletion(cloud, cluster);
  return NoContent();
}

}  // namespace

void ServeAssociatedResources(Cloud* cloud, Router* router) {
  const std::string base = "/v2/kubernetes/clusters/{id}/destroy_with_associated_resources";
  router->Add("GET", base, [cloud](const ApiRequest& request) {
    return FindCluster(cloud, request.Param("id")) == nullptr
               ? NotFound("cluster not found")
               : Ok(Associated(cloud, request.Param("id")));
  });
  router->Add("DELETE", base + "/selective", [cloud](const ApiRequest& request) {
    Json* cluster = FindCluster(cloud, request.Param("id"));
    // No body names nothing: an empty object, unlike null, keeps everything.
    const Json chosen = request.body.is_object() ? request.body : Json::object();
    return cluster == nullptr ? NotFound("cluster not found") : DeleteWith(cloud, cluster, chosen);
  });
  router->Add("DELETE", base + "/dangerous", [cloud](const ApiRequest& request) {
    Json* cluster = FindCluster(cloud, request.Param("id"));
    return cluster == nullptr ? NotFound("cluster not found") : DeleteWith(cloud, cluster, Json());
  });
}

}  // namespace kproto::lab
