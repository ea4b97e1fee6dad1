// SPDX-License-Identifier: MPL-2.0
// Which registries a cluster may pull from: POST and DELETE of /v2/kubernetes/registries, and of
// the older /v2/kubernetes/registry, which is refused once the account has several. A cluster shows
// only whether there is one (registry_enabled), never which.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lab/digitalocean/clusters.h"
#include "lab/digitalocean/kinds.h"

namespace kproto::lab {
namespace {

std::vector<std::string> AllRegistries(Cloud* cloud) {
  std::vector<std::string> names;
  for (const Json& registry : cloud->store.All("registries")) {
    names.push_back(StringField(registry, "name"));
  }
  return names;
}

void Integrate(Json* cluster, const std::vector<std::string>& registries, bool add) {
  Json& integrated = (*cluster)["_"]["registries"];
  if (!integrated.is_array()) {
    integrated = Json::array();
  }
  for (const std::string& name : registries) {
    integrated.erase(std::remove(integrated.begin(), integrated.end(), Json(name)),
                     integrated.end());
    if (add) {
      integrated.push_back(name);
    }
  }
  (*cluster)["registry_enabled"] = !integrated.empty();
}

ApiResponse Change(Cloud* cloud, const ApiRequest& request,
                   const std::vector<std::string>& registries) {
  const std::vector<std::string> ids = StringList(request.body, "cluster_uuids");
  for (const std::string& id : ids) {
    if (FindCluster(cloud, id) == nullptr) {
      return NotFound("cluster not found");
    }
  }
  for (const std::string& name : registries) {
    if (cloud->store.Find("registries", name) == nullptr) {
      return NotFound(absl::StrCat("registry ", name, " not found"));
    }
  }
  for (const std::string& id : ids) {
    Integrate(FindCluster(cloud, id), registries, request.method == "POST");
  }
  cloud->store.Touch();
  return NoContent();
}

}  // namespace

void ServeClusterRegistries(Cloud* cloud, Router* router) {
  for (const char* method : {"POST", "DELETE"}) {
    router->Add(method, "/v2/kubernetes/registries", [cloud](const ApiRequest& request) {
      return Change(cloud, request, StringList(request.body, "registries"));
    });
    router->Add(method, "/v2/kubernetes/registry", [cloud](const ApiRequest& request) {
      const std::vector<std::string> all = AllRegistries(cloud);
      return all.size() > 1 ? Error(412,
                                    "registry is not supported for multiple registries, use "
                                    "registries")
             : all.empty()  ? NotFound("registry not found")
                            : Change(cloud, request, all);
    });
  }
}

}  // namespace kproto::lab
