// SPDX-License-Identifier: MPL-2.0
// The steps of a fleet on its hub: Argo CD has to be there, the project, the ApplicationSets, and
// what they bring about in the members that there are.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "provider/reconcile/step.h"
#include "resources/fleet/application_sets.h"
#include "resources/fleet/hub.h"

namespace kproto::fleet {

// What the steps of one operation share.
struct FleetWork {
  Connections& connections;
  Hubs& hubs;
  const WantedFleet wanted;
  std::vector<Json> sets = {};  // as there are; written by their step alone
};

// The last step, when everything is written: it waits for what the members make of it.
inline constexpr char kMembersStep[] = "members";

std::vector<std::unique_ptr<Step>> StepsOf(FleetWork& work);

}  // namespace kproto::fleet
