// SPDX-License-Identifier: MPL-2.0
#include "resources/load_balancer/mapping.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "resources/load_balancer/annotations.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

template <typename T>
std::vector<T> Known(const Attr<SetOf<T>>& set) {
  std::vector<T> result;
  if (set.is_known()) {
    for (const Attr<T>& element : set->elements) {
      if (element.is_known()) {
        result.push_back(*element);
      }
    }
  }
  return result;
}

// `wanted` in the order of `live` when both are the same set, so that order is no difference.
template <typename T>
std::vector<T> InOrderOf(const std::vector<T>& live, std::vector<T> wanted) {
  const auto same = [&] {
    return std::is_permutation(live.begin(), live.end(), wanted.begin(), wanted.end());
  };
  return same() ? live : wanted;
}

template <typename T>
void Take(const Attr<T>& attr, T& field) {
  if (attr.is_known()) {
    field = *attr;
  }
}

ocean::ForwardingRule RuleOf(const BalancerRule& rule) {
  return {.entry_protocol = rule.entry_protocol.value_or(""),
          .target_protocol = rule.target_protocol.value_or(""),
          .certificate_id = rule.certificate_id.value_or(""),
          .entry_port = rule.entry_port.value_or(0),
          .target_port = rule.target_port.value_or(0),
          .tls_passthrough = rule.tls_passthrough.value_or(false)};
}

std::vector<ocean::ForwardingRule> RulesOf(const LoadBalancerModel& model) {
  std::vector<ocean::ForwardingRule> rules;
  for (const BalancerRule& rule : Known(model.forwarding_rules)) {
    rules.push_back(RuleOf(rule));
  }
  return rules;
}

ocean::HealthCheck HealthCheckOf(const BalancerHealthCheck& check) {
  ocean::HealthCheck result;
  result.protocol = check.protocol.value_or("");
  result.path = result.protocol == "tcp" ? "" : check.path.value_or("/");
  result.port = check.port.value_or(0);
  result.check_interval_seconds = check.check_interval_seconds.value_or(0);
  result.response_timeout_seconds = check.response_timeout_seconds.value_or(0);
  result.healthy_threshold = check.healthy_threshold.value_or(0);
  result.unhealthy_threshold = check.unhealthy_threshold.value_or(0);
  result.proxy_protocol = check.proxy_protocol.value_or(false);
  return result;
}

// Rules, health check and Droplets: what a Service may own.
void TakeBackends(const LoadBalancerModel& model, ocean::LoadBalancer& wanted) {
  wanted.forwarding_rules = InOrderOf(wanted.forwarding_rules, RulesOf(model));
  if (model.health_check.is_known()) {
    wanted.health_check = HealthCheckOf(*model.health_check);
  }
  const bool by_tag = model.droplet_tag.is_known();
  if (!by_tag) {
    wanted.droplet_ids = InOrderOf(wanted.droplet_ids, Known(model.droplet_ids));
  } else if (wanted.tag != *model.droplet_tag) {
    wanted.droplet_ids.clear();  // Those of another tag; the API fills in the new ones.
  }
  wanted.tag = by_tag ? *model.droplet_tag : "";
}

void TakeGlobal(const LoadBalancerModel& model, ocean::LoadBalancer& wanted) {
  std::vector<ocean::LoadBalancerDomain> domains;
  if (model.domains.is_known()) {
    for (const auto& [name, domain] : *model.domains) {
      const auto live = std::find_if(wanted.domains.begin(), wanted.domains.end(),
                                     [&, &name = name](const auto& d) { return d.name == name; });
      ocean::LoadBalancerDomain shall =
          live == wanted.domains.end() ? ocean::LoadBalancerDomain() : *live;
      shall.name = name;
      shall.is_managed = domain.is_known() && domain->is_managed.value_or(false);
      shall.certificate_id = domain.is_known() ? domain->certificate_id.value_or("") : "";
      domains.push_back(std::move(shall));
    }
  }
  wanted.domains = InOrderOf(wanted.domains, std::move(domains));
  wanted.target_load_balancer_ids =
      InOrderOf(wanted.target_load_balancer_ids, Known(model.target_load_balancer_ids));
  if (!model.glb_settings.is_known()) {
    return;
  }
  const BalancerGlbSettings& settings = *model.glb_settings;
  ocean::GlbSettings glb;
  glb.target_protocol = settings.target_protocol.value_or("");
  glb.target_port = settings.target_port.value_or(0);
  glb.cdn = settings.cdn.is_known() && settings.cdn->is_enabled.value_or(false);
  glb.failover_threshold = settings.failover_threshold.value_or(0);
  if (settings.region_priorities.is_known()) {
    for (const auto& [region, priority] : *settings.region_priorities) {
      glb.region_priorities[region] = priority.value_or(0);
    }
  }
  wanted.glb_settings = std::move(glb);
}

