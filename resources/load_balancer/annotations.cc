// SPDX-License-Identifier: MPL-2.0
#include "resources/load_balancer/annotations.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kproto {
namespace {

constexpr char kId[] = "kubernetes.digitalocean.com/load-balancer-id";
constexpr char kDisown[] = "service.kubernetes.io/do-loadbalancer-disown";
constexpr char kPrefix[] = "service.beta.kubernetes.io/do-loadbalancer-";

class Annotations {
 public:
  void Set(const char* name, const std::string& value) {
    if (!value.empty()) {
      map_[absl::StrCat(kPrefix, name)] = value;
    }
  }
  void Set(const char* name, const Attr<std::string>& value) { Set(name, value.value_or("")); }
  void Set(const char* name, const Attr<int64_t>& value) {
    if (value.is_known() && *value != 0) {
      Set(name, absl::StrCat(*value));
    }
  }
  void Set(const char* name, const Attr<bool>& value) {
    Set(name, std::string(value.value_or(false) ? "true" : "false"));
  }
  void Set(const char* name, const std::set<std::string>& values) {
    Set(name, absl::StrJoin(values, ","));
  }
  MapOf<std::string>& map() { return map_; }

 private:
  MapOf<std::string> map_;
};

// Which ports of the Service are which protocol, and how TLS ends.
void SetProtocols(const LoadBalancerModel& model, Annotations& annotations) {
  std::set<std::string> http, http2, http3, tls, certificates;
  bool passthrough = false;
  if (model.forwarding_rules.is_known()) {
    for (const Attr<BalancerRule>& rule : model.forwarding_rules->elements) {
      const std::string protocol = rule->entry_protocol.value_or("");
      const std::string port = absl::StrCat(rule->entry_port.value_or(0));
      (protocol == "http"    ? http
       : protocol == "http2" ? http2
       : protocol == "http3" ? http3
                             : tls)
          .insert(protocol == "tcp" || protocol == "udp" ? "" : port);
      certificates.insert(rule->certificate_id.value_or(""));
      passthrough = passthrough || rule->tls_passthrough.value_or(false);
    }
  }
  for (std::set<std::string>* ports : {&http, &http2, &http3, &tls, &certificates}) {
    ports->erase("");
  }
  annotations.Set("http-ports", http);
  annotations.Set("http2-ports", http2);
  annotations.Set("http3-port", http3);
  annotations.Set("tls-ports", tls);
  annotations.Set("certificate-id", certificates);
  if (passthrough) {
    annotations.Set("tls-passthrough", Attr<bool>(true));
  }
}

void SetHealthCheck(const BalancerHealthCheck& check, Annotations& annotations) {
  annotations.Set("healthcheck-protocol", check.protocol);
  annotations.Set("healthcheck-port", check.port);
  annotations.Set("healthcheck-path", check.path);
  annotations.Set("healthcheck-check-interval-seconds", check.check_interval_seconds);
  annotations.Set("healthcheck-response-timeout-seconds", check.response_timeout_seconds);
  annotations.Set("healthcheck-unhealthy-threshold", check.unhealthy_threshold);
  annotations.Set("healthcheck-healthy-threshold", check.healthy_threshold);
}

std::set<std::string> Sources(const Attr<SetOf<std::string>>& sources) {
  std::set<std::string> texts;
  if (sources.is_known()) {
    for (const Attr<std::string>& source : sources->elements) {
      texts.insert(source.value_or(""));
    }
  }
  return texts;
}

void SetEverything(const LoadBalancerModel& model, Annotations& annotations) {
  annotations.Set("name", model.name);
  annotations.Set("network", model.network);
  annotations.Set("network-stack", model.network_stack);
  annotations.Set("subnet-uuid", model.subnet_uuid);
  annotations.Set("size-unit", model.size_unit);
  annotations.Set("redirect-http-to-https", model.redirect_http_to_https);
  annotations.Set("disable-lets-encrypt-dns-records", model.disable_lets_encrypt_dns_records);
  annotations.Set("enable-proxy-protocol", model.enable_proxy_protocol);
  annotations.Set("enable-backend-keepalive", model.enable_backend_keepalive);
  annotations.Set("http-idle-timeout-seconds", model.http_idle_timeout_seconds);
  if (model.sticky_sessions.is_known()) {
    annotations.Set("sticky-sessions-type", model.sticky_sessions->type);
    annotations.Set("sticky-sessions-cookie-name", model.sticky_sessions->cookie_name);
    annotations.Set("sticky-sessions-cookie-ttl", model.sticky_sessions->cookie_ttl_seconds);
  }
  if (model.firewall.is_known()) {
    annotations.Set("allow-rules", Sources(model.firewall->allow));
    annotations.Set("deny-rules", Sources(model.firewall->deny));
  }
  SetProtocols(model, annotations);
  if (model.health_check.is_known()) {
    SetHealthCheck(*model.health_check, annotations);
  }
}

}  // namespace

Attr<MapOf<std::string>> ServiceAnnotations(const LoadBalancerModel& model) {
  LoadBalancerModel settings = model;
  settings.service_annotations = {};
  settings.status = settings.ip = settings.ipv6 = {};
  settings.domains = {};
  if (!LoadBalancerModel::Fields().Encode(settings).is_wholly_known() || !model.id.is_known()) {
    return Attr<MapOf<std::string>>::Unknown();
  }
  Annotations annotations;
  if (model.type.value_or("") == "GLOBAL") {
    return annotations.map();
  }
  const bool disown = model.disown.value_or(true);
  annotations.Set("type", model.type);
  if (!disown) {
    SetEverything(model, annotations);
  }
  annotations.map()[kId] = *model.id;
  annotations.map()[kDisown] = disown ? "true" : "false";
  return annotations.map();
}

}  // namespace kproto
