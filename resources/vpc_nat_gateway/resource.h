// SPDX-License-Identifier: MPL-2.0
// kproto_vpc_nat_gateway: the way out of a VPC for what has no public address of its own. It is
// waited for until it is active, because only then its addresses are known.
#pragma once

#include <memory>
#include <string>

#include "resources/object_resource.h"
#include "resources/vpc_nat_gateway/model.h"

namespace kproto {

class NatGatewayResource : public ObjectResource<NatGatewayModel, digitalocean::NatGateway> {
 public:
  // `connections` outlives it.
  explicit NatGatewayResource(Connections& connections);

  void ValidateModel(const NatGatewayModel& config, Diagnostics& diagnostics) override;
  std::unique_ptr<ObjectStep<digitalocean::NatGateway>> MakeStep(
      ObjectWork<NatGatewayModel>& work) override;
  void ReadObject(const digitalocean::NatGateway& live, NatGatewayModel& state) override;
  std::string IntentKey(const NatGatewayModel& model) override;
  bool IsFinished(const NatGatewayModel& state) override;
  Attr<std::string> NatGatewayModel::*Status() const override { return &NatGatewayModel::state; }
  void CheckPlan(digitalocean::DigitalOcean& api, Planning<NatGatewayModel>& plan) override;
};

// How far a gateway has come.
Progress ProgressOfNatGateway(const digitalocean::NatGateway& gateway);

}  // namespace kproto