// ---- reading -----------------------------------------------------------------------------------

// An empty text of the API is null where the user wrote nothing.
Attr<std::string> Text(const std::string& live) {
  return live.empty() ? Attr<std::string>() : Attr<std::string>(live);
}

template <typename T>
void ReadSet(std::vector<T> live, Attr<SetOf<T>>& set) {
  if (live.empty() && !set.is_known()) {
    set = {};
    return;
  }
  std::sort(live.begin(), live.end());
  SetOf<T> read;
  read.elements.assign(live.begin(), live.end());
  set = std::move(read);
}

void ReadRules(const std::vector<ocean::ForwardingRule>& live, Attr<SetOf<BalancerRule>>& rules) {
  SetOf<BalancerRule> read;
  for (const ocean::ForwardingRule& rule : live) {
    BalancerRule entry{rule.entry_protocol, rule.entry_port,           rule.target_protocol,
                       rule.target_port,    Text(rule.certificate_id), Attr<bool>()};
    for (const BalancerRule& before : Known(rules)) {
      if (before.entry_protocol == entry.entry_protocol && before.entry_port == entry.entry_port) {
        entry.tls_passthrough = before.tls_passthrough;
      }
    }
    if (rule.tls_passthrough || entry.tls_passthrough.is_known()) {
      entry.tls_passthrough = rule.tls_passthrough;
    }
    read.elements.emplace_back(std::move(entry));
  }
  if (read.elements.empty() && !rules.is_known()) {
    rules = {};
  } else {
    rules = std::move(read);
  }
}

void ReadHealthCheck(const std::optional<ocean::HealthCheck>& live,
                     Attr<BalancerHealthCheck>& check) {
  if (!live) {
    check = {};
    return;
  }
  BalancerHealthCheck read;
  read.protocol = live->protocol;
  read.port = live->port;
  read.check_interval_seconds = live->check_interval_seconds;
  read.response_timeout_seconds = live->response_timeout_seconds;
  read.healthy_threshold = live->healthy_threshold;
  read.unhealthy_threshold = live->unhealthy_threshold;
  read.proxy_protocol = live->proxy_protocol;
  read.path = live->path;
  check = std::move(read);
}

void ReadSticky(const ocean::StickySessions& live, Attr<BalancerStickySessions>& sticky) {
  if ((live.type.empty() || live.type == "none") && !sticky.is_known()) {
    sticky = {};
    return;
  }
  BalancerStickySessions read;
  read.type = live.type.empty() ? "none" : live.type;
  read.cookie_name = Text(live.cookie_name);
  if (live.cookie_ttl_seconds != 0) {
    read.cookie_ttl_seconds = live.cookie_ttl_seconds;
  }
  sticky = std::move(read);
}

void ReadFirewall(const ocean::LoadBalancerFirewall& live, Attr<BalancerFirewall>& firewall) {
  if (live.allow.empty() && live.deny.empty() && !firewall.is_known()) {
    firewall = {};
    return;
  }
  BalancerFirewall read = firewall.is_known() ? *firewall : BalancerFirewall();
  ReadSet(live.allow, read.allow);
  ReadSet(live.deny, read.deny);
  firewall = std::move(read);
}

ListOf<std::string> Listed(const std::vector<std::string>& texts) {
  return ListOf<std::string>(texts.begin(), texts.end());
}

void ReadDomains(const std::vector<ocean::LoadBalancerDomain>& live,
                 Attr<MapOf<BalancerDomain>>& domains) {
  if (live.empty() && !domains.is_known()) {
    domains = {};
    return;
  }
  MapOf<BalancerDomain> read;
  for (const ocean::LoadBalancerDomain& domain : live) {
    BalancerDomain entry;
    entry.is_managed = domain.is_managed;
    entry.certificate_id = Text(domain.certificate_id);
    entry.status = domain.status;
    entry.verification_error_reasons = Listed(domain.verification_error_reasons);
    entry.ssl_validation_error_reasons = Listed(domain.ssl_validation_error_reasons);
    read[domain.name] = std::move(entry);
  }
  domains = std::move(read);
}

void ReadGlb(const std::optional<ocean::GlbSettings>& live, Attr<BalancerGlbSettings>& settings) {
  if (!live) {
    settings = {};
    return;
  }
  BalancerGlbSettings read;
  read.target_protocol = live->target_protocol;
  read.target_port = live->target_port;
  if (live->cdn || (settings.is_known() && settings->cdn.is_known())) {
    read.cdn = BalancerCdn{live->cdn};
  }
  if (!live->region_priorities.empty() ||
      (settings.is_known() && settings->region_priorities.is_known())) {
    MapOf<int64_t> priorities;
    for (const auto& [region, priority] : live->region_priorities) {
      priorities[region] = priority;
    }
    read.region_priorities = std::move(priorities);
  }
  if (live->failover_threshold != 0) {
    read.failover_threshold = live->failover_threshold;
  }
  settings = std::move(read);
}

