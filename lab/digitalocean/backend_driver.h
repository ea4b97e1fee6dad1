// SPDX-License-Identifier: MPL-2.0
// BackendDriver: keeps the control planes behind the clusters in step with them. Each tick it tells
// the backend what is new (clusters, their workers, their end) and asks what has become ready. It
// calls the backend without holding the simulator's lock.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

class BackendDriver {
 public:
  // Both are the simulator's and outlive the driver.
  BackendDriver(Cloud* cloud, absl::Mutex* mutex) : cloud_(cloud), mutex_(mutex) {}
  ~BackendDriver();

  // Without the lock, from one thread at a time.
  void Tick();

 private:
  // What one cluster wants of its backend.
  struct Want {
    ClusterSpec spec;
    std::vector<NodeSpec> nodes;
    std::string nodes_digest;
    std::vector<std::string> unready_nodes;
    bool needs_server = false;
    bool ends = false;
  };

  void ReadWants();
  Want ReadWant(const Json& cluster);
  void Serve(const Want& want);
  void BeginStop(const std::string& cluster_id);

  Cloud* cloud_;
  absl::Mutex* mutex_;
  uint64_t seen_revision_ = 0;
  bool stale_ = true;
  std::vector<Want> wants_;
  std::set<std::string> started_, stopping_;
  std::map<std::string, std::string> sent_nodes_;  // digest by cluster id
  std::vector<std::thread> stoppers_;
};

}  // namespace kproto::lab
