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
};

// Zero and "" are DigitalOcean's default when sent.
struct HealthCheck {
  std::string protocol, path;
  int64_t port = 0;
  int64_t check_interval_seconds = 0, response_timeout_seconds = 0;
  int64_t healthy_threshold = 0, unhealthy_threshold = 0;
  bool proxy_protocol = false;
};

struct StickySessions {
  std::string type;  // none | cookies
  std::string cookie_name;
  int64_t cookie_ttl_seconds = 0;
};

// Sources as "ip:1.2.3.4" or "cidr:10.0.0.0/8".
struct LoadBalancerFirewall {
  std::vector<std::string> allow, deny;
};

// Of a GLOBAL load balancer.
struct LoadBalancerDomain {
  std::string name, certificate_id;
  bool is_managed = false;
  std::string status;  // set by DigitalOcean
  std::vector<std::string> verification_error_reasons, ssl_validation_error_reasons;
};

struct GlbSettings {
  std::string target_protocol;
  int64_t target_port = 0;
  bool cdn = false;
  std::map<std::string, int64_t> region_priorities;
  int64_t failover_threshold = 0;
};

// What can be said of a load balancer at its creation and in every later PUT, which falls back to
// the default for whatever it leaves out. So everything is sent, always.
struct LoadBalancerSettings {
  std::string name;
  std::string type;  // REGIONAL | REGIONAL_NETWORK | GLOBAL
  int64_t size_unit = 1;  // nodes, each billed; never sent for a GLOBAL one
  std::string tag;        // of the Droplets it balances over, instead of droplet_ids
  std::vector<int64_t> droplet_ids;
  std::vector<ForwardingRule> forwarding_rules;
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
  std::string project_id;
  std::vector<std::string> tags;
};

// Where it is and what can never change.
struct LoadBalancerPlace {
  std::string region;                   // "" for a GLOBAL one
  std::string vpc_uuid, subnet_uuid;    // "" lets DigitalOcean choose
  std::string network, network_stack;   // EXTERNAL | INTERNAL; IPV4 | DUALSTACK
  std::string ip;                       // sent: an address of the user's own to take
};

struct LoadBalancerSpec : LoadBalancerSettings, LoadBalancerPlace {};

struct LoadBalancer : LoadBalancerSpec {  // ip: "" until active
  std::string id, ipv6;
  LoadBalancerState state = LoadBalancerState::kUnknown;
  std::string state_text;  // as the API spells it
  std::string created_at;
};

}  // namespace kproto::digitalocean
