// SPDX-License-Identifier: MPL-2.0
// kproto_vpc_peering: private traffic between two VPCs. It is waited for until traffic passes, and
// when it is destroyed, until it is gone.
#pragma once

#include <memory>
#include <string>

#include "resources/object_resource.h"
#include "resources/vpc_peering/model.h"

namespace kproto {

class VpcPeeringResource : public ObjectResource<VpcPeeringModel, digitalocean::VpcPeering> {
 public:
  // `connections` outlives it.
  explicit VpcPeeringResource(Connections& connections);

  std::unique_ptr<ObjectStep<digitalocean::VpcPeering>> MakeStep(
      ObjectWork<VpcPeeringModel>& work) override;
  void ReadObject(const digitalocean::VpcPeering& live, VpcPeeringModel& state) override;
  std::string IntentKey(const VpcPeeringModel& model) override;
  bool IsFinished(const VpcPeeringModel& state) override;
  Attr<std::string> VpcPeeringModel::*Status() const override { return &VpcPeeringModel::status; }
  void CheckPlan(digitalocean::DigitalOcean& api, Planning<VpcPeeringModel>& plan) override;
};

}  // namespace kproto
