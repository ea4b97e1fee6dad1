// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet/names.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kproto::fleet {

std::string FleetRef::Id() const { return absl::StrCat(hub_cluster_id, "/", argocd_ns, "/", name); }

absl::StatusOr<FleetRef> ParseFleetId(const std::string& id) {
  const std::vector<std::string> parts = absl::StrSplit(id, '/');
  if (parts.size() != 3 || std::any_of(parts.begin(), parts.end(),
                                       [](const std::string& part) { return part.empty(); })) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", id,
                     "\" is no fleet's id: it has the form <hub cluster id>/<namespace of Argo "
                     "CD>/<name of the fleet>, as kproto_fleet.<name>.id gives it"));
  }
  return FleetRef{parts[0], parts[1], parts[2]};
}

std::string SelectorOf(const FleetRef& fleet, const std::string& member) {
  const std::string of_fleet = absl::StrCat(kFleetLabel, "=", fleet.name);
  return member.empty() ? of_fleet : absl::StrCat(of_fleet, ",", kMemberLabel, "=", member);
}

std::string ClusterNameOf(const FleetRef& fleet, const std::string& member) {
  return absl::StrCat(fleet.name, "-", member);
}

kubernetes::ObjectKey SecretKeyOf(const FleetRef& fleet, const std::string& member) {
  return {"v1", "Secret", fleet.argocd_ns, absl::StrCat("cluster-", ClusterNameOf(fleet, member))};
}

std::string ProjectNameOf(const FleetRef& fleet) { return absl::StrCat("fleet-", fleet.name); }

std::string ApplicationSetNameOf(const FleetRef& fleet, const std::string& application) {
  return absl::StrCat(fleet.name, "-", application);
}

}  // namespace kproto::fleet
