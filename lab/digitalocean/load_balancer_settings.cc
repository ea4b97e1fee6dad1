// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/load_balancer_settings.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lab/digitalocean/droplets.h"

namespace kproto::lab {
namespace {

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
                  {"unhealthy_threshold", 3},
                  {"proxy_protocol", false}}},
                {"sticky_sessions", {{"type", "none"}}},
                {"redirect_http_to_https", false},
                {"enable_proxy_protocol", false},
                {"enable_backend_keepalive", false},
                {"disable_lets_encrypt_dns_records", false},
                {"http_idle_timeout_seconds", 60},
                {"firewall", {{"allow", Json::array()}, {"deny", Json::array()}}},
                {"domains", Json::array()},
                {"glb_settings", Json::object()},
                {"target_load_balancer_ids", Json::array()},
                {"tls_cipher_policy", "DEFAULT"},
                {"tags", Json::array()}};
  return defaults;
}

constexpr std::pair<const char*, int64_t> kSizes[] = {
    {"lb-small", 1}, {"lb-medium", 3}, {"lb-large", 6}};

bool SameType(const Json& a, const Json& b) {
  return a.type() == b.type() || (a.is_number_integer() && b.is_number_integer());
}

// The older slug means a number of nodes; a number wins.
void SettleSize(const Json& body, Json& settings) {
  const std::string slug = StringField(body, "size");
  const bool counted = Field(body, "size_unit").is_number_integer();
  for (const auto& [name, units] : kSizes) {
    if (!counted && slug == name) {
      settings["size_unit"] = units;
    }
    if (settings["size_unit"] == units) {
      settings["size"] = name;
    }
  }
}

bool OneOf(const std::string& value, std::initializer_list<const char*> choices) {
  return std::any_of(choices.begin(), choices.end(),
                     [&](const char* choice) { return value == choice; });
}

bool IsPort(int64_t port) { return port >= 1 && port <= 65535; }

std::string WhyNotRules(const Json& rules) {
  std::set<std::pair<std::string, int64_t>> entries;
  for (const Json& rule : rules) {
    const int64_t port = IntField(rule, "entry_port");
    if (!IsPort(port) || (port >= 50053 && port <= 50055)) {
      return "entry port is invalid";
    }
    if (!IsPort(IntField(rule, "target_port"))) {
      return "target port is invalid";
    }
    for (const char* field : {"entry_protocol", "target_protocol"}) {
      if (!OneOf(StringField(rule, field), {"http", "https", "http2", "http3", "tcp", "udp"})) {
        return absl::StrCat(field, " is invalid");
      }
    }
    const std::string protocol = StringField(rule, "entry_protocol");
    if (OneOf(protocol, {"https", "http2", "http3"}) &&
        StringField(rule, "certificate_id").empty() && !BoolField(rule, "tls_passthrough")) {
      return "SSL certificate or TLS passthrough is required";
    }
    const bool udp = protocol == "udp" || protocol == "http3";
    if (!entries.emplace(udp ? "udp" : "tcp", port).second) {
      return absl::StrCat("forwarding rules have a duplicate entry port ", port);
    }
  }
  return "";
}

std::string WhyNotGlobal(Cloud* cloud, const Json& settings) {
  if (Field(settings, "glb_settings").empty()) {
    return "glb_settings can't be blank for a GLOBAL load balancer";
  }
  if (IntField(settings, "size_unit") != 1) {
    return "GLOBAL load balancers cannot be scaled";
  }
  for (const Json& id : Field(settings, "target_load_balancer_ids")) {
    if (!id.is_string() || cloud->store.Find("load_balancers", id.get<std::string>()) == nullptr) {
      return absl::StrCat("target load balancer ", Dump(id), " was not found");
    }
  }
  return "";
}

