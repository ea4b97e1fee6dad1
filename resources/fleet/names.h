// SPDX-License-Identifier: MPL-2.0
// How the things of a fleet are called and marked on the hub and in its members, so that each is
// found again whatever became of the state, and nobody else's is ever touched.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::fleet {

using kubernetes::Json;

// Not "kproto": what a stack on the hub looks after is marked so.
inline constexpr char kManagedByLabel[] = "app.kubernetes.io/managed-by";
inline constexpr char kManagedBy[] = "kproto-fleet";
inline constexpr char kHubLabel[] = "fleet.kproto/hub";  // in members: a fleet's name is its hub's
inline constexpr char kFleetLabel[] = "fleet.kproto/fleet";
inline constexpr char kMemberLabel[] = "fleet.kproto/member";
inline constexpr char kClusterLabel[] = "fleet.kproto/cluster";  // on a cluster Secret: its id
inline constexpr char kApplicationLabel[] = "fleet.kproto/application";
// On a cluster Secret: whether the ApplicationSets take it for a member. One that leaves stays
// known to Argo CD until its Applications are gone.
inline constexpr char kJoinedLabel[] = "fleet.kproto/joined";
// On a cluster Secret: digest of what makes its Applications differ from another member's. On a
// generated Application: of its ApplicationSet and its member, so that an old one is seen to be.
inline constexpr char kRevisionAnnotation[] = "fleet.kproto/revision";
// On a cluster Secret, with the application's name behind it: values, YAML text.
inline constexpr char kValuesAnnotation[] = "fleet.kproto/values.";
inline constexpr char kReserved[] = "fleet.kproto/";

// Argo CD knows a cluster by a Secret with this label.
inline constexpr char kSecretTypeLabel[] = "argocd.argoproj.io/secret-type";

// A fleet: the Argo CD that serves it, and its name there.
struct FleetRef {
  std::string hub_cluster_id, argocd_ns, name;

  std::string Id() const;  // "<hub cluster id>/<Argo CD's namespace>/<name>"
  friend auto operator<=>(const FleetRef&, const FleetRef&) = default;
};

// InvalidArgument when `id` is no fleet's.
absl::StatusOr<FleetRef> ParseFleetId(const std::string& id);

// "fleet.kproto/fleet=<name>", with the member unless it is "".
std::string SelectorOf(const FleetRef& fleet, const std::string& member = "");

// Argo CD's name of a member's cluster, and of its Secret: unique on the hub.
std::string ClusterNameOf(const FleetRef& fleet, const std::string& member);
kubernetes::ObjectKey SecretKeyOf(const FleetRef& fleet, const std::string& member);
std::string ProjectNameOf(const FleetRef& fleet);
std::string ApplicationSetNameOf(const FleetRef& fleet, const std::string& application);

}  // namespace kproto::fleet
