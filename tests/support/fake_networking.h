// SPDX-License-Identifier: MPL-2.0
// FakeNetworking: the Networking part of FakeDigitalOcean. Peerings, NAT gateways and firewalls
// become what they shall be, and go, after some looks at them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_api.h"

namespace kproto::testing {

class FakeNetworking : public virtual api::Networking, public virtual FakeApi {
 public:
  absl::StatusOr<std::vector<api::Vpc>> ListVpcs(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::Vpc>> GetVpc(const std::string& id,
                                                 std::stop_token stop) override;
  absl::StatusOr<api::Vpc> CreateVpc(const api::VpcSpec& spec, std::stop_token stop) override;
  absl::StatusOr<api::Vpc> UpdateVpc(const std::string& id, const api::VpcUpdate& update,
                                     std::stop_token stop) override;
  absl::Status DeleteVpc(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::VpcMember>> ListVpcMembers(const std::string& id,
                                                             std::stop_token stop) override;
  absl::StatusOr<std::vector<api::VpcPeering>> ListVpcPeerings(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::VpcPeering>> GetVpcPeering(const std::string& id,
                                                               std::stop_token stop) override;
  absl::StatusOr<api::VpcPeering> CreateVpcPeering(const api::VpcPeeringSpec& spec,
                                                   std::stop_token stop) override;
  absl::StatusOr<api::VpcPeering> RenameVpcPeering(const std::string& id, const std::string& name,
                                                   std::stop_token stop) override;
  absl::Status DeleteVpcPeering(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::NatGateway>> ListNatGateways(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::NatGateway>> GetNatGateway(const std::string& id,
                                                               std::stop_token stop) override;
  absl::StatusOr<api::NatGateway> CreateNatGateway(const api::NatGatewaySpec& spec,
                                                   std::stop_token stop) override;
  absl::StatusOr<api::NatGateway> UpdateNatGateway(const std::string& id,
                                                   const api::NatGatewayUpdate& update,
                                                   std::stop_token stop) override;
  absl::Status DeleteNatGateway(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Firewall>> ListFirewalls(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::Firewall>> GetFirewall(const std::string& id,
                                                           std::stop_token stop) override;
  absl::StatusOr<api::Firewall> CreateFirewall(const api::FirewallSpec& spec,
                                               std::stop_token stop) override;
  absl::StatusOr<api::Firewall> UpdateFirewall(const std::string& id, const api::FirewallSpec& spec,
                                               std::stop_token stop) override;
  absl::Status DeleteFirewall(const std::string& id, std::stop_token stop) override;

 private:
  std::vector<api::VpcMember> MembersOf(const std::string& vpc_id) const;
};

}  // namespace kproto::testing
