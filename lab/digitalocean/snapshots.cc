// SPDX-License-Identifier: MPL-2.0
// Snapshots of volumes. (Snapshots of droplets do not occur here.)
#include <algorithm>
#include <string>

#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/tags.h"

namespace kproto::lab {
namespace {

constexpr char kSnapshots[] = "snapshots";

ApiResponse ListSnapshots(Cloud* cloud, const ApiRequest& request, const std::string& volume) {
  const std::string type = request.Query("resource_type");
  const std::string region = request.Query("region");
  Json snapshots = Json::array();
  for (const Json& snapshot : cloud->store.All(kSnapshots)) {
    if ((volume.empty() || StringField(snapshot, "resource_id") == volume) &&
        (type.empty() || type == "volume") &&
        (region.empty() || Field(snapshot, "regions") == Json::array({region}))) {
      snapshots.push_back(snapshot);
    }
  }
  return Page(request, kSnapshots, snapshots);
}

ApiResponse CreateSnapshot(Cloud* cloud, const ApiRequest& request) {
  const Json* volume = cloud->store.Find("volumes", request.Param("id"));
  if (volume == nullptr) {
    return NotFound();
  }
  if (StringField(request.body, "name").empty()) {
    return Unprocessable("name can't be blank");
  }
  Json snapshot = {{"id", cloud->NewId()},
                   {"name", StringField(request.body, "name")},
                   {"resource_id", request.Param("id")},
                   {"resource_type", "volume"},
                   {"regions", {StringField(*volume, "region")}},
                   {"min_disk_size", IntField(*volume, "size_gigabytes")},
                   {"size_gigabytes", IntField(*volume, "size_gigabytes")},
                   {"tags", StringList(request.body, "tags")},
                   {"created_at", cloud->time.Stamp()}};
  NoteTags(cloud, snapshot["tags"]);
  cloud->store.All(kSnapshots).push_back(snapshot);
  cloud->store.Touch();
  return Created({{"snapshot", snapshot}});
}

}  // namespace

void ServeSnapshots(Cloud* cloud, Router* router) {
  const auto get = [cloud](const ApiRequest& request) {
    const Json* snapshot = cloud->store.Find(kSnapshots, request.Param("id"));
    return snapshot == nullptr ? NotFound() : Ok({{"snapshot", *snapshot}});
  };
  const auto remove = [cloud](const ApiRequest& request) {
    return cloud->store.Remove(kSnapshots, request.Param("id")) ? NoContent() : NotFound();
  };
  router->Add("GET", "/v2/snapshots",
              [cloud](const ApiRequest& request) { return ListSnapshots(cloud, request, ""); });
  router->Add("GET", "/v2/volumes/{id}/snapshots", [cloud](const ApiRequest& request) {
    return ListSnapshots(cloud, request, request.Param("id"));
  });
  router->Add("POST", "/v2/volumes/{id}/snapshots",
              [cloud](const ApiRequest& request) { return CreateSnapshot(cloud, request); });
  for (const char* path : {"/v2/snapshots/{id}", "/v2/volumes/snapshots/{id}"}) {
    router->Add("GET", path, get);
    router->Add("DELETE", path, remove);
  }
}

}  // namespace kproto::lab
