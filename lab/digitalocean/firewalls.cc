// SPDX-License-Identifier: MPL-2.0
// Cloud firewalls: rules that Droplets get in the background, each by its id or by a tag. "all"
// ports are stored as "0", as DigitalOcean does.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lab/digitalocean/droplets.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/names.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/tags.h"

namespace kproto::lab {
namespace {

constexpr char kFirewalls[] = "firewalls";
constexpr const char* kTargets[] = {"addresses", "tags", "droplet_ids", "load_balancer_uids",
                                    "kubernetes_ids"};
// A direction's rules, and where a rule of it says with whom.
constexpr std::pair<const char*, const char*> kDirections[] = {{"inbound_rules", "sources"},
                                                               {"outbound_rules", "destinations"}};

bool PortsAreValid(const std::string& ports) {
  if (ports == "0" || ports == "all") {
    return true;
  }
  const std::vector<std::string> ends = absl::StrSplit(ports, '-');
  int64_t last = 0;
  for (const std::string& end : ends) {
    int64_t port;
    if (!absl::SimpleAtoi(end, &port) || port < 1 || port > 65535 || port < last) {
      return false;
    }
    last = port;
  }
  return ends.size() <= 2;
}

std::string WhyNotTarget(Cloud* cloud, const Json& target) {
  bool any = false;
  for (const char* name : kTargets) {
    any = any || (Field(target, name).is_array() && !Field(target, name).empty());
  }
  if (!any) {
    return "a rule must name at least one source or destination";
  }
  for (const Json& id : Field(target, "droplet_ids")) {
    if (!id.is_number_integer() || FindDroplet(cloud, id.get<int64_t>()) == nullptr) {
      return absl::StrCat("droplet ", Dump(id), " does not exist");
    }
  }
  for (const std::string& tag : StringList(target, "tags")) {
    if (!TagExists(cloud, tag)) {
      return absl::StrCat("tag ", tag, " does not exist");
    }
  }
  for (const std::string& id : StringList(target, "kubernetes_ids")) {
    if (cloud->store.Find("clusters", id) == nullptr) {
      return absl::StrCat("kubernetes cluster ", id, " does not exist");
    }
  }
  return "";
}

// The rules of one direction as stored; `error` says what is wrong with them.
Json ParseRules(Cloud* cloud, const Json& rules, const char* target_key, std::string* error) {
  Json parsed = Json::array();
  for (const Json& rule : rules) {
    const std::string protocol = StringField(rule, "protocol");
    std::string ports = StringField(rule, "ports");
    if (protocol != "tcp" && protocol != "udp" && protocol != "icmp") {
      *error = "protocol must be one of tcp, udp, icmp";
    } else if (protocol != "icmp" && !PortsAreValid(ports)) {
      *error = "ports are invalid";
    }
    const std::string why = WhyNotTarget(cloud, Field(rule, target_key));
    *error = error->empty() ? why : *error;
    ports = protocol == "icmp" || ports == "all" ? "0" : ports;
    Json stored = {{"protocol", protocol}, {"ports", ports}, {target_key, Json::object()}};
    for (const char* name : kTargets) {
      if (const Json& list = Field(Field(rule, target_key), name); list.is_array()) {
        stored[target_key][name] = list;
      }
    }
    parsed.push_back(std::move(stored));
  }
  return parsed;
}

// Every Droplet gets the rules; until then they are pending.
void BeginApplying(Cloud* cloud, Json* firewall) {
  (*firewall)["status"] = "waiting";
  (*firewall)["pending_changes"] = Json::array();
  for (const Json& droplet : cloud->store.All("droplets")) {
    const Json& ids = (*firewall)["droplet_ids"];
    bool guarded = std::find(ids.begin(), ids.end(), Field(droplet, "id")) != ids.end();
    for (const std::string& tag : StringList(*firewall, "tags")) {
      guarded = guarded || HasTag(droplet, tag);
    }
    if (guarded) {
      (*firewall)["pending_changes"].push_back(
          {{"droplet_id", Field(droplet, "id")}, {"removing", false}, {"status", "waiting"}});
    }
  }
  (*firewall)["_"]["applied_at"] = cloud->time.After(kFirewallApplying);
  cloud->store.Touch();
}

// What a create and a PUT say, into the firewall; "" when all is well.
ApiResponse Take(Cloud* cloud, const ApiRequest& request, Json* firewall) {
  const Json& body = request.body;
  const std::string name = StringField(body, "name");
  if (!NameIsValid(name) || !absl::ascii_isalnum(name[0])) {
    return Unprocessable("name has invalid characters: only letters, numbers, '.' and '-'");
  }
  if (NameIsTaken(cloud, kFirewalls, name, StringField(*firewall, "id"))) {
    return Error(409, "duplicate name");
  }
  std::string error;
  size_t rules = 0;
  for (const auto& [direction, target] : kDirections) {
    (*firewall)[direction] = ParseRules(cloud, Field(body, direction), target, &error);
    rules += (*firewall)[direction].size();
  }
  if (rules == 0) {
    error = "must provide at least one inbound or outbound rule";
  }
  (*firewall)["name"] = name;
  (*firewall)["tags"] = StringList(body, "tags");
  (*firewall)["droplet_ids"] = Json::array();
  for (const Json& id : Field(body, "droplet_ids")) {
    if (!id.is_number_integer() || FindDroplet(cloud, id.get<int64_t>()) == nullptr) {
      error = absl::StrCat("droplet ", Dump(id), " does not exist");
    }
    (*firewall)["droplet_ids"].push_back(id);
  }
  for (const std::string& tag : StringList(body, "tags")) {
    error = TagIsValid(tag) ? error : absl::StrCat("tag ", tag, " is invalid");
  }
  if (!error.empty()) {
    return Unprocessable(error);
  }
  NoteTags(cloud, (*firewall)["tags"]);
  (*firewall)["_"]["error"] = request.forced_error;
  BeginApplying(cloud, firewall);
  return Ok({{"firewall", Public(*firewall)}});
}

ApiResponse Create(Cloud* cloud, const ApiRequest& request) {
  Json firewall = {{"id", cloud->NewId()}, {"created_at", cloud->time.Stamp()}};
  ApiResponse response = Take(cloud, request, &firewall);
  if (response.status == 200) {
    cloud->store.All(kFirewalls).push_back(firewall);
    response.status = 202;
  }
  return response;
}

ApiResponse Replace(Cloud* cloud, Json* firewall, const ApiRequest& request) {
  Json changed = *firewall;
  const ApiResponse response = Take(cloud, request, &changed);
  if (response.status == 200) {
    *firewall = std::move(changed);
  }
  return response;
}

// POST adds the items of the body's lists, DELETE removes them; what results must be a firewall.
ApiResponse ChangeLists(Cloud* cloud, Json* firewall, const ApiRequest& request) {
  ApiRequest whole = request;
  whole.body = Public(*firewall);
  for (const char* list : {"droplet_ids", "tags", "inbound_rules", "outbound_rules"}) {
    for (const Json& item : Field(request.body, list)) {
      Json plain = item;
      if (StringField(item, "ports") == "all" || StringField(item, "protocol") == "icmp") {
        plain["ports"] = "0";
      }
      Json& present = whole.body[list];
      present.erase(std::remove(present.begin(), present.end(), plain), present.end());
      if (request.method == "POST") {
        present.push_back(plain);
      }
    }
  }
  const ApiResponse response = Replace(cloud, firewall, whole);
  return response.status == 200 ? NoContent() : response;
}

}  // namespace

void AdvanceFirewalls(Cloud* cloud) {
  for (Json& firewall : cloud->store.All(kFirewalls)) {
    const Json hidden = Field(firewall, "_");
    if (StringField(firewall, "status") == "waiting" &&
        cloud->time.Passed(IntField(hidden, "applied_at"))) {
      firewall["status"] = StringField(hidden, "error").empty() ? "succeeded" : "failed";
      firewall["pending_changes"] = Json::array();
      cloud->store.Touch();
    }
    Json& ids = firewall["droplet_ids"];  // a Droplet that is gone is nobody's any more
    const auto gone = std::remove_if(ids.begin(), ids.end(), [&](const Json& id) {
      return FindDroplet(cloud, id.get<int64_t>()) == nullptr;
    });
    if (gone != ids.end()) {
      ids.erase(gone, ids.end());
      cloud->store.Touch();
    }
  }
}

void ServeFirewalls(Cloud* cloud, Router* router) {
  const std::string base = "/v2/firewalls";
  using Handler = ApiResponse (*)(Cloud*, Json*, const ApiRequest&);
  const auto add = [&](const char* method, const std::string& path, Handler handler) {
    router->Add(method, base + "/{id}" + path, [cloud, handler](const ApiRequest& request) {
      Json* firewall = cloud->store.Find(kFirewalls, request.Param("id"));
      return firewall == nullptr ? NotFound() : handler(cloud, firewall, request);
    });
  };
  router->Add("GET", base, [cloud](const ApiRequest& request) {
    return Page(request, kFirewalls, Public(cloud->store.All(kFirewalls)));
  });
  router->Add("POST", base, [cloud](const ApiRequest& request) { return Create(cloud, request); });
  add("GET", "", [](Cloud*, Json* firewall, const ApiRequest&) {
    return Ok({{"firewall", Public(*firewall)}});
  });
  add("PUT", "", Replace);
  add("DELETE", "", [](Cloud* cloud, Json*, const ApiRequest& request) {
    cloud->store.Remove(kFirewalls, request.Param("id"));
    return NoContent();
  });
  for (const char* list : {"/droplets", "/tags", "/rules"}) {
    add("POST", list, ChangeLists);
    add("DELETE", list, ChangeLists);
  }
}

}  // namespace kproto::lab
