// SPDX-License-Identifier: MPL-2.0
// kproto_load_balancer: a load balancer of one of DigitalOcean's three types, for what Kubernetes
// Services cannot say. The verbs are a few lines each over the step (step.h).
#pragma once

#include <string>
#include <vector>

#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/load_balancer/model.h"

namespace kproto {

class LoadBalancerResource : public Resource<LoadBalancerModel> {
 public:
  // `connections` outlives it.
  explicit LoadBalancerResource(Connections& connections);

  void ValidateModel(const LoadBalancerModel& config, Diagnostics& diagnostics) override;
  void ModifyPlan(const LoadBalancerModel* prior, const LoadBalancerModel& config,
                  LoadBalancerModel& planned, std::vector<Path>& replace,
                  Operation& operation) override;
  Existence Create(const LoadBalancerModel& config, LoadBalancerModel& state,
                   Operation& operation) override;
  Existence Read(LoadBalancerModel& state, Operation& operation) override;
  void Update(const LoadBalancerModel& prior, const LoadBalancerModel& config,
              LoadBalancerModel& state, Operation& operation) override;
  void Delete(LoadBalancerModel& state, Operation& operation) override;
  void ImportModel(const std::string& id, LoadBalancerModel& state, Operation& operation) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
