// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/admin.h"

#include <string>

#include "lab/digitalocean/clusters.h"
#include "lab/digitalocean/inventory.h"
#include "lab/digitalocean/kubernetes_options.h"

namespace kproto::lab {
namespace {

void ServeFaults(FaultPlan* faults, Router* router) {
  router->Add("GET", "/lab/faults", [faults](const ApiRequest&) {
    Json list = Json::array();
    for (const Fault& fault : faults->List()) {
      list.push_back(fault.ToJson());
    }
    return Ok({{"faults", list}});
  });
  router->Add("POST", "/lab/faults", [faults](const ApiRequest& request) {
    auto fault = Fault::FromJson(request.body);
    if (!fault.ok()) {
      return Unprocessable(fault.status().message());
    }
    fault->id = faults->Add(*fault);
    return Created({{"fault", fault->ToJson()}});
  });
  router->Add("DELETE", "/lab/faults", [faults](const ApiRequest&) {
    faults->Clear();
    return NoContent();
  });
  router->Add("DELETE", "/lab/faults/{id}", [faults](const ApiRequest& request) {
    return faults->Remove(request.Param("id")) ? NoContent() : NotFound();
  });
}

// A cluster by id or by (the first of that) name.
Json* FindByIdOrName(Cloud* cloud, const std::string& wanted) {
  if (Json* cluster = FindCluster(cloud, wanted)) {
    return cluster;
  }
  for (Json& cluster : cloud->store.All("clusters")) {
    if (StringField(cluster, "name") == wanted) {
      return &cluster;
    }
  }
  return nullptr;
}

ApiResponse SetState(Cloud* cloud, const ApiRequest& request) {
  Json* cluster = FindByIdOrName(cloud, request.Param("id"));
  const std::string state = StringField(request.body, "state");
  if (cluster == nullptr) {
    return NotFound("cluster not found");
  }
  if (state != "running" && state != "degraded" && state != "error") {
    return Unprocessable("state must be one of running, degraded, error");
  }
  // One that was mended goes on with the upgrade it was at.
  const bool upgrading = state == "running" && !Field(Field(*cluster, "_"), "upgrade").is_null();
  SetClusterState(cloud, cluster, upgrading ? "upgrading" : state,
                  StringField(request.body, "message"));
  return Ok({{"kubernetes_cluster", Public(*cluster)}});
}

// What clusterlint will find in the cluster from now on.
ApiResponse SetFindings(Cloud* cloud, const ApiRequest& request) {
  Json* cluster = FindByIdOrName(cloud, request.Param("id"));
  if (cluster == nullptr) {
    return NotFound("cluster not found");
  }
  if (!Field(request.body, "diagnostics").is_array()) {
    return Unprocessable("diagnostics must be a list");
  }
  (*cluster)["_"]["lint_findings"] = Field(request.body, "diagnostics");
  cloud->store.Touch();
  return NoContent();
}

ApiResponse SetVersion(Cloud* cloud, const ApiRequest& request) {
  const Offer offer = BoolField(request.body, "offered", true) ? Offer::kPublish : Offer::kWithdraw;
  if (!OfferVersion(cloud, StringField(request.body, "slug"), offer)) {
    return Unprocessable("slug must look like 1.34.4-do.1");
  }
  return Ok({{"versions", OfferedVersions(cloud)}});
}

}  // namespace

void ServeAdmin(Cloud* cloud, FaultPlan* faults, CallLog* calls, const Router* api,
                Router* router) {
  ServeFaults(faults, router);
  router->Add("GET", "/lab/calls", [calls](const ApiRequest&) {
    return Ok({{"calls", calls->ToJson()}});
  });
  router->Add("DELETE", "/lab/calls", [calls](const ApiRequest&) {
    calls->Clear();
    return NoContent();
  });
  router->Add("GET", "/lab/routes", [api](const ApiRequest&) {
    return Ok({{"routes", api->List()}});
  });
  router->Add("GET", "/lab/inventory", [cloud](const ApiRequest&) { return Ok(Inventory(cloud)); });
  router->Add("GET", "/lab/status", [cloud](const ApiRequest&) {
    return Ok({{"time_factor", cloud->time.factor()}, {"now", cloud->time.Stamp()}});
  });
  router->Add("POST", "/lab/clusters/{id}/state",
              [cloud](const ApiRequest& request) { return SetState(cloud, request); });
  router->Add("POST", "/lab/clusters/{id}/clusterlint",
              [cloud](const ApiRequest& request) { return SetFindings(cloud, request); });
  router->Add("POST", "/lab/kubernetes_versions",
              [cloud](const ApiRequest& request) { return SetVersion(cloud, request); });
}

}  // namespace kproto::lab
