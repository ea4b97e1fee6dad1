// SPDX-License-Identifier: MPL-2.0
// kproto_cluster: VPC, DOKS cluster and node pools as one resource. The verbs are a few lines each
// over the steps (steps.h); planning is in plan.cc.
#pragma once

#include "provider/reconcile/runner.h"
#include "provider/runtime/resource.h"
#include "resources/cluster/account_checks.h"
#include "resources/cluster/model.h"
#include "resources/connections.h"

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

// What a plan says to the apply that follows, in the private state. A replacement of a cluster
// whose creation did not finish carries the key of what shall be made, so that the delete half can
// leave the unfinished cluster to the create half, which goes on with it.
PrivateState PlannedPrivate(const std::string& action, const std::string& key);
bool PlannedToCreate(const PrivateState& private_state, const std::string& key);

}  // namespace kproto
