// SPDX-License-Identifier: MPL-2.0
#include "tests/support/fake_networking.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace kproto::testing {
namespace {

constexpr const char* kNow = kFakeNow;

template <typename T>
bool NameTaken(const std::map<std::string, T>& map, const std::string& name) {
  return std::any_of(map.begin(), map.end(),
                     [&](const auto& entry) { return entry.second.name == name; });
}

std::vector<api::FirewallRule> AsStored(std::vector<api::FirewallRule> rules) {
  for (api::FirewallRule& rule : rules) {
    if (rule.ports == "all" || rule.protocol == "icmp") {
      rule.ports = "0";
    }
  }
  return rules;
}

void Replace(api::Firewall& firewall, const api::FirewallSpec& spec) {
  firewall.name = spec.name;
  firewall.inbound_rules = AsStored(spec.inbound_rules);
  firewall.outbound_rules = AsStored(spec.outbound_rules);
  firewall.droplet_ids = spec.droplet_ids;
  firewall.tags = spec.tags;
  firewall.state = api::FirewallState::kWaiting;
  firewall.status = "waiting";
  firewall.pending_changes.clear();
  for (const int64_t droplet : spec.droplet_ids) {
    firewall.pending_changes.push_back({droplet, false, "waiting"});
  }
}

}  // namespace

std::vector<api::VpcMember> FakeNetworking::MembersOf(const std::string& vpc_id) const {
  std::vector<api::VpcMember> members;
  for (const auto& [id, cluster] : cloud_.clusters) {
    if (cluster.vpc_uuid == vpc_id) {
      members.push_back({absl::StrCat("do:kubernetes:", id), cluster.name, cluster.created_at});
    }
  }
  for (const auto& [id, balancer] : cloud_.load_balancers) {
    if (balancer.vpc_uuid == vpc_id) {
      members.push_back({absl::StrCat("do:loadbalancer:", id), balancer.name, kNow});
    }
  }
  for (const auto& [id, gateway] : cloud_.nat_gateways) {
    for (const api::NatGatewayVpc& vpc : gateway.vpcs) {
      if (vpc.vpc_uuid == vpc_id) {
        members.push_back({absl::StrCat("do:vpcnatgateway:", id), gateway.name, kNow});
      }
    }
  }
  return members;
}

absl::StatusOr<std::vector<api::Vpc>> FakeNetworking::ListVpcs(std::stop_token stop) {
  return Do("ListVpcs", "", stop,
            [&]() -> absl::StatusOr<std::vector<api::Vpc>> { return Values(cloud_.vpcs); });
}

absl::StatusOr<std::optional<api::Vpc>> FakeNetworking::GetVpc(const std::string& id,
                                                               std::stop_token stop) {
  return Do("GetVpc", id, stop,
            [&]() -> absl::StatusOr<std::optional<api::Vpc>> { return Lookup(cloud_.vpcs, id); });
}

absl::StatusOr<api::Vpc> FakeNetworking::CreateVpc(const api::VpcSpec& spec, std::stop_token stop) {
  return Do("CreateVpc", spec.name, stop, [&]() -> absl::StatusOr<api::Vpc> {
    bool first = true;
    for (const auto& [id, vpc] : cloud_.vpcs) {
      if (vpc.name == spec.name) {
        return Refused("a VPC with the same name already exists");
      }
      if (!spec.ip_range.empty() && vpc.ip_range == spec.ip_range) {
        return Refused(absl::StrCat(
            "This range/size overlaps with another VPC network in your account: ", vpc.name, " ",
            vpc.ip_range, "."));
      }
      first = first && vpc.region != spec.region;
    }
    api::Vpc vpc;
    vpc.id = NewId();
    vpc.urn = absl::StrCat("do:vpc:", vpc.id);
    vpc.name = spec.name;
    vpc.description = spec.description;
    vpc.region = spec.region;
    vpc.ip_range =
        spec.ip_range.empty() ? absl::StrFormat("10.%d.0.0/20", 100 + next_id_) : spec.ip_range;
    vpc.is_default = first;
    vpc.created_at = kNow;
    return cloud_.vpcs[vpc.id] = vpc;
  });
}

