// SPDX-License-Identifier: MPL-2.0
// kproto_vpc: a private network of one region. Destroying it waits until its members are gone, and
// names those that do not go.
#pragma once

#include <memory>
#include <string>

#include "resources/object_resource.h"
#include "resources/vpc/model.h"

namespace kproto {

class VpcResource : public ObjectResource<VpcModel, digitalocean::Vpc> {
 public:
  // `connections` outlives it.
  explicit VpcResource(Connections& connections);

  void ValidateModel(const VpcModel& config, Diagnostics& diagnostics) override;
  std::unique_ptr<ObjectStep<digitalocean::Vpc>> MakeStep(ObjectWork<VpcModel>& work) override;
  void ReadObject(const digitalocean::Vpc& live, VpcModel& state) override;
  std::string IntentKey(const VpcModel& model) override;
  bool IsFinished(const VpcModel& state) override;
  void CheckPlan(digitalocean::DigitalOcean& api, Planning<VpcModel>& plan) override;
  void Delete(VpcModel& state, Operation& operation) override;
};

}  // namespace kproto
