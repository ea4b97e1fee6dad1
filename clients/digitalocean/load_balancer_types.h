// SPDX-License-Identifier: MPL-2.0
// DigitalOcean's load balancers, those that users make and those that a cluster's Services make.
// Conventions as in types.h: the API's field names, "" for null, kUnknown with the text kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kproto::digitalocean {

enum class LoadBalancerState { kUnknown, kNew, kActive, kErrored };

struct ForwardingRule {
  std::string entry_protocol, target_protocol, certificate_id;
  int64_t entry_port = 0, target_port = 0;
  bool tls_passthrough = false;
  friend bool operator==(const ForwardingRule&, const ForwardingRule&) = default;
};

// Zero and "" are DigitalOcean's default when sent.
struct HealthCheck {
  std::string protocol, path;
  int64_t port = 0;
  int64_t check_interval_seconds = 0, response_timeout_seconds = 0;
  int64_t healthy_threshold = 0, unhealthy_threshold = 0;
  bool proxy_protocol = false;
  friend bool operator==(const HealthCheck&, const HealthCheck&) = default;
};

struct StickySessions {
  std::string type;  // none | cookies
  std::string cookie_name;
  int64_t cookie_ttl_seconds = 0;
  friend bool operator==(const StickySessions&, const StickySessions&) = default;
};

// Sources as "ip:1.2.3.4" or "cidr:10.0.0.0/8".
struct LoadBalancerFirewall {
  std::vector<std::string> allow, deny;
  friend bool operator==(const LoadBalancerFirewall&, const LoadBalancerFirewall&) = default;
};

// Of a GLOBAL load balancer.
struct LoadBalancerDomain {
  std::string name, certificate_id;
  bool is_managed = false;
  std::string status;  // set by DigitalOcean
  std::vector<std::string> verification_error_reasons, ssl_validation_error_reasons;
  friend bool operator==(const LoadBalancerDomain&, const LoadBalancerDomain&) = default;
};

struct GlbSettings {
  std::string target_protocol;
  int64_t target_port = 0;
  bool cdn = false;
  std::map<std::string, int64_t> region_priorities;
  int64_t failover_threshold = 0;
  friend bool operator==(const GlbSettings&, const GlbSettings&) = default;
};

// As it is, and as it shall be: a PUT falls back to the default for whatever it leaves out, so what
// is sent is always a whole one. What only DigitalOcean says (id, ipv6, state, created_at) is not
// sent; region, networks, subnet and ip are heeded at the creation alone.
struct LoadBalancer {
  std::string id, name;
  std::string ip;    // "" until active; sent at the creation: an address of the user's own to take
  std::string ipv6;  // "" until active, and without DUALSTACK
  LoadBalancerState state = LoadBalancerState::kUnknown;
  std::string state_text;  // as the API spells it
  std::string type;        // REGIONAL | REGIONAL_NETWORK | GLOBAL
  std::string network;     // EXTERNAL | INTERNAL
  std::string region;      // "" for a GLOBAL one
  std::string vpc_uuid, project_id, created_at;
  int64_t size_unit = 0;  // nodes, each billed; never sent for a GLOBAL one
  std::string tag;        // of the Droplets it balances over, instead of droplet_ids
  std::vector<std::string> tags;
  std::vector<int64_t> droplet_ids;  // also shown for a tag
  std::vector<ForwardingRule> forwarding_rules;
  std::string subnet_uuid;
  std::string network_stack;  // IPV4 | DUALSTACK
  std::optional<HealthCheck> health_check;
  StickySessions sticky_sessions;
  bool redirect_http_to_https = false, enable_proxy_protocol = false;
  bool enable_backend_keepalive = false, disable_lets_encrypt_dns_records = false;
  int64_t http_idle_timeout_seconds = 0;
  LoadBalancerFirewall firewall;
  std::string tls_cipher_policy;  // DEFAULT | STRONG
  std::vector<LoadBalancerDomain> domains;
  std::optional<GlbSettings> glb_settings;
  std::vector<std::string> target_load_balancer_ids;
  friend bool operator==(const LoadBalancer&, const LoadBalancer&) = default;
};

}  // namespace kproto::digitalocean
