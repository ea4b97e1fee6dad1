// SPDX-License-Identifier: MPL-2.0
// What DigitalOcean's networks are made of: VPCs, what joins them (peerings), what leads out of
// them (NAT gateways) and what guards the Droplets in them (firewalls). Conventions as in types.h:
// the API's field names, "" for null, kUnknown with the text kept for what kproto does not know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kproto::digitalocean {

// --- VPCs -------------------------------------------------------------------------------------

struct Vpc {
  std::string id, urn, name, description, region, ip_range;
  bool is_default = false;  // a region's default VPC can never be deleted
  std::string created_at;
};

struct VpcSpec {
  std::string name, region, description;
  std::string ip_range;  // "" lets DigitalOcean choose a /20
};

// nullopt leaves a field as it is. `is_default` can be set, never unset.
struct VpcUpdate {
  std::optional<std::string> name, description;
  std::optional<bool> is_default;
};

struct VpcMember {
  std::string urn, name, created_at;  // urn: "do:kubernetes:<id>", "do:droplet:<id>", …
};

// --- VPC peerings -----------------------------------------------------------------------------

enum class PeeringState { kUnknown, kProvisioning, kActive, kDeleting, kError };

struct VpcPeering {
  std::string id, name;
  std::vector<std::string> vpc_ids;  // the two it joins
  PeeringState state = PeeringState::kUnknown;
  std::string status;  // as the API spells it
  std::string created_at;
};

struct VpcPeeringSpec {
  std::string name;                  // unique in an account
  std::vector<std::string> vpc_ids;  // exactly two
};

// --- NAT gateways -----------------------------------------------------------------------------

enum class NatGatewayState { kUnknown, kNew, kProvisioning, kActive, kDeleting, kError, kInvalid };

struct NatGatewayVpc {
  std::string vpc_uuid;
  std::string gateway_ip;               // inside the VPC; "" until active
  std::optional<bool> default_gateway;  // all that leaves the VPC goes through it; may be unsaid
};

struct NatGateway {
  std::string id, name, type, region, project_id, created_at, updated_at;
  NatGatewayState state = NatGatewayState::kUnknown;
  std::string state_text;  // as the API spells it
  int64_t size = 0;
  std::vector<NatGatewayVpc> vpcs;
  std::vector<std::string> egress_ips;  // what the world sees; empty until active
  int64_t udp_timeout_seconds = 0, icmp_timeout_seconds = 0, tcp_timeout_seconds = 0;
};

// nullopt leaves a limit at DigitalOcean's default.
struct NatGatewayTimeouts {
  std::optional<int64_t> udp, icmp, tcp;  // seconds
};

struct NatGatewaySpec {
  std::string name, region;
  std::string type = "PUBLIC";
  int64_t size = 1;
  std::vector<NatGatewayVpc> vpcs;  // at least one
  NatGatewayTimeouts timeouts;
};

struct NatGatewayUpdate {
  std::string name;  // always needed by the API, like the size
  int64_t size = 1;
  NatGatewayTimeouts timeouts;
};

// --- Firewalls --------------------------------------------------------------------------------

// Where traffic may come from or go to; the union of all that is named.
struct FirewallTarget {
  std::vector<std::string> addresses;  // IPv4 and IPv6, single or CIDR
  std::vector<std::string> tags;       // of Droplets
  std::vector<int64_t> droplet_ids;
  std::vector<std::string> load_balancer_uids, kubernetes_ids;
};

struct FirewallRule {
  std::string protocol;   // tcp | udp | icmp
  std::string ports;      // "22", "8000-9000"; "0" is all of them, and what icmp always reads
  FirewallTarget target;  // sources of an inbound rule, destinations of an outbound one
};

enum class FirewallState { kUnknown, kWaiting, kSucceeded, kFailed };

struct FirewallChange {
  int64_t droplet_id = 0;
  bool removing = false;
  std::string status;
};

struct Firewall {
  std::string id, name, created_at;
  FirewallState state = FirewallState::kUnknown;
  std::string status;  // as the API spells it
  std::vector<FirewallRule> inbound_rules, outbound_rules;
  std::vector<int64_t> droplet_ids;
  std::vector<std::string> tags;                // Droplets with one of them are guarded, too
  std::vector<FirewallChange> pending_changes;  // empty when every Droplet has the rules
};

// Of a create and of an update alike: an update replaces everything.
struct FirewallSpec {
  std::string name;                                         // unique in an account
  std::vector<FirewallRule> inbound_rules, outbound_rules;  // at least one in all
  std::vector<int64_t> droplet_ids;
  std::vector<std::string> tags;
};

}  // namespace kproto::digitalocean
