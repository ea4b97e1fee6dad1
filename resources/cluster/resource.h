// SPDX-License-Identifier: MPL-2.0
// kproto_cluster: VPC, DOKS cluster and node pools as one resource. The verbs are a few lines each
// over the steps (steps.h); planning is in plan.cc, refresh and import in resource_read.cc.
#pragma once

#include "provider/reconcile/runner.h"
#include "provider/runtime/resource.h"
#include "resources/cluster/account_checks.h"
#include "resources/cluster/model.h"
#include "resources/connections.h"
#include "resources/planned_action.h"

namespace kproto {

class ClusterResource : public Resource<ClusterModel> {
 public:
  // `connections` outlives it.
  explicit ClusterResource(Connections& connections);

  void ValidateModel(const ClusterModel& config, Diagnostics& diagnostics) override;
  void ModifyPlan(const ClusterModel* prior, const ClusterModel& config, ClusterModel& planned,
                  std::vector<Path>& replace, Operation& operation) override;
  void PlanDestroy(const ClusterModel& prior, Operation& operation) override;
  Existence Create(const ClusterModel& config, ClusterModel& state, Operation& operation) override;
  Existence Read(ClusterModel& state, Operation& operation) override;
  void Update(const ClusterModel& prior, const ClusterModel& config, ClusterModel& state,
              Operation& operation) override;
  void Delete(ClusterModel& state, Operation& operation) override;
  void ImportModel(const std::string& id, ClusterModel& state, Operation& operation) override;

 private:
  Existence ReadWithoutCluster(ClusterModel& state, digitalocean::DigitalOcean& api,
                               Operation& operation);
  Existence ReadLeftovers(ClusterModel& state, digitalocean::DigitalOcean& api,
                          Operation& operation);
  void ReadAssociated(ClusterModel& state, digitalocean::DigitalOcean& api, Operation& operation);
  absl::StatusOr<bool> HandOver(const ClusterModel& state, digitalocean::DigitalOcean& api,
                                Operation& operation);

  Connections& connections_;
  Leaving leaving_;
};

// Who wants the objects of this cluster: the key of its intent in the journal. It holds what can
// never be changed, so that nothing is gone on with that was begun in another VPC.
std::string IntentKey(const ClusterModel& cluster);

}  // namespace kproto
