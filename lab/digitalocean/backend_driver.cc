// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/backend_driver.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lab/digitalocean/clusters.h"
#include "lab/digitalocean/nodes.h"

namespace kproto::lab {
namespace {

// Equal for equal sets of workers; the backend is only told when it changes.
std::string Digest(const std::vector<NodeSpec>& nodes) {
  std::string digest;
  for (const NodeSpec& node : nodes) {
    absl::StrAppend(&digest, node.name, "\n");
    for (const auto& [key, value] : node.labels) {
      absl::StrAppend(&digest, key, "=", value, "\n");
    }
    for (const Taint& taint : node.taints) {
      absl::StrAppend(&digest, taint.key, "=", taint.value, ":", taint.effect, "\n");
    }
  }
  return digest;
}

}  // namespace

BackendDriver::~BackendDriver() {
  for (std::thread& stopper : stoppers_) {
    stopper.join();
  }
}

BackendDriver::Want BackendDriver::ReadWant(const Json& cluster) {
  const std::string version = StringField(cluster, "version");
  Want want;
  want.spec = {StringField(cluster, "id"),
               StringField(cluster, "name"),
               StringField(cluster, "region"),
               StringField(cluster, "vpc_uuid"),
               version.substr(0, version.find('-')),
               StringField(cluster, "cluster_subnet"),
               StringField(cluster, "service_subnet")};
  want.ends = ClusterState(cluster) == "deleting";
  if (want.ends) {
    return want;
  }
  want.nodes = NodeSpecs(cluster);
  want.nodes_digest = Digest(want.nodes);
  want.needs_server = cloud_->Server(want.spec.id).empty();
  for (const NodeSpec& node : want.nodes) {
    if (!cloud_->NodeReady(want.spec.id, node.name)) {
      want.unready_nodes.push_back(node.name);
    }
  }
  return want;
}

void BackendDriver::ReadWants() {
  absl::MutexLock lock(mutex_);
  if (!stale_ && seen_revision_ == cloud_->store.revision()) {
    return;
  }
  wants_.clear();
  for (const Json& cluster : cloud_->store.All("clusters")) {
    wants_.push_back(ReadWant(cluster));
  }
  seen_revision_ = cloud_->store.revision();
  stale_ = false;
}

void BackendDriver::Serve(const Want& want) {
  ClusterBackend& backend = *cloud_->options.backend;
  const std::string& id = want.spec.id;
  if (want.ends) {
    BeginStop(id);
    return;
  }
  if (started_.insert(id).second) {
    backend.Start(want.spec);
  }
  std::string& sent = sent_nodes_[id];
  if (sent != want.nodes_digest) {
    backend.SetNodes(id, want.nodes);
    sent = want.nodes_digest;
  }
  std::string server;
  if (want.needs_server && backend.Ready(id)) {
    const auto access = backend.Mint(id, cloud_->time.Now() + absl::Minutes(1));
    server = access.ok() ? access->server : "";
  }
  std::vector<std::string> ready;
  for (const std::string& node : want.unready_nodes) {
    if (backend.NodeReady(id, node)) {
      ready.push_back(node);
    }
  }
  if (server.empty() && ready.empty()) {
    return;
  }
  absl::MutexLock lock(mutex_);
  Cloud::ControlPlane& plane = cloud_->control_planes[id];
  plane.server = server.empty() ? plane.server : server;
  plane.ready_nodes.insert(ready.begin(), ready.end());
  stale_ = true;
}

// On a thread of its own: processes may take seconds to end, and other clusters go on meanwhile.
void BackendDriver::BeginStop(const std::string& cluster_id) {
  if (!stopping_.insert(cluster_id).second) {
    return;
  }
  sent_nodes_.erase(cluster_id);
  stoppers_.emplace_back([this, cluster_id] {
    cloud_->options.backend->Stop(cluster_id);
    absl::MutexLock lock(mutex_);
    cloud_->control_planes[cluster_id].stopped = true;
  });
}

void BackendDriver::Tick() {
  if (cloud_->options.backend == nullptr) {
    return;
  }
  ReadWants();
  for (const Want& want : wants_) {
    Serve(want);
  }
}

}  // namespace kproto::lab
