// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_load_balancer. The tables in model.cc are the
// one declaration of every attribute.
#pragma once

#include <string>

#include "provider/schema/model.h"
#include "resources/timeouts.h"

namespace kproto {

struct BalancerRule {
  Attr<std::string> entry_protocol;
  Attr<int64_t> entry_port;
  Attr<std::string> target_protocol;
  Attr<int64_t> target_port;
  Attr<std::string> certificate_id;
  Attr<bool> tls_passthrough;
  static const Table<BalancerRule>& Fields();
};

struct BalancerHealthCheck {
  Attr<std::string> protocol, path;
  Attr<int64_t> port, check_interval_seconds, response_timeout_seconds, healthy_threshold,
      unhealthy_threshold;
  Attr<bool> proxy_protocol;
  static const Table<BalancerHealthCheck>& Fields();
};

struct BalancerStickySessions {
  Attr<std::string> type, cookie_name;
  Attr<int64_t> cookie_ttl_seconds;
  static const Table<BalancerStickySessions>& Fields();
};

struct BalancerFirewall {
  Attr<SetOf<std::string>> allow, deny;
  static const Table<BalancerFirewall>& Fields();
};

struct BalancerDomain {
  Attr<bool> is_managed;
  Attr<std::string> certificate_id, status;
  Attr<ListOf<std::string>> verification_error_reasons, ssl_validation_error_reasons;
  static const Table<BalancerDomain>& Fields();
};

struct BalancerCdn {
  Attr<bool> is_enabled;
  static const Table<BalancerCdn>& Fields();
};

struct BalancerGlbSettings {
  Attr<std::string> target_protocol;
  Attr<int64_t> target_port;
  Attr<BalancerCdn> cdn;
  Attr<MapOf<int64_t>> region_priorities;
  Attr<int64_t> failover_threshold;
  static const Table<BalancerGlbSettings>& Fields();
};

struct LoadBalancerModel {
  Attr<std::string> id, name, type, region;
  Attr<int64_t> size_unit;
  Attr<SetOf<BalancerRule>> forwarding_rules;
  Attr<BalancerHealthCheck> health_check;
  Attr<BalancerStickySessions> sticky_sessions;
  Attr<SetOf<int64_t>> droplet_ids;
  Attr<std::string> droplet_tag;
  Attr<bool> redirect_http_to_https, enable_proxy_protocol, enable_backend_keepalive,
      disable_lets_encrypt_dns_records;
  Attr<int64_t> http_idle_timeout_seconds;
  Attr<BalancerFirewall> firewall;
  Attr<std::string> tls_cipher_policy, project_id;
  Attr<std::string> vpc_uuid, subnet_uuid, network, network_stack, ip;
  Attr<MapOf<BalancerDomain>> domains;
  Attr<BalancerGlbSettings> glb_settings;
  Attr<SetOf<std::string>> target_load_balancer_ids;
  Attr<std::string> adopt_id;
  Attr<bool> disown;
  Attr<Timeouts> timeouts;

  Attr<std::string> ipv6, status, urn, created_at;
  Attr<MapOf<std::string>> service_annotations;
  static const Table<LoadBalancerModel>& Fields();
};

}  // namespace kproto
