// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet_member/checks.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/nearest.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/yaml/yaml.h"
#include "resources/fleet_member/cluster_secret.h"

namespace kproto::fleet_member {
namespace {

constexpr absl::Duration kShortestToken = absl::Minutes(10);  // that an API server grants

void ValidateTokens(const FleetMemberModel& config, Diagnostics& diagnostics) {
  if (config.token_lifetime.is_unknown() || config.token_renew_before.is_unknown()) {
    return;
  }
  const absl::Duration lifetime = DurationOr(config.token_lifetime.value_or(""), kTokenLifetime);
  const absl::Duration reserve =
      DurationOr(config.token_renew_before.value_or(""), kTokenRenewBefore);
  if (lifetime < kShortestToken) {
    diagnostics.AddError("The token would be too short",
                         "Kubernetes grants no token for less than 10 minutes.",
                         Path("token_lifetime"));
  } else if (reserve >= lifetime) {
    diagnostics.AddError("The token would always be renewed",
                         absl::StrCat("token_renew_before (", absl::FormatDuration(reserve),
                                      ") has to be less than token_lifetime (",
                                      absl::FormatDuration(lifetime), ")."),
                         Path("token_renew_before"));
  }
}

// Names that Argo CD or this provider gives a meaning to.
void ValidateNames(const Attr<MapOf<std::string>>& map, const char* attribute,
                   Diagnostics& diagnostics) {
  for (const auto& [name, value] : map.value_or({})) {
    if (absl::StartsWith(name, fleet::kReserved) || absl::StartsWith(name, "argocd.argoproj.io/") ||
        name == fleet::kManagedByLabel) {
      diagnostics.AddError("Reserved name",
                           absl::StrCat("\"", name,
                                        "\" has a meaning to Argo CD or kproto; choose "
                                        "another name."),
                           Path(attribute).Key(name));
    }
  }
}

void ValidateValues(const FleetMemberModel& config, Diagnostics& diagnostics) {
  for (const auto& [application, text] : config.values.value_or({})) {
    if (!text.is_known()) {
      continue;
    }
    const absl::StatusOr<Json> values = yaml::Parse(*text);
    const bool usable = values.ok() && (values->is_object() || values->is_null());
    if (!usable) {
      diagnostics.AddError("These are no values",
                           values.ok() ? std::string("They have to be a mapping of keys.")
                                       : std::string(values.status().message()),
                           Path("values").Key(application));
    }
  }
}

void CheckCluster(const FleetMemberModel& planned, Connections& connections, Operation& operation) {
  const auto cloud = connections.DigitalOceanForReading();
  if (!cloud.ok()) {
    return;
  }
  const auto cluster = (*cloud)->GetCluster(*planned.cluster_id, operation.request.stop);
  if (cluster.ok() && !*cluster) {
    operation.diagnostics.AddError(
        "There is no such cluster",
        absl::StrCat("DigitalOcean has no Kubernetes cluster ", *planned.cluster_id, "."),
        Path("cluster_id"));
  }
}

void CheckAlone(const FleetRef& ref, const FleetMemberModel& planned,
                const fleet::HubPicture& picture, Operation& operation) {
  for (const Json& object : picture.cluster_secrets) {
    auto labels = kubernetes::StringMapAt(object, "/metadata/labels");
    const bool itself =
        kubernetes::KeyOf(object) == fleet::SecretKeyOf(ref, planned.name.value_or(""));
    if (!itself && labels[fleet::kClusterLabel] == *planned.cluster_id) {
      operation.diagnostics.AddError(
          "The cluster is a member already",
          absl::StrCat("Cluster ", *planned.cluster_id, " is member \"",
                       labels[fleet::kMemberLabel], "\" of fleet \"", labels[fleet::kFleetLabel],
                       "\" of this hub. Argo CD knows a cluster once."),
          Path("cluster_id"));
    }
  }
}

void CheckValues(const FleetRef& ref, const FleetMemberModel& planned,
                 const fleet::HubPicture& picture, Operation& operation) {
  std::vector<std::string> delivered;
  for (const Json& set : picture.SetsOf(ref)) {
    delivered.push_back(kubernetes::LabelOf(set, fleet::kApplicationLabel));
  }
  for (const auto& [application, text] : planned.values.value_or({})) {
    if (std::find(delivered.begin(), delivered.end(), application) == delivered.end()) {
      // The fleet may get it in the same apply.
      const std::string meant = Nearest(application, delivered);
      operation.diagnostics.AddWarning(
          "Values that nobody reads",
          absl::StrCat("The fleet delivers no \"", application, "\" at present",
                       meant.empty() ? "" : absl::StrCat("; did you mean \"", meant, "\"?"),
                       " It delivers: ", absl::StrJoin(delivered, ", "), "."),
          Path("values").Key(application));
    }
  }
}

}  // namespace

void ValidateMember(const FleetMemberModel& config, Diagnostics& diagnostics) {
  if (config.fleet_id.is_known()) {
    diagnostics.AddStatus(fleet::ParseFleetId(*config.fleet_id).status(), "This is no fleet",
                          Path("fleet_id"));
  }
  ValidateTokens(config, diagnostics);
  ValidateNames(config.labels, "labels", diagnostics);
  ValidateNames(config.annotations, "annotations", diagnostics);
  ValidateValues(config, diagnostics);
}

void CheckPlan(const FleetMemberModel* prior, const FleetMemberModel& planned,
               Connections& connections, fleet::Hubs& hubs, Operation& operation) {
  const bool new_cluster = prior == nullptr || !(prior->cluster_id == planned.cluster_id);
  if (new_cluster && planned.cluster_id.is_known()) {
    CheckCluster(planned, connections, operation);
  }
  const bool new_values = prior == nullptr || !(prior->values == planned.values);
  if (!planned.fleet_id.is_known() || !planned.name.is_known() || (!new_cluster && !new_values)) {
    return;
  }
  const auto ref = fleet::ParseFleetId(*planned.fleet_id);
  if (!ref.ok()) {
    operation.diagnostics.AddStatus(ref.status(), "This is no fleet", Path("fleet_id"));
    return;
  }
  const auto picture = hubs.Look(*ref, operation.request.stop);
  if (!picture.ok()) {
    return;  // The apply will say so; what is not known is not guessed.
  }
  if (new_cluster && planned.cluster_id.is_known()) {
    CheckAlone(*ref, planned, **picture, operation);
  }
  if (new_values && !(*picture)->SetsOf(*ref).empty() && !planned.values.is_unknown()) {
    CheckValues(*ref, planned, **picture, operation);
  }
}

}  // namespace kproto::fleet_member
