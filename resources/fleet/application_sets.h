// SPDX-License-Identifier: MPL-2.0
// What a fleet has on its hub: an ApplicationSet for each application, whose cluster generator
// makes an Application for every member, and the AppProject that keeps them to their namespace and
// their repositories (not to the kinds that are rendered: a member's own values may ask for more).
// Pure, so the plan and the apply say the same.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/argocd/argocd.h"
#include "resources/fleet/model.h"
#include "resources/fleet/names.h"
#include "resources/monitoring_stack/desired.h"

namespace kproto::fleet {

// The part of a fleet that is a monitoring stack, as kproto_monitoring_stack has it: its values,
// its wiring and its checks hold here too. Argo CD is somebody else's.
MonitoringStackModel AsStack(const FleetModel& model);

// One application for every member.
struct Delivery {
  std::string name, chart, repository, chart_version;  // repository: as it is reached
  Json values;
};

struct WantedFleet {
  FleetRef ref;
  std::string ns;  // in the members
  std::vector<Delivery> deliveries;
  std::map<std::string, std::string> notes;  // annotations by which an import knows the rest

  Json ApplicationSetOf(const Delivery& delivery) const;
  argocd::AppProject Project() const;
};

// InvalidArgument, with the attribute, when values of `charts` are no YAML mapping. Everything in
// `model` that matters here is known.
absl::StatusOr<WantedFleet> WantedOf(const FleetModel& model,
                                     const monitoring_stack::ValuesFiles& files,
                                     const monitoring_stack::RepositoryLookup& repository);

// Digest of what an ApplicationSet makes of a member: the same for what is wanted and for what the
// API server gives back, whatever it adds.
std::string DigestOf(const Json& application_set);

// The state's picture of an ApplicationSet; no digest when it is not whole.
FleetApplication Describe(const Json& application_set);

// What the annotation kRevisionAnnotation of a member's Application has to say.
std::string RevisionOf(const Json& application_set, const std::string& member_revision);

}  // namespace kproto::fleet