void ReadBackends(const ocean::LoadBalancer& live, LoadBalancerModel& state) {
  ReadRules(live.forwarding_rules, state.forwarding_rules);
  ReadHealthCheck(live.health_check, state.health_check);
  state.droplet_tag = Text(live.tag);
  if (live.tag.empty()) {
    ReadSet(live.droplet_ids, state.droplet_ids);
  } else {
    state.droplet_ids = {};  // They follow from the tag.
  }
}

}  // namespace

bool BelongsToService(const LoadBalancerModel& model) { return !model.disown.value_or(true); }

std::string BalancerUrn(const std::string& id) { return absl::StrCat("do:loadbalancer:", id); }

ocean::LoadBalancer WantedBalancer(const LoadBalancerModel& model,
                                   const ocean::LoadBalancer& live) {
  ocean::LoadBalancer wanted = live;
  Take(model.name, wanted.name);
  Take(model.type, wanted.type);
  Take(model.region, wanted.region);
  Take(model.size_unit, wanted.size_unit);
  if (live.id.empty() || !BelongsToService(model)) {
    TakeBackends(model, wanted);
  }
  wanted.sticky_sessions = {"none", "", 0};
  if (model.sticky_sessions.is_known()) {
    Take(model.sticky_sessions->type, wanted.sticky_sessions.type);
    Take(model.sticky_sessions->cookie_name, wanted.sticky_sessions.cookie_name);
    Take(model.sticky_sessions->cookie_ttl_seconds, wanted.sticky_sessions.cookie_ttl_seconds);
  } else if (live.sticky_sessions.type.empty()) {
    wanted.sticky_sessions = live.sticky_sessions;
  }
  Take(model.redirect_http_to_https, wanted.redirect_http_to_https);
  Take(model.enable_proxy_protocol, wanted.enable_proxy_protocol);
  Take(model.enable_backend_keepalive, wanted.enable_backend_keepalive);
  Take(model.disable_lets_encrypt_dns_records, wanted.disable_lets_encrypt_dns_records);
  Take(model.http_idle_timeout_seconds, wanted.http_idle_timeout_seconds);
  const BalancerFirewall firewall = model.firewall.value_or(BalancerFirewall());
  wanted.firewall = {InOrderOf(live.firewall.allow, Known(firewall.allow)),
                     InOrderOf(live.firewall.deny, Known(firewall.deny))};
  Take(model.tls_cipher_policy, wanted.tls_cipher_policy);
  Take(model.project_id, wanted.project_id);
  Take(model.vpc_uuid, wanted.vpc_uuid);
  Take(model.subnet_uuid, wanted.subnet_uuid);
  Take(model.network, wanted.network);
  Take(model.network_stack, wanted.network_stack);
  Take(model.ip, wanted.ip);
  TakeGlobal(model, wanted);
  return wanted;
}

void ReadBalancer(const ocean::LoadBalancer& live, LoadBalancerModel& state) {
  state.id = live.id;
  state.name = live.name;
  state.type = live.type;
  state.region = Text(live.region);
  state.size_unit = live.size_unit;
  if (!state.disown.is_known()) {
    state.disown = true;
  }
  if (!BelongsToService(state)) {
    ReadBackends(live, state);
  } else if (!state.health_check.is_known()) {
    ReadHealthCheck(live.health_check, state.health_check);
  }
  ReadSticky(live.sticky_sessions, state.sticky_sessions);
  state.redirect_http_to_https = live.redirect_http_to_https;
  state.enable_proxy_protocol = live.enable_proxy_protocol;
  state.enable_backend_keepalive = live.enable_backend_keepalive;
  state.disable_lets_encrypt_dns_records = live.disable_lets_encrypt_dns_records;
  state.http_idle_timeout_seconds = live.http_idle_timeout_seconds;
  ReadFirewall(live.firewall, state.firewall);
  // Known even when empty: these never change, and an unknown one would call for a replacement.
  state.tls_cipher_policy = live.tls_cipher_policy;
  state.project_id = live.project_id;
  state.vpc_uuid = live.vpc_uuid;
  state.subnet_uuid = live.subnet_uuid;
  state.network = live.network;
  state.network_stack = live.network_stack;
  state.ip = live.ip;
  state.ipv6 = live.ipv6;
  ReadDomains(live.domains, state.domains);
  ReadGlb(live.glb_settings, state.glb_settings);
  ReadSet(live.target_load_balancer_ids, state.target_load_balancer_ids);
  state.status = live.state_text;
  state.urn = BalancerUrn(live.id);
  state.created_at = live.created_at;
  state.service_annotations = ServiceAnnotations(state);
}

}  // namespace kproto
