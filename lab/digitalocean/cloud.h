// SPDX-License-Identifier: MPL-2.0
// Cloud: what every kind's handlers share: the store, the time, the options and what is known of
// the clusters' control planes. Guarded by the simulator's lock.
#pragma once

#include <map>
#include <set>
#include <string>

#include "lab/digitalocean/cloud_time.h"
#include "lab/digitalocean/options.h"
#include "lab/digitalocean/store.h"

namespace kproto::lab {

struct Cloud {
  explicit Cloud(const SimulatorOptions& simulator_options);

  SimulatorOptions options;
  CloudTime time;
  Store store;

  // What the backend driver last heard, by cluster id; nothing of it is stored, as a restarted lab
  // has to ask again.
  struct ControlPlane {
    std::string server;                 // empty until ready
    std::set<std::string> ready_nodes;  // by name
    bool stopped = false;
  };
  std::map<std::string, ControlPlane> control_planes;

  // Where the cluster's API answers; empty while it does not.
  std::string Server(const std::string& cluster_id) const;
  bool NodeReady(const std::string& cluster_id, const std::string& node) const;
  bool Stopped(const std::string& cluster_id) const;
  ClusterBackend& backend();

  std::string NewId();
  std::string NewNodeSuffix();
  int64_t NewDropletId();
  std::string NewPublicIp();

 private:
  NoControlPlane no_control_plane_;
};

}  // namespace kproto::lab
