// SPDX-License-Identifier: MPL-2.0
// Networking: the part of the DigitalOcean interface that is about networks. The rules for every
// call (threads, errors, retries, "not there") are those of digitalocean.h.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/digitalocean/networking_types.h"

namespace kproto::digitalocean {

class Networking {
 public:
  virtual ~Networking() = default;

  // GET /v2/vpcs. Names are unique in an account.
  virtual absl::StatusOr<std::vector<Vpc>> ListVpcs(std::stop_token stop) = 0;
  // GET /v2/vpcs/{id}
  virtual absl::StatusOr<std::optional<Vpc>> GetVpc(const std::string& id,
                                                    std::stop_token stop) = 0;
  // POST /v2/vpcs. The first VPC of a region becomes its default.
  virtual absl::StatusOr<Vpc> CreateVpc(const VpcSpec& spec, std::stop_token stop) = 0;
  // PATCH /v2/vpcs/{id}. NotFound when it is gone.
  virtual absl::StatusOr<Vpc> UpdateVpc(const std::string& id, const VpcUpdate& update,
                                        std::stop_token stop) = 0;
  // DELETE /v2/vpcs/{id}. Aborted (409) while it has members; PermissionDenied for a default VPC.
  virtual absl::Status DeleteVpc(const std::string& id, std::stop_token stop) = 0;
  // GET /v2/vpcs/{id}/members. Empty when the VPC is gone.
  virtual absl::StatusOr<std::vector<VpcMember>> ListVpcMembers(const std::string& id,
                                                                std::stop_token stop) = 0;

  // GET /v2/vpc_peerings
  virtual absl::StatusOr<std::vector<VpcPeering>> ListVpcPeerings(std::stop_token stop) = 0;
  // GET /v2/vpc_peerings/{id}
  virtual absl::StatusOr<std::optional<VpcPeering>> GetVpcPeering(const std::string& id,
                                                                  std::stop_token stop) = 0;
  // POST /v2/vpc_peerings. Accepted only: poll until it is active.
  virtual absl::StatusOr<VpcPeering> CreateVpcPeering(const VpcPeeringSpec& spec,
                                                      std::stop_token stop) = 0;
  // PATCH /v2/vpc_peerings/{id}. Only the name can change. NotFound when it is gone.
  virtual absl::StatusOr<VpcPeering> RenameVpcPeering(const std::string& id,
                                                      const std::string& name,
                                                      std::stop_token stop) = 0;
  // DELETE /v2/vpc_peerings/{id}. Accepted only: poll until nullopt.
  virtual absl::Status DeleteVpcPeering(const std::string& id, std::stop_token stop) = 0;

  // GET /v2/vpc_nat_gateways
  virtual absl::StatusOr<std::vector<NatGateway>> ListNatGateways(std::stop_token stop) = 0;
  // GET /v2/vpc_nat_gateways/{id}
  virtual absl::StatusOr<std::optional<NatGateway>> GetNatGateway(const std::string& id,
                                                                  std::stop_token stop) = 0;
  // POST /v2/vpc_nat_gateways. Accepted only: its addresses are there once it is active.
  virtual absl::StatusOr<NatGateway> CreateNatGateway(const NatGatewaySpec& spec,
                                                      std::stop_token stop) = 0;
  // PUT /v2/vpc_nat_gateways/{id}. NotFound when it is gone.
  virtual absl::StatusOr<NatGateway> UpdateNatGateway(const std::string& id,
                                                      const NatGatewayUpdate& update,
                                                      std::stop_token stop) = 0;
  // DELETE /v2/vpc_nat_gateways/{id}. Accepted only: poll until nullopt.
  virtual absl::Status DeleteNatGateway(const std::string& id, std::stop_token stop) = 0;

  // GET /v2/firewalls
  virtual absl::StatusOr<std::vector<Firewall>> ListFirewalls(std::stop_token stop) = 0;
  // GET /v2/firewalls/{id}
  virtual absl::StatusOr<std::optional<Firewall>> GetFirewall(const std::string& id,
                                                              std::stop_token stop) = 0;
  // POST /v2/firewalls. Accepted only: poll until no change is pending.
  virtual absl::StatusOr<Firewall> CreateFirewall(const FirewallSpec& spec,
                                                  std::stop_token stop) = 0;
  // PUT /v2/firewalls/{id}. What `spec` leaves empty is emptied. NotFound when it is gone.
  virtual absl::StatusOr<Firewall> UpdateFirewall(const std::string& id, const FirewallSpec& spec,
                                                  std::stop_token stop) = 0;
  // DELETE /v2/firewalls/{id}
  virtual absl::Status DeleteFirewall(const std::string& id, std::stop_token stop) = 0;
};

}  // namespace kproto::digitalocean
