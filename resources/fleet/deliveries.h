// SPDX-License-Identifier: MPL-2.0
// What has come of a fleet's ApplicationSets: whether every Application that they shall have is
// there, is of this revision, Synced and Healthy; and if not, why, in words. For the fleet as a
// whole and for one member of it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/argocd/argocd.h"
#include "resources/fleet/names.h"

namespace kproto::fleet {

enum class Delivered { kYes, kNotYet, kFailed };

// One Application of one member.
struct Delivering {
  std::string member, application;
  Delivered delivered = Delivered::kYes;
  std::string reason;                          // "" when delivered
  const argocd::Observed* observed = nullptr;  // nullptr: not there
  bool is_old = false;                         // made of an earlier revision

  std::string ToString() const;  // "member nyc: loki: health Degraded: …"
};

// Of one member: one for each ApplicationSet. `member_revision`: of its cluster Secret; "" leaves
// revisions aside.
std::vector<Delivering> LookAt(const std::vector<Json>& application_sets,
                               const std::vector<argocd::Observed>& applications,
                               const std::string& member, const std::string& member_revision,
                               const argocd::VerdictOptions& options);

// What the ApplicationSet controller could not do; "" when it says nothing.
std::string TroubleOf(const std::vector<Json>& application_sets);

// The undelivered, failed ones first, up to a number that a person reads.
std::string Explain(std::vector<Delivering> all);

}  // namespace kproto::fleet
