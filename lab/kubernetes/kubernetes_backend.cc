// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/kubernetes_backend.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kproto::lab {

KubernetesBackend::KubernetesBackend(Spawner* spawner, const Tools* tools, Options options)
    : spawner_(spawner),
      tools_(tools),
      options_(std::move(options)),
      undertaker_([this] { Bury(); }) {}

KubernetesBackend::~KubernetesBackend() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    for (auto& [id, cluster] : clusters_) {
      cluster->Kill();
      dead_.emplace_back(std::move(cluster), Data::kKeep);
    }
    clusters_.clear();
  }
  undertaker_.join();
}

void KubernetesBackend::Start(const ClusterSpec& spec) {
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<Cluster>& cluster = clusters_[spec.id];
  if (cluster == nullptr) {
    cluster = std::make_shared<Cluster>(spawner_, tools_, spec,
                                        absl::StrCat(options_.directory, "/", spec.id),
                                        options_.stages, options_.companions);
    order_.push_back(spec.id);
  }
}

bool KubernetesBackend::Ready(const std::string& cluster_id) {
  const std::shared_ptr<Cluster> cluster = Find(cluster_id);
  return cluster != nullptr && cluster->Ready();
}

absl::StatusOr<ClusterAccess> KubernetesBackend::Mint(const std::string& cluster_id,
                                                      absl::Time expiry) {
  const std::shared_ptr<Cluster> cluster = Find(cluster_id);
  if (cluster == nullptr) {
    return absl::NotFoundError(absl::StrCat("no cluster ", cluster_id));
  }
  return cluster->Mint(expiry);
}

void KubernetesBackend::SetNodes(const std::string& cluster_id,
                                 const std::vector<NodeSpec>& nodes) {
  if (const std::shared_ptr<Cluster> cluster = Find(cluster_id); cluster != nullptr) {
    cluster->SetNodes(nodes);
  }
}

bool KubernetesBackend::NodeReady(const std::string& cluster_id, const std::string& node_name) {
  const std::shared_ptr<Cluster> cluster = Find(cluster_id);
  return cluster != nullptr && cluster->NodeReady(node_name);
}

void KubernetesBackend::Stop(const std::string& cluster_id) {
  absl::MutexLock lock(&mutex_);
  const auto found = clusters_.find(cluster_id);
  if (found == clusters_.end()) {
    return;
  }
  found->second->Kill();
  dead_.emplace_back(std::move(found->second), Data::kForget);
  clusters_.erase(found);
  order_.erase(std::remove(order_.begin(), order_.end(), cluster_id), order_.end());
}

std::vector<ClusterStatus> KubernetesBackend::Status() {
  absl::MutexLock lock(&mutex_);
  std::vector<ClusterStatus> all;
  for (const std::string& id : order_) {
    const Cluster& cluster = *clusters_[id];
    all.push_back({.id = id,
                   .name = cluster.spec().name,
                   .server = cluster.access().server,
                   .kubeconfig = cluster.access().kubeconfig,
                   .directory = cluster.directory(),
                   .ready = cluster.Ready(),
                   .nodes_ready = cluster.ReadyNodes()});
  }
  return all;
}

absl::StatusOr<std::shared_ptr<Cluster>> KubernetesBackend::Choose(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  std::vector<std::shared_ptr<Cluster>> fitting;
  std::vector<std::string> names;
  for (const auto& [id, cluster] : clusters_) {
    names.push_back(cluster->spec().name);
    if (name.empty() || name == id || name == cluster->spec().name) {
      fitting.push_back(cluster);
    }
  }
  if (fitting.size() == 1) {
    return fitting[0];
  }
  return absl::NotFoundError(absl::StrCat(
      fitting.empty() && !name.empty() ? absl::StrCat("there is no cluster ", name) : "",
      fitting.empty() && name.empty() ? "there is no cluster" : "",
      fitting.empty() ? "" : "there are several clusters: say which",
      names.empty() ? "" : absl::StrCat("; there is: ", absl::StrJoin(names, ", "))));
}

std::shared_ptr<Cluster> KubernetesBackend::Find(const std::string& cluster_id) {
  absl::MutexLock lock(&mutex_);
  const auto found = clusters_.find(cluster_id);
  return found == clusters_.end() ? nullptr : found->second;
}

void KubernetesBackend::Bury() {
  bool stopping = false;
  while (!stopping) {
    decltype(dead_) dead;
    {
      absl::MutexLock lock(&mutex_);
      const auto work = +[](KubernetesBackend* b) { return b->stopping_ || !b->dead_.empty(); };
      mutex_.Await(absl::Condition(work, this));
      dead = std::exchange(dead_, {});
      stopping = stopping_;
    }
    for (auto& [cluster, data] : dead) {
      const std::string directory = cluster->directory();
      cluster.reset();
      std::error_code ignored;
      if (data == Data::kForget) {
        std::filesystem::remove_all(directory, ignored);
      }
    }
  }
}

}  // namespace kproto::lab
