// SPDX-License-Identifier: MPL-2.0
// Work: what the steps of one operation on a member share: the ways to its hub and its cluster,
// what is wanted, and what there is. A side that is gone has nothing left to do on it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "provider/reconcile/step.h"
#include "resources/connections.h"
#include "resources/fleet/deliveries.h"
#include "resources/fleet/hub.h"
#include "resources/fleet_member/cluster_secret.h"
#include "resources/step_call.h"

namespace kproto::fleet_member {

inline constexpr char kAccountNamespace[] =
    "kube-system";  // where `argocd cluster add` has its own

// Whether DigitalOcean has no such cluster any more, or is deleting it: what is in it is gone with
// it, and its API server need not answer.
absl::StatusOr<bool> IsGone(Connections& connections, const std::string& cluster_id,
                            std::stop_token stop);

class Work {
 public:
  Work(Connections& connections, fleet::Hubs& hubs, FleetRef ref, ClusterSecret wanted,
       absl::Duration operation)
      : connections(connections),
        hubs(hubs),
        ref(std::move(ref)),
        wanted(std::move(wanted)),
        operation_(operation) {}

  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Hub(const StepContext& context) {
    return hubs.Connect(ref.hub_cluster_id, CallOf(context));
  }
  // Into the member; the credentials are shared by the steps.
  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Member(const StepContext& context);
  // What the member's API server and its certificate are; known once Member() was asked.
  const kubernetes::Credentials& door() const { return door_; }
  // Looks at what of the fleet is on the hub: its ApplicationSets, this member's Secret and its
  // Applications.
  absl::Status Look(const StepContext& context);

  // Asks anew, unless it was so before: a cluster may go while its member leaves.
  absl::StatusOr<bool> MemberIsGone(const StepContext& context);
  // Until the object in the member is gone, or the member is.
  absl::Status WaitDeleted(kubernetes::Kubernetes& member, const kubernetes::ObjectKey& key,
                           const StepContext& context);

  std::string AccountName() const;  // of this fleet of this hub
  std::string Namespace() const;    // of the fleet in its members; "" when the fleet is not there
  bool Delivers(const char* application) const;

  Connections& connections;
  fleet::Hubs& hubs;
  const FleetRef ref;
  const ClusterSecret wanted;  // but for server, certificate and token
  bool hub_is_gone = false, member_is_gone = false;
  bool renew_token = false;

  std::vector<Json> sets;
  std::vector<argocd::Observed> applications;
  std::optional<ClusterSecret> secret;  // as it is on the hub
  bool name_is_taken = false;           // a Secret of that name is there and is not this member's

 private:
  absl::Status LookAtSecret(kubernetes::Kubernetes& hub, const kubernetes::Call& call);

  const absl::Duration operation_;
  std::mutex mutex_;
  std::shared_ptr<kubernetes::Kubernetes> member_;
  kubernetes::Credentials door_;
};

// Access in the member, the cluster Secret on the hub, and the Applications that come of it; taken
// away in the opposite order.
std::vector<std::unique_ptr<Step>> StepsOf(Work& work);

}  // namespace kproto::fleet_member
