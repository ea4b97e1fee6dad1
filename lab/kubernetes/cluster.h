// SPDX-License-Identifier: MPL-2.0
// Cluster: one simulated cluster as it lives: a thread that keeps its control plane running, fills
// it once it answers, starts its companions, and keeps its nodes as the pools say.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "lab/digitalocean/cluster_backend.h"
#include "lab/kubernetes/companion.h"
#include "lab/kubernetes/control_plane.h"
#include "lab/kubernetes/pod_network.h"

namespace kproto::lab {

// Thread-safe. No method waits for the API server.
class Cluster {
 public:
  Cluster(Spawner* spawner, const Tools* tools, const ClusterSpec& spec,
          const std::string& directory, const std::string& stages,
          std::vector<CompanionFactory> companions);

  bool Ready() const;
  absl::StatusOr<ClusterAccess> Mint(absl::Time expiry) const;
  void SetNodes(std::vector<NodeSpec> nodes);
  bool NodeReady(const std::string& name) const;
  size_t ReadyNodes() const;

  // What a scene does to it.
  ControlPlane& plane() { return plane_; }
  // Behind the tokens that are minted from now on.
  void SetAdmin(const std::string& uid);

  // Kills the control plane at once; the thread and the companions end in the destructor, which
  // may have to wait for a call of theirs to return.
  void Kill();

  const AdminAccess& access() const { return plane_.access(); }
  const std::string& directory() const { return plane_.directory(); }
  const ClusterSpec& spec() const { return spec_; }

 private:
  absl::Status Prepare();
  void Run(std::stop_token stop);
  bool BecomeReady(ApiClient& api);
  void KeepNodes(ApiClient& api);

  const ClusterSpec spec_;
  const std::vector<CompanionFactory> factories_;
  PodNetwork pods_;
  ControlPlane plane_;
  const absl::Status prepared_;

  mutable absl::Mutex mutex_;
  std::string admin_uid_;                       // not empty: ready
  std::optional<std::vector<NodeSpec>> nodes_;  // nothing yet: the pools are not known
  std::set<std::string> ready_nodes_;
  std::vector<std::unique_ptr<Companion>> companions_;  // only touched by Run

  std::jthread thread_;  // last: starts when all of the above is there, ends before it goes
};

}  // namespace kproto::lab