absl::StatusOr<api::Vpc> FakeNetworking::UpdateVpc(const std::string& id,
                                                   const api::VpcUpdate& update,
                                                   std::stop_token stop) {
  return Do("UpdateVpc", id, stop, [&]() -> absl::StatusOr<api::Vpc> {
    const auto found = cloud_.vpcs.find(id);
    if (found == cloud_.vpcs.end()) {
      return Missing("vpc");
    }
    api::Vpc& vpc = found->second;
    vpc.name = update.name.value_or(vpc.name);
    vpc.description = update.description.value_or(vpc.description);
    if (update.is_default.value_or(false)) {
      for (auto& [other_id, other] : cloud_.vpcs) {
        other.is_default = other.is_default && other.region != vpc.region;
      }
      vpc.is_default = true;
    }
    return vpc;
  });
}

absl::Status FakeNetworking::DeleteVpc(const std::string& id, std::stop_token stop) {
  return Do("DeleteVpc", id, stop, [&]() -> absl::Status {
    const auto found = cloud_.vpcs.find(id);
    if (found == cloud_.vpcs.end()) {
      return absl::OkStatus();
    }
    if (found->second.is_default) {
      return absl::PermissionDeniedError(
          "can not delete default VPCs (forbidden, HTTP 403, request fake)");
    }
    if (!MembersOf(id).empty()) {
      return absl::AbortedError(
          "Can not delete VPC with members (conflict, HTTP 409, request fake)");
    }
    cloud_.vpcs.erase(found);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<api::VpcMember>> FakeNetworking::ListVpcMembers(const std::string& id,
                                                                           std::stop_token stop) {
  return Do("ListVpcMembers", id, stop,
            [&]() -> absl::StatusOr<std::vector<api::VpcMember>> { return MembersOf(id); });
}

absl::StatusOr<std::vector<api::VpcPeering>> FakeNetworking::ListVpcPeerings(std::stop_token stop) {
  return Do("ListVpcPeerings", "", stop, [&]() -> absl::StatusOr<std::vector<api::VpcPeering>> {
    return Values(cloud_.vpc_peerings);
  });
}

absl::StatusOr<std::optional<api::VpcPeering>> FakeNetworking::GetVpcPeering(const std::string& id,
                                                                             std::stop_token stop) {
  return Do("GetVpcPeering", id, stop, [&]() -> absl::StatusOr<std::optional<api::VpcPeering>> {
    const auto found = cloud_.vpc_peerings.find(id);
    if (found != cloud_.vpc_peerings.end() && found->second.state != api::PeeringState::kActive &&
        Looked(id, cloud_.polls_until_active)) {
      if (found->second.state == api::PeeringState::kDeleting) {
        cloud_.vpc_peerings.erase(found);
      } else {
        const bool failed = !cloud_.provisioning_error.empty();
        found->second.state = failed ? api::PeeringState::kError : api::PeeringState::kActive;
        found->second.status = failed ? "ERROR" : "ACTIVE";
      }
    }
    return Lookup(cloud_.vpc_peerings, id);
  });
}

absl::StatusOr<api::VpcPeering> FakeNetworking::CreateVpcPeering(const api::VpcPeeringSpec& spec,
                                                                 std::stop_token stop) {
  return Do("CreateVpcPeering", spec.name, stop, [&]() -> absl::StatusOr<api::VpcPeering> {
    if (NameTaken(cloud_.vpc_peerings, spec.name)) {
      return Refused("a VPC peering with the same name already exists");
    }
    for (const std::string& vpc : spec.vpc_ids) {
      if (cloud_.vpcs.count(vpc) == 0) {
        return Refused("VPC was not found");
      }
    }
    const std::string id = NewId();
    return cloud_.vpc_peerings[id] = {.id = id,
                                      .name = spec.name,
                                      .vpc_ids = spec.vpc_ids,
                                      .state = api::PeeringState::kProvisioning,
                                      .status = "PROVISIONING",
                                      .created_at = kNow};
  });
}

absl::StatusOr<api::VpcPeering> FakeNetworking::RenameVpcPeering(const std::string& id,
                                                                 const std::string& name,
                                                                 std::stop_token stop) {
  return Do("RenameVpcPeering", id, stop, [&]() -> absl::StatusOr<api::VpcPeering> {
    const auto found = cloud_.vpc_peerings.find(id);
    if (found == cloud_.vpc_peerings.end()) {
      return Missing("VPC peering");
    }
    found->second.name = name;
    return found->second;
  });
}

absl::Status FakeNetworking::DeleteVpcPeering(const std::string& id, std::stop_token stop) {
  return Do("DeleteVpcPeering", id, stop, [&]() -> absl::Status {
    const auto found = cloud_.vpc_peerings.find(id);
    if (found != cloud_.vpc_peerings.end()) {
      found->second.state = api::PeeringState::kDeleting;
      found->second.status = "DELETING";
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<api::NatGateway>> FakeNetworking::ListNatGateways(std::stop_token stop) {
  return Do("ListNatGateways", "", stop, [&]() -> absl::StatusOr<std::vector<api::NatGateway>> {
    return Values(cloud_.nat_gateways);
  });
}

absl::StatusOr<std::optional<api::NatGateway>> FakeNetworking::GetNatGateway(const std::string& id,
                                                                             std::stop_token stop) {
  return Do("GetNatGateway", id, stop, [&]() -> absl::StatusOr<std::optional<api::NatGateway>> {
    const auto found = cloud_.nat_gateways.find(id);
    if (found != cloud_.nat_gateways.end() &&
        found->second.state != api::NatGatewayState::kActive &&
        Looked(id, cloud_.polls_until_active)) {
      api::NatGateway& gateway = found->second;
      if (gateway.state == api::NatGatewayState::kDeleting) {
        cloud_.nat_gateways.erase(found);
      } else if (!cloud_.provisioning_error.empty()) {
        gateway.state = api::NatGatewayState::kError;
        gateway.state_text = "ERROR";
      } else {
        gateway.state = api::NatGatewayState::kActive;
        gateway.state_text = "ACTIVE";
        gateway.egress_ips = {absl::StrCat("203.0.113.", next_id_++)};
        for (api::NatGatewayVpc& vpc : gateway.vpcs) {
          vpc.gateway_ip = "10.0.0.5";
        }
      }
    }
    return Lookup(cloud_.nat_gateways, id);
  });
}

absl::StatusOr<api::NatGateway> FakeNetworking::CreateNatGateway(const api::NatGatewaySpec& spec,
                                                                 std::stop_token stop) {
  return Do("CreateNatGateway", spec.name, stop, [&]() -> absl::StatusOr<api::NatGateway> {
    for (const api::NatGatewayVpc& vpc : spec.vpcs) {
      const auto found = cloud_.vpcs.find(vpc.vpc_uuid);
      if (found == cloud_.vpcs.end() || found->second.region != spec.region) {
        return Refused("VPC was not found in this region");
      }
    }
    const std::string id = NewId();
    return cloud_.nat_gateways[id] = {.id = id,
                                      .name = spec.name,
                                      .type = spec.type,
                                      .region = spec.region,
                                      .created_at = kNow,
                                      .updated_at = kNow,
                                      .state = api::NatGatewayState::kNew,
                                      .state_text = "NEW",
                                      .size = spec.size,
                                      .vpcs = spec.vpcs,
                                      .udp_timeout_seconds = spec.timeouts.udp.value_or(30),
                                      .icmp_timeout_seconds = spec.timeouts.icmp.value_or(30),
                                      .tcp_timeout_seconds = spec.timeouts.tcp.value_or(30)};
  });
}

absl::StatusOr<api::NatGateway> FakeNetworking::UpdateNatGateway(
    const std::string& id, const api::NatGatewayUpdate& update, std::stop_token stop) {
  return Do("UpdateNatGateway", id, stop, [&]() -> absl::StatusOr<api::NatGateway> {
    const auto found = cloud_.nat_gateways.find(id);
    if (found == cloud_.nat_gateways.end()) {
      return Missing("NAT gateway");
    }
    api::NatGateway& gateway = found->second;
    gateway.name = update.name;
    gateway.size = update.size;
    gateway.udp_timeout_seconds = update.timeouts.udp.value_or(gateway.udp_timeout_seconds);
    gateway.icmp_timeout_seconds = update.timeouts.icmp.value_or(gateway.icmp_timeout_seconds);
    gateway.tcp_timeout_seconds = update.timeouts.tcp.value_or(gateway.tcp_timeout_seconds);
    return gateway;
  });
}

absl::Status FakeNetworking::DeleteNatGateway(const std::string& id, std::stop_token stop) {
  return Do("DeleteNatGateway", id, stop, [&]() -> absl::Status {
    const auto found = cloud_.nat_gateways.find(id);
    if (found != cloud_.nat_gateways.end()) {
      found->second.state = api::NatGatewayState::kDeleting;
      found->second.state_text = "DELETING";
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<api::Firewall>> FakeNetworking::ListFirewalls(std::stop_token stop) {
  return Do("ListFirewalls", "", stop, [&]() -> absl::StatusOr<std::vector<api::Firewall>> {
    return Values(cloud_.firewalls);
  });
}

absl::StatusOr<std::optional<api::Firewall>> FakeNetworking::GetFirewall(const std::string& id,
                                                                         std::stop_token stop) {
  return Do("GetFirewall", id, stop, [&]() -> absl::StatusOr<std::optional<api::Firewall>> {
    const auto found = cloud_.firewalls.find(id);
    if (found != cloud_.firewalls.end() && found->second.state == api::FirewallState::kWaiting &&
        Looked(id, cloud_.polls_until_active)) {
      const bool failed = !cloud_.provisioning_error.empty();
      found->second.state = failed ? api::FirewallState::kFailed : api::FirewallState::kSucceeded;
      found->second.status = failed ? "failed" : "succeeded";
      found->second.pending_changes.clear();
    }
    return Lookup(cloud_.firewalls, id);
  });
}

absl::StatusOr<api::Firewall> FakeNetworking::CreateFirewall(const api::FirewallSpec& spec,
                                                             std::stop_token stop) {
  return Do("CreateFirewall", spec.name, stop, [&]() -> absl::StatusOr<api::Firewall> {
    if (NameTaken(cloud_.firewalls, spec.name)) {
      return absl::AbortedError("duplicate name (conflict, HTTP 409, request fake)");
    }
    api::Firewall firewall{.id = NewId(), .created_at = kNow};
    Replace(firewall, spec);
    return cloud_.firewalls[firewall.id] = firewall;
  });
}

absl::StatusOr<api::Firewall> FakeNetworking::UpdateFirewall(const std::string& id,
                                                             const api::FirewallSpec& spec,
                                                             std::stop_token stop) {
  return Do("UpdateFirewall", id, stop, [&]() -> absl::StatusOr<api::Firewall> {
    const auto found = cloud_.firewalls.find(id);
    if (found == cloud_.firewalls.end()) {
      return Missing("firewall");
    }
    Replace(found->second, spec);
    return found->second;
  });
}

absl::Status FakeNetworking::DeleteFirewall(const std::string& id, std::stop_token stop) {
  return Do("DeleteFirewall", id, stop, [&]() -> absl::Status {
    cloud_.firewalls.erase(id);
    return absl::OkStatus();
  });
}

}  // namespace kproto::testing
