// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/load_balancers.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lab/digitalocean/droplets.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/load_balancer_settings.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/projects.h"
#include "lab/digitalocean/regions.h"
#include "lab/digitalocean/tags.h"
#include "lab/digitalocean/vpcs.h"

namespace kproto::lab {
namespace {

constexpr char kLoadBalancers[] = "load_balancers";
constexpr char kBusy[] = "Load Balancer can't be updated while it processes previous actions";

// Region as an object, droplets by tag resolved, the project.
Json Describe(Cloud* cloud, const Json& stored) {
  Json balancer = Public(stored);
  if (const Region* region = FindRegion(StringField(stored, "region"))) {
    balancer["region"] = {{"slug", region->slug},
                          {"name", region->name},
                          {"available", true},
                          {"features", Json::array()},
                          {"sizes", Json::array()}};
  }
  if (const std::string tag = StringField(stored, "tag"); !tag.empty()) {
    balancer["droplet_ids"] = Json::array();
    for (const Json& droplet : cloud->store.All("droplets")) {
      if (HasTag(droplet, tag)) {
        balancer["droplet_ids"].push_back(Field(droplet, "id"));
      }
    }
  }
  balancer["project_id"] = ProjectOf(cloud, "do:loadbalancer:" + StringField(stored, "id"));
  return balancer;
}

bool AmongOrNoneAsked(const std::vector<std::string>& asked, const std::string& value) {
  return asked.empty() || std::find(asked.begin(), asked.end(), value) != asked.end();
}

// Where the request puts it: a region and a VPC of it, or all regions at once.
std::string WhyNotPlace(Cloud* cloud, const ApiRequest& request, bool global) {
  const std::string vpc = StringField(request.body, "vpc_uuid");
  Cidr range;
  if (!vpc.empty() && (global || !VpcRange(cloud, vpc, &range))) {
    return global ? "GLOBAL load balancers have no VPC" : "VPC was not found";
  }
  if (!global && FindRegion(StringField(request.body, "region")) == nullptr) {
    return "Region is not available";
  }
  const std::string project = StringField(request.body, "project_id");
  return !project.empty() && cloud->store.Find("projects", project) == nullptr
             ? "project was not found"
             : "";
}

ApiResponse CreateLoadBalancer(Cloud* cloud, const ApiRequest& request) {
  const Json& body = request.body;
  Json balancer = LoadBalancerSettings(body);
  const bool global = StringField(balancer, "type") == "GLOBAL";
  std::string error = WhyNotLoadBalancer(cloud, balancer);
  if (error.empty()) {
    error = WhyNotPlace(cloud, request, global);
  }
  if (!error.empty()) {
    return Unprocessable(error);
  }
  if (BoolField(body, "validate_only")) {
    return NoContent();
  }
  const std::string region = global ? "" : StringField(body, "region");
  const std::string id = cloud->NewId();
  balancer["id"] = id;
  balancer["region"] = global ? Json() : Json(region);
  balancer["vpc_uuid"] = global ? "" : StringField(body, "vpc_uuid");
  if (!global && balancer["vpc_uuid"] == "") {
    balancer["vpc_uuid"] = DefaultVpc(cloud, region);
  }
  balancer["subnet_uuid"] = StringField(body, "subnet_uuid");
  balancer["ip"] = "";
  balancer["ipv6"] = "";
  balancer["status"] = "new";
  balancer["created_at"] = cloud->time.Stamp();
  balancer["_"] = {{"active_at", cloud->time.After(kLoadBalancerProvisioning)},
                   {"ip", StringField(body, "ip")},
                   {"error", request.forced_error}};
  NoteTags(cloud, balancer["tags"]);
  cloud->store.All(kLoadBalancers).push_back(balancer);
  AssignToProject(cloud, StringField(body, "project_id"), "do:loadbalancer:" + id);
  return Accepted({{"load_balancer", Describe(cloud, balancer)}});
}

bool Busy(Cloud* cloud, const Json& balancer) {
  return StringField(balancer, "status") == "new" ||
         !cloud->time.Passed(IntField(Field(balancer, "_"), "busy_until"));
}

void MakeBusy(Cloud* cloud, Json* balancer) {
  (*balancer)["_"]["busy_until"] = cloud->time.After(kLoadBalancerBusy);
  cloud->store.Touch();
}

ApiResponse ReplaceLoadBalancer(Cloud* cloud, Json* balancer, const ApiRequest& request) {
  Json settings = LoadBalancerSettings(request.body);
  if (Field(request.body, "type").is_null()) {
    settings["type"] = Field(*balancer, "type");  // A PUT may leave it out: it cannot change.
  }
  if (const std::string error = WhyNotLoadBalancer(cloud, settings); !error.empty()) {
    return Unprocessable(error);
  }
  if (BoolField(request.body, "validate_only")) {
    return NoContent();
  }
  for (const auto& [name, value] : settings.items()) {
    // Tags are changed through /v2/tags when a PUT omits them.
    if (!IsFixedSetting(name) && (name != "tags" || Field(request.body, "tags").is_array())) {
      (*balancer)[name] = value;
    }
  }
  const std::string project = StringField(request.body, "project_id");
  if (!project.empty()) {
    AssignToProject(cloud, project, "do:loadbalancer:" + StringField(*balancer, "id"));
  }
  MakeBusy(cloud, balancer);
  return Ok({{"load_balancer", Describe(cloud, *balancer)}});
}

// POST adds the items of the body's list, DELETE removes them.
ApiResponse ChangeList(Cloud* cloud, Json* balancer, const char* list, const ApiRequest& request) {
  const Json& items = Field(request.body, list);
  if (!items.is_array() || items.empty()) {
    return Unprocessable(absl::StrCat(list, " can't be blank"));
  }
  Json changed = *balancer;
  Json& present = changed[list];
  for (const Json& item : items) {
    const auto same = [&](const Json& other) {
      return item.is_object() ? Field(other, "entry_port") == Field(item, "entry_port") &&
                                    Field(other, "entry_protocol") == Field(item, "entry_protocol")
                              : other == item;
    };
    present.erase(std::remove_if(present.begin(), present.end(), same), present.end());
    if (request.method == "POST") {
      present.push_back(item);
    }
  }
  if (const std::string error = WhyNotLoadBalancer(cloud, changed); !error.empty()) {
    return Unprocessable(error);
  }
  *balancer = std::move(changed);
  MakeBusy(cloud, balancer);
  return NoContent();
}

}  // namespace

bool RemoveLoadBalancer(Cloud* cloud, const std::string& id) {
  const Json* balancer = cloud->store.Find(kLoadBalancers, id);
  if (balancer == nullptr) {
    return false;
  }
  const std::string urn = "do:loadbalancer:" + id;
  LingerInVpc(cloud, StringField(*balancer, "vpc_uuid"), urn, StringField(*balancer, "name"),
              StringField(*balancer, "created_at"));
  ForgetInProjects(cloud, urn);
  return cloud->store.Remove(kLoadBalancers, id);
}

void AdvanceLoadBalancers(Cloud* cloud) {
  for (Json& balancer : cloud->store.All(kLoadBalancers)) {
    const Json hidden = Field(balancer, "_");
    if (StringField(balancer, "status") != "new" ||
        !cloud->time.Passed(IntField(hidden, "active_at"))) {
      continue;
    }
    const bool errored = !StringField(hidden, "error").empty();
    balancer["status"] = errored ? "errored" : "active";
    balancer["ip"] = errored ? "" : StringField(hidden, "ip");
    if (!errored && balancer["ip"] == "") {
      balancer["ip"] = cloud->NewPublicIp();
    }
    if (!errored && StringField(balancer, "network_stack") == "DUALSTACK") {
      balancer["ipv6"] = "2604:a880:400:d1::" + StringField(balancer, "id").substr(0, 4);
    }
    cloud->store.Touch();
  }
}

void ServeLoadBalancers(Cloud* cloud, Router* router) {
  const std::string base = "/v2/load_balancers";
  enum class While { kAnytime, kNotBusy };
  using Handler = std::function<ApiResponse(Json * balancer, const ApiRequest&)>;
  const auto add = [&](const char* method, const std::string& path, While when, Handler handler) {
    router->Add(method, base + "/{id}" + path, [cloud, when, handler](const ApiRequest& request) {
      Json* balancer = cloud->store.Find(kLoadBalancers, request.Param("id"));
      if (balancer == nullptr) {
        return NotFound();
      }
      return when == While::kNotBusy && Busy(cloud, *balancer) ? Error(403, kBusy)
                                                               : handler(balancer, request);
    });
  };
  router->Add("GET", base, [cloud](const ApiRequest& request) {
    const std::vector<std::string> names = request.QueryAll("names");
    const std::vector<std::string> ids = request.QueryAll("uuids");
    Json all = Json::array();
    for (const Json& balancer : cloud->store.All(kLoadBalancers)) {
      if (AmongOrNoneAsked(names, StringField(balancer, "name")) &&
          AmongOrNoneAsked(ids, StringField(balancer, "id"))) {
        all.push_back(Describe(cloud, balancer));
      }
    }
    return Page(request, kLoadBalancers, all);
  });
  router->Add("POST", base,
              [cloud](const ApiRequest& request) { return CreateLoadBalancer(cloud, request); });
  add("GET", "", While::kAnytime, [cloud](Json* balancer, const ApiRequest&) {
    return Ok({{"load_balancer", Describe(cloud, *balancer)}});
  });
  add("PUT", "", While::kNotBusy, [cloud](Json* balancer, const ApiRequest& request) {
    return ReplaceLoadBalancer(cloud, balancer, request);
  });
  add("DELETE", "", While::kAnytime, [cloud](Json*, const ApiRequest& request) {
    RemoveLoadBalancer(cloud, request.Param("id"));
    return NoContent();
  });
  add("DELETE", "/cache", While::kAnytime, [](Json* balancer, const ApiRequest&) {
    return StringField(*balancer, "type") == "GLOBAL" ? NoContent()
                                                      : Unprocessable("only for type GLOBAL");
  });
  const std::pair<const char*, const char*> kLists[] = {{"/droplets", "droplet_ids"},
                                                        {"/forwarding_rules", "forwarding_rules"}};
  for (const auto& [path, list] : kLists) {
    for (const char* method : {"POST", "DELETE"}) {
      add(method, path, While::kNotBusy,
          [cloud, list = list](Json* balancer, const ApiRequest& request) {
            return ChangeList(cloud, balancer, list, request);
          });
    }
  }
}

}  // namespace kproto::lab
