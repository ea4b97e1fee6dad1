// SPDX-License-Identifier: MPL-2.0
// The steps of a kproto_cluster: vpc → (what workloads made) → cluster → upgrade → node pools →
// node actions → control plane firewall → API server → project → registries → certificate
// authority. Each looks by id, or by the nonce of the journal's intent when no id is known yet, so
// that a killed apply is gone on with and nothing is made twice. Sources: /v2/vpcs,
// /v2/kubernetes/clusters.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "clients/digitalocean/digitalocean.h"
#include "clients/kubernetes/kubernetes.h"
#include "provider/reconcile/journal.h"
#include "provider/reconcile/step.h"
#include "provider/runtime/diagnostics.h"
#include "resources/cluster/associated.h"
#include "resources/cluster/model.h"

namespace kproto {

// What the steps of one operation share. Not thread-safe: these steps all wait for one another.
struct ClusterWork {
  digitalocean::DigitalOcean& api;
  Journal& journal;
  const ClusterModel wanted;     // as planned, or as stored when reading or destroying
  ClusterModel& state;           // what is known to be; ids are written at once
  std::optional<Intent> intent;  // only while creating
  std::optional<digitalocean::Cluster> live;
  // A way to the cluster's API server that shares no connection with earlier ones.
  std::function<absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>>(
      const kubernetes::Credentials&)>
      connect;
  Diagnostics warnings;                 // what the user should know though it stops nothing
  bool degraded = false;                // whether it was when the operation began
  std::set<std::string> replace_nodes;  // ids that the node actions replace, if they are there
  // Versions by the name of the node, as the nodes tell; null where nobody can be asked.
  std::function<absl::StatusOr<std::map<std::string, std::string>>(std::stop_token)> node_versions;
  Attr<SetOf<std::string>> registries_before = {};  // what an update finds; see registry_step.h

  // The nonce that marks what is made here; "" when there is no intent.
  std::string nonce() const { return intent ? intent->nonce : ""; }
  // False while creating a cluster whose nodes somebody else waits for.
  bool waits_for_nodes() const { return !intent || wanted.wait_for_nodes.value_or(true); }
  // Keeps a fact for whoever continues after a crash.
  absl::Status Record(const std::string& fact, const std::string& value);
};

// Steps hold a reference to `work`, which must outlive them.
std::unique_ptr<Step> MakeVpcStep(ClusterWork& work);
// Comes between cluster and VPC, and has something to do only when destroying.
std::unique_ptr<Step> MakeAssociatedStep(ClusterWork& work);
std::unique_ptr<Step> MakeClusterStep(ClusterWork& work);
std::unique_ptr<Step> MakeUpgradeStep(ClusterWork& work);
std::unique_ptr<Step> MakeNodePoolsStep(ClusterWork& work);
std::unique_ptr<Step> MakeFirewallStep(ClusterWork& work);
std::unique_ptr<Step> MakeApiServerStep(ClusterWork& work);
std::unique_ptr<Step> MakeNodeActionsStep(ClusterWork& work);
std::unique_ptr<Step> MakeCertificateStep(ClusterWork& work);

inline constexpr absl::string_view kAssociatedStep = "associated_resources";

// The id of the cluster that the state is about, also when the cluster is gone; "" when there never
// was one.
std::string ClusterIdOf(const ClusterModel& state);
// Those of `things` that shall not outlive the cluster.
AssociatedThings Doomed(const AssociatedThings& things, const Attr<OnDestroy>& on_destroy);

}  // namespace kproto
