// SPDX-License-Identifier: MPL-2.0
// kproto_load_balancer: a load balancer of one of DigitalOcean's three types, for what Kubernetes
// Services cannot say; made, or adopted from a Service.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "resources/load_balancer/model.h"
#include "resources/object_resource.h"

namespace kproto {

class LoadBalancerResource : public ObjectResource<LoadBalancerModel, digitalocean::LoadBalancer> {
 public:
  // `connections` outlives it.
  explicit LoadBalancerResource(Connections& connections);

  void ValidateModel(const LoadBalancerModel& config, Diagnostics& diagnostics) override;
  void ModifyPlan(const LoadBalancerModel* prior, const LoadBalancerModel& config,
                  LoadBalancerModel& planned, std::vector<Path>& replace,
                  Operation& operation) override;
  std::unique_ptr<ObjectStep<digitalocean::LoadBalancer>> MakeStep(
      ObjectWork<LoadBalancerModel>& work) override;
  void ReadObject(const digitalocean::LoadBalancer& live, LoadBalancerModel& state) override;
  std::string IntentKey(const LoadBalancerModel& model) override;
  bool IsFinished(const LoadBalancerModel& state) override;
  void CheckPlan(digitalocean::DigitalOcean& api, Planning<LoadBalancerModel>& plan) override;
  // A domain that does not work is nothing that an apply could mend.
  void Warn(const digitalocean::LoadBalancer& live, Diagnostics& diagnostics) override;
};

}  // namespace kproto
