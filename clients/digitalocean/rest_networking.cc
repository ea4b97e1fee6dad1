// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/rest_networking.h"

#include "clients/digitalocean/networking_json.h"

namespace kproto::digitalocean {
namespace {

using http::Idempotency;
using http::Method;

}  // namespace

absl::StatusOr<std::vector<Vpc>> RestNetworking::ListVpcs(std::stop_token stop) {
  return api_.FetchAll("/v2/vpcs", "vpcs", ReadVpc, stop);
}

absl::StatusOr<std::optional<Vpc>> RestNetworking::GetVpc(const std::string& id,
                                                          std::stop_token stop) {
  return api_.Find({.path = Under("vpcs", id)}, "vpc", ReadVpc, stop);
}

absl::StatusOr<Vpc> RestNetworking::CreateVpc(const VpcSpec& spec, std::stop_token stop) {
  return api_.Fetch({.method = Method::kPost, .path = "/v2/vpcs", .body = WriteVpcSpec(spec)},
                    "vpc", ReadVpc, stop);
}

absl::StatusOr<Vpc> RestNetworking::UpdateVpc(const std::string& id, const VpcUpdate& update,
                                              std::stop_token stop) {
  return api_.Fetch({.method = Method::kPatch,
                     .path = Under("vpcs", id),
                     .body = WriteVpcUpdate(update),
                     .idempotency = Idempotency::kIdempotent},
                    "vpc", ReadVpc, stop);
}

absl::Status RestNetworking::DeleteVpc(const std::string& id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("vpcs", id)}, stop);
}

absl::StatusOr<std::vector<VpcMember>> RestNetworking::ListVpcMembers(const std::string& id,
                                                                      std::stop_token stop) {
  auto members = api_.FetchAll(Under("vpcs", id, "/members"), "members", ReadVpcMember, stop);
  if (absl::IsNotFound(members.status())) {
    return std::vector<VpcMember>();
  }
  return members;
}

absl::StatusOr<std::vector<VpcPeering>> RestNetworking::ListVpcPeerings(std::stop_token stop) {
  return api_.FetchAll("/v2/vpc_peerings", "vpc_peerings", ReadVpcPeering, stop);
}

absl::StatusOr<std::optional<VpcPeering>> RestNetworking::GetVpcPeering(const std::string& id,
                                                                        std::stop_token stop) {
  return api_.Find({.path = Under("vpc_peerings", id)}, "vpc_peering", ReadVpcPeering, stop);
}

absl::StatusOr<VpcPeering> RestNetworking::CreateVpcPeering(const VpcPeeringSpec& spec,
                                                            std::stop_token stop) {
  return api_.Fetch(
      {.method = Method::kPost, .path = "/v2/vpc_peerings", .body = WriteVpcPeeringSpec(spec)},
      "vpc_peering", ReadVpcPeering, stop);
}

absl::StatusOr<VpcPeering> RestNetworking::RenameVpcPeering(const std::string& id,
                                                            const std::string& name,
                                                            std::stop_token stop) {
  return api_.Fetch({.method = Method::kPatch,
                     .path = Under("vpc_peerings", id),
                     .body = Json{{"name", name}},
                     .idempotency = Idempotency::kIdempotent},
                    "vpc_peering", ReadVpcPeering, stop);
}

absl::Status RestNetworking::DeleteVpcPeering(const std::string& id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("vpc_peerings", id)}, stop);
}

absl::StatusOr<std::vector<NatGateway>> RestNetworking::ListNatGateways(std::stop_token stop) {
  return api_.FetchAll("/v2/vpc_nat_gateways", "vpc_nat_gateways", ReadNatGateway, stop);
}

absl::StatusOr<std::optional<NatGateway>> RestNetworking::GetNatGateway(const std::string& id,
                                                                        std::stop_token stop) {
  return api_.Find({.path = Under("vpc_nat_gateways", id)}, "vpc_nat_gateway", ReadNatGateway,
                   stop);
}

absl::StatusOr<NatGateway> RestNetworking::CreateNatGateway(const NatGatewaySpec& spec,
                                                            std::stop_token stop) {
  return api_.Fetch(
      {.method = Method::kPost, .path = "/v2/vpc_nat_gateways", .body = WriteNatGatewaySpec(spec)},
      "vpc_nat_gateway", ReadNatGateway, stop);
}

absl::StatusOr<NatGateway> RestNetworking::UpdateNatGateway(const std::string& id,
                                                            const NatGatewayUpdate& update,
                                                            std::stop_token stop) {
  return api_.Fetch({.method = Method::kPut,
                     .path = Under("vpc_nat_gateways", id),
                     .body = WriteNatGatewayUpdate(update)},
                    "vpc_nat_gateway", ReadNatGateway, stop);
}

absl::Status RestNetworking::DeleteNatGateway(const std::string& id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("vpc_nat_gateways", id)}, stop);
}

absl::StatusOr<std::vector<Firewall>> RestNetworking::ListFirewalls(std::stop_token stop) {
  return api_.FetchAll("/v2/firewalls", "firewalls", ReadFirewall, stop);
}

absl::StatusOr<std::optional<Firewall>> RestNetworking::GetFirewall(const std::string& id,
                                                                    std::stop_token stop) {
  return api_.Find({.path = Under("firewalls", id)}, "firewall", ReadFirewall, stop);
}

absl::StatusOr<Firewall> RestNetworking::CreateFirewall(const FirewallSpec& spec,
                                                        std::stop_token stop) {
  return api_.Fetch(
      {.method = Method::kPost, .path = "/v2/firewalls", .body = WriteFirewallSpec(spec)},
      "firewall", ReadFirewall, stop);
}

absl::StatusOr<Firewall> RestNetworking::UpdateFirewall(const std::string& id,
                                                        const FirewallSpec& spec,
                                                        std::stop_token stop) {
  return api_.Fetch(
      {.method = Method::kPut, .path = Under("firewalls", id), .body = WriteFirewallSpec(spec)},
      "firewall", ReadFirewall, stop);
}

absl::Status RestNetworking::DeleteFirewall(const std::string& id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("firewalls", id)}, stop);
}

}  // namespace kproto::digitalocean
