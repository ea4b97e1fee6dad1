// SPDX-License-Identifier: MPL-2.0
// KubernetesBackend: the ClusterBackend of the running lab: each simulated cluster is a real
// kube-apiserver with its controllers, scheduler and store, and KWOK nodes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "lab/digitalocean/cluster_backend.h"
#include "lab/kubernetes/cluster.h"
#include "lab/kubernetes/companion.h"
#include "lab/process/spawner.h"
#include "lab/process/tools.h"

namespace kproto::lab {

// One line of `kproto-lab status`.
struct ClusterStatus {
  std::string id, name, server, kubeconfig, directory;
  bool ready = false;
  size_t nodes_ready = 0;
};

// Thread-safe.
class KubernetesBackend : public ClusterBackend {
 public:
  struct Options {
    std::string directory;  // one sub-directory for each cluster
    std::string stages;     // KWOK's configuration
    std::vector<CompanionFactory> companions;
  };

  // `spawner` and `tools` must outlive this.
  KubernetesBackend(Spawner* spawner, const Tools* tools, Options options);
  ~KubernetesBackend() override;

  void Start(const ClusterSpec& spec) override;
  bool Ready(const std::string& cluster_id) override;
  absl::StatusOr<ClusterAccess> Mint(const std::string& cluster_id, absl::Time expiry) override;
  void SetNodes(const std::string& cluster_id, const std::vector<NodeSpec>& nodes) override;
  bool NodeReady(const std::string& cluster_id, const std::string& node_name) override;
  void Stop(const std::string& cluster_id) override;

  // In the order of their start.
  std::vector<ClusterStatus> Status();

  // The one of this name or id; "" means the only one there is. NotFound says which there are.
  absl::StatusOr<std::shared_ptr<Cluster>> Choose(const std::string& name);

 private:
  std::shared_ptr<Cluster> Find(const std::string& cluster_id);
  void Bury();

  Spawner* const spawner_;
  const Tools* const tools_;
  const Options options_;

  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<Cluster>> clusters_;
  std::vector<std::string> order_;
  // Killed clusters: their threads may still wait for the very simulator that stopped them, so
  // another thread sees them out. The data of a deleted one goes too; when the lab itself ends, the
  // data stays for the next `up`.
  enum class Data { kForget, kKeep };
  std::vector<std::pair<std::shared_ptr<Cluster>, Data>> dead_;
  bool stopping_ = false;
  std::thread undertaker_;
};

}  // namespace kproto::lab
