// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/load_balancers_json.h"

#include "clients/digitalocean/write_parts.h"

namespace kproto::digitalocean {
namespace {

LoadBalancerState LoadBalancerStateOf(const std::string& text) {
  return text == "active"    ? LoadBalancerState::kActive
         : text == "new"     ? LoadBalancerState::kNew
         : text == "errored" ? LoadBalancerState::kErrored
                             : LoadBalancerState::kUnknown;
}

ForwardingRule ReadForwardingRule(const JsonView& json) {
  ForwardingRule rule;
  rule.entry_protocol = json.Text("entry_protocol");
  rule.entry_port = json.Integer("entry_port");
  rule.target_protocol = json.Text("target_protocol");
  rule.target_port = json.Integer("target_port");
  rule.certificate_id = json.Text("certificate_id");
  rule.tls_passthrough = json.Flag("tls_passthrough");
  return rule;
}

HealthCheck ReadHealthCheck(const JsonView& json) {
  HealthCheck check;
  check.protocol = json.Text("protocol");
  check.path = json.Text("path");
  check.port = json.Integer("port");
  check.check_interval_seconds = json.Integer("check_interval_seconds");
  check.response_timeout_seconds = json.Integer("response_timeout_seconds");
  check.healthy_threshold = json.Integer("healthy_threshold");
  check.unhealthy_threshold = json.Integer("unhealthy_threshold");
  check.proxy_protocol = json.Flag("proxy_protocol");
  return check;
}

LoadBalancerDomain ReadDomain(const JsonView& json) {
  LoadBalancerDomain domain;
  domain.name = json.Text("name");
  domain.certificate_id = json.Text("certificate_id");
  domain.is_managed = json.Flag("is_managed");
  domain.status = json.Text("status");
  domain.verification_error_reasons = json.Texts("verification_error_reasons");
  domain.ssl_validation_error_reasons = json.Texts("ssl_validation_error_reasons");
  return domain;
}

// nullopt for the empty object that a regional load balancer shows.
std::optional<GlbSettings> ReadGlbSettings(const JsonView& json) {
  GlbSettings settings;
  settings.target_protocol = json.Text("target_protocol");
  settings.target_port = json.Integer("target_port");
  settings.cdn = json.At("cdn").Flag("is_enabled");
  settings.region_priorities = json.IntegerMap("region_priorities");
  settings.failover_threshold = json.Integer("failover_threshold");
  return settings.target_protocol.empty() ? std::nullopt
                                          : std::optional<GlbSettings>(std::move(settings));
}

void ReadSettings(const JsonView& json, LoadBalancer& settings) {
  settings.name = json.Text("name");
  settings.type = json.Text("type");
  settings.size_unit = json.Integer("size_unit");
  settings.tag = json.Text("tag");
  settings.tags = json.Texts("tags");
  settings.droplet_ids = json.Integers("droplet_ids");
  settings.forwarding_rules = json.List("forwarding_rules", ReadForwardingRule);
  settings.health_check = json.Optional("health_check", ReadHealthCheck);
  const JsonView sticky = json.At("sticky_sessions");
  settings.sticky_sessions = {sticky.Text("type"), sticky.Text("cookie_name"),
                              sticky.Integer("cookie_ttl_seconds")};
  settings.redirect_http_to_https = json.Flag("redirect_http_to_https");
  settings.enable_proxy_protocol = json.Flag("enable_proxy_protocol");
  settings.enable_backend_keepalive = json.Flag("enable_backend_keepalive");
  settings.disable_lets_encrypt_dns_records = json.Flag("disable_lets_encrypt_dns_records");
  settings.http_idle_timeout_seconds = json.Integer("http_idle_timeout_seconds");
  const JsonView firewall = json.At("firewall");
  settings.firewall = {firewall.Texts("allow"), firewall.Texts("deny")};
  settings.tls_cipher_policy = json.Text("tls_cipher_policy");
  settings.domains = json.List("domains", ReadDomain);
  settings.glb_settings = ReadGlbSettings(json.At("glb_settings"));
  settings.target_load_balancer_ids = json.Texts("target_load_balancer_ids");
  settings.project_id = json.Text("project_id");
}

Json WriteRules(const std::vector<ForwardingRule>& rules) {
  Json list = Json::array();
  for (const ForwardingRule& rule : rules) {
    Json json = {{"entry_protocol", rule.entry_protocol},
                 {"entry_port", rule.entry_port},
                 {"target_protocol", rule.target_protocol},
                 {"target_port", rule.target_port},
                 {"tls_passthrough", rule.tls_passthrough}};
    PutText(json, "certificate_id", rule.certificate_id);
    list.push_back(std::move(json));
  }
  return list;
}

void PutPositive(Json& json, const char* key, int64_t value) {
  if (value > 0) {
    json[key] = value;
  }
}

Json WriteHealthCheck(const HealthCheck& check) {
  Json json = {
      {"protocol", check.protocol}, {"port", check.port}, {"proxy_protocol", check.proxy_protocol}};
  PutText(json, "path", check.path);
  PutPositive(json, "check_interval_seconds", check.check_interval_seconds);
  PutPositive(json, "response_timeout_seconds", check.response_timeout_seconds);
  PutPositive(json, "healthy_threshold", check.healthy_threshold);
  PutPositive(json, "unhealthy_threshold", check.unhealthy_threshold);
  return json;
}

Json WriteStickySessions(const StickySessions& sticky) {
  Json json = {{"type", sticky.type.empty() ? "none" : sticky.type}};
  PutText(json, "cookie_name", sticky.cookie_name);
  PutPositive(json, "cookie_ttl_seconds", sticky.cookie_ttl_seconds);
  return json;
}

Json WriteDomains(const std::vector<LoadBalancerDomain>& domains) {
  Json list = Json::array();
  for (const LoadBalancerDomain& domain : domains) {
    Json json = {{"name", domain.name}, {"is_managed", domain.is_managed}};
    PutText(json, "certificate_id", domain.certificate_id);
    list.push_back(std::move(json));
  }
  return list;
}

void PutGlobal(Json& json, const LoadBalancer& settings) {
  json["domains"] = WriteDomains(settings.domains);
  json["target_load_balancer_ids"] = WriteList(settings.target_load_balancer_ids);
  if (!settings.glb_settings) {
    return;
  }
  const GlbSettings& glb = *settings.glb_settings;
  json["glb_settings"] = {{"target_protocol", glb.target_protocol},
                          {"target_port", glb.target_port},
                          {"cdn", {{"is_enabled", glb.cdn}}}};
  if (!glb.region_priorities.empty()) {
    json["glb_settings"]["region_priorities"] = glb.region_priorities;
  }
  PutPositive(json["glb_settings"], "failover_threshold", glb.failover_threshold);
}

Json WriteSettings(const LoadBalancer& settings) {
  Json json = {{"name", settings.name},
               {"type", settings.type},
               {"forwarding_rules", WriteRules(settings.forwarding_rules)},
               {"sticky_sessions", WriteStickySessions(settings.sticky_sessions)},
               {"redirect_http_to_https", settings.redirect_http_to_https},
               {"enable_proxy_protocol", settings.enable_proxy_protocol},
               {"enable_backend_keepalive", settings.enable_backend_keepalive},
               {"disable_lets_encrypt_dns_records", settings.disable_lets_encrypt_dns_records},
               {"firewall",
                {{"allow", WriteList(settings.firewall.allow)},
                 {"deny", WriteList(settings.firewall.deny)}}},
               {"tags", WriteList(settings.tags)}};
  if (settings.tag.empty()) {
    json["droplet_ids"] = WriteList(settings.droplet_ids);
  } else {
    json["tag"] = settings.tag;
  }
  if (settings.health_check) {
    json["health_check"] = WriteHealthCheck(*settings.health_check);
  }
  PutPositive(json, "http_idle_timeout_seconds", settings.http_idle_timeout_seconds);
  PutText(json, "tls_cipher_policy", settings.tls_cipher_policy);
  PutText(json, "project_id", settings.project_id);
  if (settings.type == "GLOBAL") {
    PutGlobal(json, settings);
  } else {
    PutPositive(json, "size_unit", settings.size_unit);
  }
  return json;
}

}  // namespace

LoadBalancer ReadLoadBalancer(const JsonView& json) {
  LoadBalancer balancer;
  balancer.id = json.RequiredText("id");
  ReadSettings(json, balancer);
  const JsonView region = json.At("region");
  balancer.region = region.is_text() ? json.Text("region") : region.Text("slug");
  balancer.vpc_uuid = json.Text("vpc_uuid");
  balancer.subnet_uuid = json.Text("subnet_uuid");
  balancer.network = json.Text("network");
  balancer.network_stack = json.Text("network_stack");
  balancer.ip = json.Text("ip");
  balancer.ipv6 = json.Text("ipv6");
  balancer.state_text = json.Text("status");
  balancer.state = LoadBalancerStateOf(balancer.state_text);
  balancer.created_at = json.Text("created_at");
  return balancer;
}

Json WriteLoadBalancerUpdate(const LoadBalancer& spec) {
  Json json = WriteSettings(spec);
  PutText(json, "region", spec.region);
  PutText(json, "vpc_uuid", spec.vpc_uuid);
  PutText(json, "network", spec.network);
  PutText(json, "network_stack", spec.network_stack);
  return json;
}

Json WriteLoadBalancer(const LoadBalancer& spec) {
  Json json = WriteLoadBalancerUpdate(spec);
  PutText(json, "subnet_uuid", spec.subnet_uuid);
  PutText(json, "ip", spec.ip);
  return json;
}

}  // namespace kproto::digitalocean