std::string WhyNotRegional(const Json& settings) {
  if (Field(settings, "forwarding_rules").empty()) {
    return "forwarding_rules can't be blank";
  }
  for (const char* field : {"target_load_balancer_ids", "domains", "glb_settings"}) {
    if (!Field(settings, field).empty()) {
      return absl::StrCat(field, " is only for GLOBAL load balancers");
    }
  }
  for (const Json& rule : Field(settings, "forwarding_rules")) {
    if (StringField(settings, "type") == "REGIONAL_NETWORK" &&
        !OneOf(StringField(rule, "entry_protocol"), {"tcp", "udp"})) {
      return "entry_protocol must be tcp or udp for a REGIONAL_NETWORK load balancer";
    }
  }
  return "";
}

std::string WhyNotFirewall(const Json& firewall) {
  for (const char* list : {"allow", "deny"}) {
    for (const std::string& source : StringList(firewall, list)) {
      if (!absl::StartsWith(source, "ip:") && !absl::StartsWith(source, "cidr:")) {
        return absl::StrCat("firewall rule ", source, " is invalid");
      }
    }
  }
  return "";
}

std::string WhyNotBackends(Cloud* cloud, const Json& settings) {
  if (!StringField(settings, "tag").empty() && !Field(settings, "droplet_ids").empty()) {
    return "only one of droplet_ids and tag can be set";
  }
  for (const Json& id : Field(settings, "droplet_ids")) {
    if (!id.is_number_integer() || FindDroplet(cloud, id.get<int64_t>()) == nullptr) {
      return absl::StrCat("Droplet ", Dump(id), " was not found");
    }
  }
  return "";
}

std::string WhyNotOptions(const Json& settings) {
  const std::pair<const char*, std::vector<std::string>> kChoices[] = {
      {"type", {"REGIONAL", "REGIONAL_NETWORK", "GLOBAL"}},
      {"network", {"EXTERNAL", "INTERNAL"}},
      {"network_stack", {"IPV4", "DUALSTACK"}},
      {"tls_cipher_policy", {"DEFAULT", "STRONG"}}};
  for (const auto& [field, choices] : kChoices) {
    const std::string value = StringField(settings, field);
    if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
      return absl::StrCat(field, " is invalid");
    }
  }
  const int64_t units = IntField(settings, "size_unit");
  if (units < 1 || units > 200) {
    return "size_unit must be between 1 and 200";
  }
  const int64_t idle = IntField(settings, "http_idle_timeout_seconds");
  if (idle < 30 || idle > 600) {
    return "http_idle_timeout_seconds must be between 30 and 600";
  }
  const Json& sticky = Field(settings, "sticky_sessions");
  if (StringField(sticky, "type") == "cookies" && StringField(sticky, "cookie_name").empty()) {
    return "cookie_name can't be blank";
  }
  return "";
}

}  // namespace

Json LoadBalancerSettings(const Json& body) {
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
  for (Json& domain : settings["domains"]) {
    if (domain.is_object()) {
      domain["status"] = "ACTIVE";
    }
  }
  for (const auto& [name, value] : Defaults()["health_check"].items()) {
    if (!settings["health_check"].contains(name)) {
      settings["health_check"][name] = value;
    }
  }
  for (const char* list : {"allow", "deny"}) {
    if (!Field(settings["firewall"], list).is_array()) {
      settings["firewall"][list] = Json::array();
    }
  }
  SettleSize(body, settings);
  return settings;
}

std::string WhyNotLoadBalancer(Cloud* cloud, const Json& settings) {
  if (StringField(settings, "name").empty()) {
    return "Name can't be blank";
  }
  const bool global = StringField(settings, "type") == "GLOBAL";
  for (const std::string& why : {WhyNotOptions(settings), WhyNotBackends(cloud, settings),
                                 WhyNotFirewall(Field(settings, "firewall")),
                                 global ? WhyNotGlobal(cloud, settings) : WhyNotRegional(settings),
                                 WhyNotRules(Field(settings, "forwarding_rules"))}) {
    if (!why.empty()) {
      return why;
    }
  }
  return "";
}

bool IsFixedSetting(const std::string& name) {
  return OneOf(name, {"type", "network", "network_stack"});
}

}  // namespace kproto::lab
