// SPDX-License-Identifier: MPL-2.0
// kproto_fleet_member: one cluster of a fleet: Argo CD's way into it, what is its own in what it
// gets, and the wait for what comes of that. Everything that a refresh wants to know is on the hub,
// in lists that all members share.
#pragma once

#include <string>
#include <vector>

#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/fleet/hub.h"
#include "resources/fleet_member/model.h"

namespace kproto {

class FleetMemberResource : public Resource<FleetMemberModel> {
 public:
  explicit FleetMemberResource(Connections& connections);

  void ValidateModel(const FleetMemberModel& config, Diagnostics& diagnostics) override;
  void ModifyPlan(const FleetMemberModel* prior, const FleetMemberModel& config,
                  FleetMemberModel& planned, std::vector<Path>& replace,
                  Operation& operation) override;
  Existence Create(const FleetMemberModel& config, FleetMemberModel& state,
                   Operation& operation) override;
  Existence Read(FleetMemberModel& state, Operation& operation) override;
  void Update(const FleetMemberModel& prior, const FleetMemberModel& config,
              FleetMemberModel& state, Operation& operation) override;
  void Delete(FleetMemberModel& state, Operation& operation) override;
  void ImportModel(const std::string& id, FleetMemberModel& state, Operation& operation) override;

 private:
  // Makes it so and reads back; the state of a failed run is what there is.
  absl::Status Converge(const FleetMemberModel& wanted, FleetMemberModel& state,
                        const char* operation_name, Attr<std::string> Timeouts::*which,
                        Operation& operation);

  Connections& connections_;
  fleet::Hubs hubs_;
};

}  // namespace kproto
