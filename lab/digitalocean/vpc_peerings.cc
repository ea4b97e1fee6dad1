// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/vpc_peerings.h"

#include <algorithm>

#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/names.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/vpcs.h"

namespace kproto::lab {
namespace {

constexpr char kPeerings[] = "vpc_peerings";
constexpr char kNoun[] = "VPC peering";

bool Joins(const Json& peering, const std::string& vpc_id) {
  const std::vector<std::string> ids = StringList(peering, "vpc_ids");
  return std::find(ids.begin(), ids.end(), vpc_id) != ids.end();
}

std::string WhyNotVpcs(Cloud* cloud, const std::vector<std::string>& ids) {
  if (ids.size() != 2 || ids[0] == ids[1]) {
    return "vpc_ids must name two different VPCs";
  }
  Cidr a, b;
  if (!VpcRange(cloud, ids[0], &a) || !VpcRange(cloud, ids[1], &b)) {
    return "VPC was not found";
  }
  if (a.Overlaps(b)) {
    return "the IP ranges of the VPCs overlap";
  }
  for (const Json& peering : cloud->store.All(kPeerings)) {
    if (Joins(peering, ids[0]) && Joins(peering, ids[1])) {
      return "a peering between these VPCs already exists";
    }
  }
  return "";
}

ApiResponse Create(Cloud* cloud, const ApiRequest& request, const std::vector<std::string>& vpcs) {
  const std::string name = StringField(request.body, "name");
  std::string error = WhyNotName(cloud, kPeerings, kNoun, name, "");
  if (error.empty()) {
    error = WhyNotVpcs(cloud, vpcs);
  }
  if (!error.empty()) {
    return Unprocessable(error);
  }
  const Json peering = {
      {"id", cloud->NewId()},
      {"name", name},
      {"vpc_ids", vpcs},
      {"status", "PROVISIONING"},
      {"created_at", cloud->time.Stamp()},
      {"_",
       {{"active_at", cloud->time.After(kPeeringProvisioning)}, {"error", request.forced_error}}}};
  cloud->store.All(kPeerings).push_back(peering);
  cloud->store.Touch();
  return Accepted({{"vpc_peering", Public(peering)}});
}

ApiResponse Rename(Cloud* cloud, const ApiRequest& request, const std::string& id) {
  Json* peering = cloud->store.Find(kPeerings, id);
  if (peering == nullptr) {
    return NotFound();
  }
  const std::string name = StringField(request.body, "name");
  if (const std::string error = WhyNotName(cloud, kPeerings, kNoun, name, id); !error.empty()) {
    return Unprocessable(error);
  }
  (*peering)["name"] = name;
  cloud->store.Touch();
  return Ok({{"vpc_peering", Public(*peering)}});
}

ApiResponse Delete(Cloud* cloud, const std::string& id) {
  Json* peering = cloud->store.Find(kPeerings, id);
  if (peering == nullptr) {
    return NotFound();
  }
  if (StringField(*peering, "status") != "DELETING") {
    (*peering)["status"] = "DELETING";
    (*peering)["_"]["gone_at"] = cloud->time.After(kPeeringDeleting);
    cloud->store.Touch();
  }
  return Accepted({{"vpc_peering", Public(*peering)}});
}

// Those of one VPC: the same things under /v2/vpcs/{id}/peerings.
void ServePeeringsOfAVpc(Cloud* cloud, Router* router) {
  const std::string base = "/v2/vpcs/{id}/peerings";
  router->Add("GET", base, [cloud](const ApiRequest& request) {
    Json peerings = Json::array();
    for (const Json& peering : cloud->store.All(kPeerings)) {
      if (Joins(peering, request.Param("id"))) {
        peerings.push_back(Public(peering));
      }
    }
    return cloud->store.Find("vpcs", request.Param("id")) == nullptr
               ? NotFound()
               : Page(request, kPeerings, peerings);
  });
  router->Add("POST", base, [cloud](const ApiRequest& request) {
    return Create(cloud, request, {request.Param("id"), StringField(request.body, "vpc_id")});
  });
  router->Add("PATCH", base + "/{peering}", [cloud](const ApiRequest& request) {
    return Rename(cloud, request, request.Param("peering"));
  });
}

}  // namespace

bool HasPeering(Cloud* cloud, const std::string& vpc_id) {
  const Json& peerings = cloud->store.All(kPeerings);
  return std::any_of(peerings.begin(), peerings.end(),
                     [&](const Json& peering) { return Joins(peering, vpc_id); });
}

void AdvanceVpcPeerings(Cloud* cloud) {
  Json& peerings = cloud->store.All(kPeerings);
  for (size_t i = 0; i < peerings.size();) {
    Json& peering = peerings[i];
    const Json hidden = Field(peering, "_");
    const std::string status = StringField(peering, "status");
    if (status == "DELETING" && cloud->time.Passed(IntField(hidden, "gone_at"))) {
      peerings.erase(i);
      cloud->store.Touch();
      continue;
    }
    if (status == "PROVISIONING" && cloud->time.Passed(IntField(hidden, "active_at"))) {
      peering["status"] = StringField(hidden, "error").empty() ? "ACTIVE" : "ERROR";
      cloud->store.Touch();
    }
    ++i;
  }
}

void ServeVpcPeerings(Cloud* cloud, Router* router) {
  const std::string base = "/v2/vpc_peerings";
  router->Add("GET", base, [cloud](const ApiRequest& request) {
    return Page(request, kPeerings, Public(cloud->store.All(kPeerings)));
  });
  router->Add("POST", base, [cloud](const ApiRequest& request) {
    return Create(cloud, request, StringList(request.body, "vpc_ids"));
  });
  router->Add("GET", base + "/{id}", [cloud](const ApiRequest& request) {
    return One(cloud, kPeerings, "vpc_peering", request.Param("id"));
  });
  router->Add("PATCH", base + "/{id}", [cloud](const ApiRequest& request) {
    return Rename(cloud, request, request.Param("id"));
  });
  router->Add("DELETE", base + "/{id}",
              [cloud](const ApiRequest& request) { return Delete(cloud, request.Param("id")); });
  ServePeeringsOfAVpc(cloud, router);
}

}  // namespace kproto::lab
