// SPDX-License-Identifier: MPL-2.0
// The steps of a kproto_cluster: vpc → (what workloads made) → cluster → node pools → certificate
// authority. Each looks by
// id, or by the nonce of the journal's intent when no id is known yet, so that a killed apply is
// gone on with and nothing is made twice. Sources: /v2/vpcs, /v2/kubernetes/clusters.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/digitalocean/digitalocean.h"
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
  Diagnostics said{};  // warnings of steps, for the person who waits

  // The nonce that marks what is made here; "" when there is no intent.
  std::string nonce() const { return intent ? intent->nonce : ""; }
  // Keeps a fact for whoever continues after a crash.
  absl::Status Record(const std::string& fact, const std::string& value);
};

// Steps hold a reference to `work`, which must outlive them.
std::unique_ptr<Step> MakeVpcStep(ClusterWork& work);
// Comes between cluster and VPC, and has something to do only when destroying.
std::unique_ptr<Step> MakeAssociatedStep(ClusterWork& work);
std::unique_ptr<Step> MakeClusterStep(ClusterWork& work);
std::unique_ptr<Step> MakeNodePoolsStep(ClusterWork& work);
std::unique_ptr<Step> MakeCertificateStep(ClusterWork& work);

inline constexpr absl::string_view kAssociatedStep = "associated_resources";

// The id of the cluster that the state is about, also when the cluster is gone; "" when there never
// was one.
std::string ClusterIdOf(const ClusterModel& state);
// Those of `things` that shall not outlive the cluster.
AssociatedThings Doomed(const AssociatedThings& things, const Attr<OnDestroy>& on_destroy);

// How long to wait between two looks at something that takes minutes.
inline constexpr absl::Duration kPollInterval = absl::Seconds(5);

// Polls the cluster, one read each time, until it is running with as many running nodes as its
// pools say, nothing draining and `gone` pools gone. FailedPrecondition when DigitalOcean reports
// an error.
absl::Status WaitUntilRunning(ClusterWork& work, const StepContext& context,
                              const std::vector<std::string>& gone_pools);

}  // namespace kproto
