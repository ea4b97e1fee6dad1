// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/cloud.h"

#include "absl/strings/str_cat.h"
#include "lab/digitalocean/ids.h"

namespace kproto::lab {

Cloud::Cloud(const SimulatorOptions& simulator_options)
    : options(simulator_options), time(options.time_factor, options.now) {}

std::string Cloud::Server(const std::string& cluster_id) const {
  if (options.backend == nullptr) {
    return "https://127.0.0.1:1";  // as NoControlPlane says
  }
  auto it = control_planes.find(cluster_id);
  return it == control_planes.end() ? "" : it->second.server;
}

bool Cloud::NodeReady(const std::string& cluster_id, const std::string& node) const {
  if (options.backend == nullptr) {
    return true;
  }
  auto it = control_planes.find(cluster_id);
  return it != control_planes.end() && it->second.ready_nodes.count(node) > 0;
}

bool Cloud::Stopped(const std::string& cluster_id) const {
  if (options.backend == nullptr) {
    return true;
  }
  auto it = control_planes.find(cluster_id);
  return it != control_planes.end() && it->second.stopped;
}

ClusterBackend& Cloud::backend() {
  return options.backend != nullptr ? *options.backend : no_control_plane_;
}

std::string Cloud::NewId() { return Uuid(options.seed, store.NextSerial()); }
std::string Cloud::NewNodeSuffix() { return NodeSuffix(options.seed, store.NextSerial()); }

int64_t Cloud::NewDropletId() { return 400000000 + static_cast<int64_t>(store.NextSerial()); }

// From the ranges that RFC 5737 keeps for documentation: no lab reaches a stranger by accident.
std::string Cloud::NewPublicIp() {
  static const char* const kNetworks[] = {"203.0.113.", "198.51.100.", "192.0.2."};
  const int64_t n = IntField(store.root(), "addresses");
  store.root()["addresses"] = n + 1;
  store.Touch();
  return absl::StrCat(kNetworks[n / 250 % 3], n % 250 + 1);
}

}  // namespace kproto::lab
