// SPDX-License-Identifier: MPL-2.0
// kproto_fleet: what one Argo CD delivers to many clusters. It lives on the hub alone; each cluster
// that gets it is a kproto_fleet_member, so that a change of one plans nothing for the others, and
// a cluster that is destroyed leaves the fleet before it goes.
#pragma once

#include <string>
#include <vector>

#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/fleet/hub.h"
#include "resources/fleet/model.h"

namespace kproto {

class FleetResource : public Resource<FleetModel> {
 public:
  explicit FleetResource(Connections& connections);

  void ValidateModel(const FleetModel& config, Diagnostics& diagnostics) override;
  void ModifyPlan(const FleetModel* prior, const FleetModel& config, FleetModel& planned,
                  std::vector<Path>& replace, Operation& operation) override;
  Existence Create(const FleetModel& config, FleetModel& state, Operation& operation) override;
  Existence Read(FleetModel& state, Operation& operation) override;
  void Update(const FleetModel& prior, const FleetModel& config, FleetModel& state,
              Operation& operation) override;
  void Delete(FleetModel& state, Operation& operation) override;
  void ImportModel(const std::string& id, FleetModel& state, Operation& operation) override;

 private:
  Connections& connections_;
  fleet::Hubs hubs_;
};

}  // namespace kproto
