// SPDX-License-Identifier: MPL-2.0
// kproto_firewall: a cloud firewall for Droplets and the nodes of clusters. It is waited for until
// every Droplet has its rules.
#pragma once

#include <memory>
#include <string>

#include "resources/firewall/model.h"
#include "resources/object_resource.h"

namespace kproto {

class FirewallResource : public ObjectResource<FirewallModel, digitalocean::Firewall> {
 public:
  // `connections` outlives it.
  explicit FirewallResource(Connections& connections);

  void ValidateModel(const FirewallModel& config, Diagnostics& diagnostics) override;
  std::unique_ptr<ObjectStep<digitalocean::Firewall>> MakeStep(
      ObjectWork<FirewallModel>& work) override;
  void ReadObject(const digitalocean::Firewall& live, FirewallModel& state) override;
  std::string IntentKey(const FirewallModel& model) override;
  bool IsFinished(const FirewallModel& state) override;
  void CheckPlan(digitalocean::DigitalOcean& api, Planning<FirewallModel>& plan) override;
};

}  // namespace kproto
