// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/load_balancers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lab/digitalocean/droplets.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/projects.h"
#include "lab/digitalocean/regions.h"
#include "lab/digitalocean/tags.h"
#include "lab/digitalocean/vpcs.h"

namespace kproto::lab {
namespace {

constexpr char kLoadBalancers[] = "load_balancers";
constexpr char kBusy[] = "Load Balancer can't be updated while it processes previous actions";

// Every field that a request may set, with what it falls back to when absent: also on PUT, which
// replaces everything.
const Json& Defaults() {
  static const Json& defaults =
      *new Json{{"name", ""},
                {"type", "REGIONAL"},
                {"network", "EXTERNAL"},
                {"network_stack", "IPV4"},
                {"size", "lb-small"},
                {"size_unit", 1},
                {"algorithm", "round_robin"},
                {"tag", ""},
                {"droplet_ids", Json::array()},
                {"forwarding_rules", Json::array()},
                {"health_check",
                 {{"protocol", "tcp"},
                  {"port", 80},
                  {"path", ""},
                  {"check_interval_seconds", 10},
                  {"response_timeout_seconds", 5},
                  {"healthy_threshold", 5},
                  {"unhealthy_threshold", 3}}},
                {"sticky_sessions", {{"type", "none"}}},
                {"redirect_http_to_https", false},
                {"enable_proxy_protocol", false},
                {"enable_backend_keepalive", false},
                {"disable_lets_encrypt_dns_records", false},
                {"http_idle_timeout_seconds", 60},
                {"firewall", {{"allow", Json::array()}, {"deny", Json::array()}}},
                {"domains", Json::array()},
                {"target_load_balancer_ids", Json::array()},
                {"tls_cipher_policy", "DEFAULT"},
                {"tags", Json::array()}};
  return defaults;
}

bool SameType(const Json& a, const Json& b) {
  return a.type() == b.type() || (a.is_number_integer() && b.is_number_integer());
}

// The request's fields over the defaults; those of a wrong type do not count.
Json Settings(const Json& body) {
  Json settings = Defaults();
  for (auto& [name, value] : settings.items()) {
    const Json& given = Field(body, name);
    if (SameType(given, value)) {
      value = given;
    }
  }
  for (Json& rule : settings["forwarding_rules"]) {
    if (rule.is_object()) {
      rule["certificate_id"] = StringField(rule, "certificate_id");
      rule["tls_passthrough"] = BoolField(rule, "tls_passthrough");
    }
  }
  for (const auto& [name, value] : Defaults()["health_check"].items()) {
    if (!settings["health_check"].contains(name)) {
      settings["health_check"][name] = value;
    }
  }
  return settings;
}

std::string WhyNotRules(const Json& rules) {
  if (rules.empty()) {
    return "forwarding_rules can't be blank";
  }
  for (const Json& rule : rules) {
    const int64_t port = IntField(rule, "entry_port");
    if (port < 1 || port > 65535 || (port >= 50053 && port <= 50055)) {
      return "entry port is invalid";
    }
    const int64_t target = IntField(rule, "target_port");
    if (target < 1 || target > 65535) {
      return "target port is invalid";
    }
    for (const char* field : {"entry_protocol", "target_protocol"}) {
      const std::string protocol = StringField(rule, field);
      if (protocol != "http" && protocol != "https" && protocol != "http2" && protocol != "http3" &&
          protocol != "tcp" && protocol != "udp") {
        return absl::StrCat(field, " is invalid");
      }
    }
  }
  return "";
}

std::string WhyNotSettings(Cloud* cloud, const Json& settings) {
  if (StringField(settings, "name").empty()) {
    return "Name can't be blank";
  }
  const std::string type = StringField(settings, "type");
  if (type != "REGIONAL" && type != "REGIONAL_NETWORK" && type != "GLOBAL") {
    return "type is invalid";
  }
  const int64_t units = IntField(settings, "size_unit");
  if (units < 1 || units > 200) {
    return "size_unit must be between 1 and 200";
  }
  const int64_t idle = IntField(settings, "http_idle_timeout_seconds");
  if (idle < 30 || idle > 600) {
    return "http_idle_timeout_seconds must be between 30 and 600";
  }
  for (const Json& id : Field(settings, "droplet_ids")) {
    if (!id.is_number_integer() || FindDroplet(cloud, id.get<int64_t>()) == nullptr) {
      return absl::StrCat("Droplet ", Dump(id), " was not found");
    }
  }
  return WhyNotRules(Field(settings, "forwarding_rules"));
}

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

ApiResponse CreateLoadBalancer(Cloud* cloud, const ApiRequest& request) {
  const Json& body = request.body;
  Json balancer = Settings(body);
  const std::string region = StringField(body, "region");
  std::string vpc = StringField(body, "vpc_uuid");
  std::string error = WhyNotSettings(cloud, balancer);
  Cidr range;
  if (error.empty() && FindRegion(region) == nullptr) {
    error = "Region is not available";
  }
  if (error.empty() && !vpc.empty() && !VpcRange(cloud, vpc, &range)) {
    error = "VPC was not found";
  }
  if (!error.empty()) {
    return Unprocessable(error);
  }
  if (BoolField(body, "validate_only")) {
    return NoContent();
  }
  if (vpc.empty()) {
    vpc = DefaultVpc(cloud, region);
  }
  const std::string id = cloud->NewId();
  balancer["id"] = id;
  balancer["region"] = region;
  balancer["vpc_uuid"] = vpc;
  balancer["ip"] = "";
  balancer["ipv6"] = "";
  balancer["status"] = "new";
  balancer["created_at"] = cloud->time.Stamp();
  balancer["_"] = {{"active_at", cloud->time.After(kLoadBalancerProvisioning)},
                   {"error", request.forced_error}};
  NoteTags(cloud, balancer["tags"]);
  cloud->store.All(kLoadBalancers).push_back(balancer);
  const std::string urn = "do:loadbalancer:" + id;
  if (!AssignToProject(cloud, StringField(body, "project_id"), urn)) {
    AssignToProject(cloud, "", urn);
  }
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
  const Json settings = Settings(request.body);
  if (const std::string error = WhyNotSettings(cloud, settings); !error.empty()) {
    return Unprocessable(error);
  }
  for (const auto& [name, value] : settings.items()) {
    // Type and network cannot change; tags are changed through /v2/tags when a PUT omits them.
    const bool fixed = name == "type" || name == "network" || name == "network_stack";
    if (!fixed && (name != "tags" || Field(request.body, "tags").is_array())) {
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
  if (const std::string error = WhyNotSettings(cloud, changed); !error.empty()) {
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

double LoadBalancerPrice(const Json& load_balancer) {
  return StringField(load_balancer, "type") == "REGIONAL"
             ? 12.0 * static_cast<double>(IntField(load_balancer, "size_unit", 1))
             : 15.0;
}

void AdvanceLoadBalancers(Cloud* cloud) {
  for (Json& balancer : cloud->store.All(kLoadBalancers)) {
    const Json& hidden = Field(balancer, "_");
    if (StringField(balancer, "status") != "new" ||
        !cloud->time.Passed(IntField(hidden, "active_at"))) {
      continue;
    }
    const bool errored = !StringField(hidden, "error").empty();
    balancer["status"] = errored ? "errored" : "active";
    balancer["ip"] = errored ? "" : cloud->NewPublicIp();
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
