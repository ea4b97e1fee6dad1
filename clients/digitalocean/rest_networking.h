// SPDX-License-Identifier: MPL-2.0
// RestNetworking: the Networking part of RestDigitalOcean.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/digitalocean/api.h"
#include "clients/digitalocean/networking.h"

namespace kproto::digitalocean {

class RestNetworking : public virtual Networking {
 public:
  explicit RestNetworking(Api api) : api_(std::move(api)) {}

  absl::StatusOr<std::vector<Vpc>> ListVpcs(std::stop_token stop) override;
  absl::StatusOr<std::optional<Vpc>> GetVpc(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<Vpc> CreateVpc(const VpcSpec& spec, std::stop_token stop) override;
  absl::StatusOr<Vpc> UpdateVpc(const std::string& id, const VpcUpdate& update,
                                std::stop_token stop) override;
  absl::Status DeleteVpc(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<VpcMember>> ListVpcMembers(const std::string& id,
                                                        std::stop_token stop) override;

  absl::StatusOr<std::vector<VpcPeering>> ListVpcPeerings(std::stop_token stop) override;
  absl::StatusOr<std::optional<VpcPeering>> GetVpcPeering(const std::string& id,
                                                          std::stop_token stop) override;
  absl::StatusOr<VpcPeering> CreateVpcPeering(const VpcPeeringSpec& spec,
                                              std::stop_token stop) override;
  absl::StatusOr<VpcPeering> RenameVpcPeering(const std::string& id, const std::string& name,
                                              std::stop_token stop) override;
  absl::Status DeleteVpcPeering(const std::string& id, std::stop_token stop) override;

  absl::StatusOr<std::vector<NatGateway>> ListNatGateways(std::stop_token stop) override;
  absl::StatusOr<std::optional<NatGateway>> GetNatGateway(const std::string& id,
                                                          std::stop_token stop) override;
  absl::StatusOr<NatGateway> CreateNatGateway(const NatGatewaySpec& spec,
                                              std::stop_token stop) override;
  absl::StatusOr<NatGateway> UpdateNatGateway(const std::string& id, const NatGatewayUpdate& update,
                                              std::stop_token stop) override;
  absl::Status DeleteNatGateway(const std::string& id, std::stop_token stop) override;

  absl::StatusOr<std::vector<Firewall>> ListFirewalls(std::stop_token stop) override;
  absl::StatusOr<std::optional<Firewall>> GetFirewall(const std::string& id,
                                                      std::stop_token stop) override;
  absl::StatusOr<Firewall> CreateFirewall(const FirewallSpec& spec, std::stop_token stop) override;
  absl::StatusOr<Firewall> UpdateFirewall(const std::string& id, const FirewallSpec& spec,
                                          std::stop_token stop) override;
  absl::Status DeleteFirewall(const std::string& id, std::stop_token stop) override;

 private:
  const Api api_;
};

}  // namespace kproto::digitalocean
