// SPDX-License-Identifier: MPL-2.0
// ClusterBackend: what stands behind the cluster objects of the simulated API. The simulator owns
// names, states and time; a backend owns the control plane and its nodes. The lab's real backend
// runs kube-apiserver and KWOK (lab/kubernetes); NoControlPlane serves tests that need none.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kproto::lab {

struct Taint {
  std::string key, value, effect;  // effect: NoSchedule | PreferNoSchedule | NoExecute
};

// One worker as DOKS makes it. `labels` is complete: DOKS's own and the pool's.
struct NodeSpec {
  std::string name;         // "<pool>-xxxxx"; also the Kubernetes Node's name
  std::string provider_id;  // "digitalocean://<droplet id>"
  std::map<std::string, std::string> labels;
  std::vector<Taint> taints;
  int64_t vcpus = 0;
  int64_t memory_mib = 0;
};

struct ClusterSpec {
  std::string id, name, region, vpc_uuid;
  std::string kubernetes_version;              // "1.34.4"
  std::string cluster_subnet, service_subnet;  // pod and service CIDRs
};

struct ClusterAccess {
  std::string server;  // "https://127.0.0.1:port"
  std::string certificate_authority_pem;
  std::string token;
};

// Called by the simulator from any thread; must not block for longer than a spawn takes and must
// not call back into the simulator.
class ClusterBackend {
 public:
  virtual ~ClusterBackend() = default;

  // Starts the control plane; returns at once. Called again with the same id after a restart of the
  // lab, it goes on with the data it left.
  virtual void Start(const ClusterSpec& spec) = 0;

  // Whether the API server answers (and what it needs inside is installed).
  virtual bool Ready(const std::string& cluster_id) = 0;

  // A new token, valid until `expiry`. Unavailable while the cluster is not ready.
  virtual absl::StatusOr<ClusterAccess> Mint(const std::string& cluster_id, absl::Time expiry) = 0;

  // The whole set of workers that shall exist; missing ones are made, others removed (with their
  // pods), labels and taints brought to what is said here. Labels absent here stay on live nodes,
  // as on DOKS; taints absent here go.
  virtual void SetNodes(const std::string& cluster_id, const std::vector<NodeSpec>& nodes) = 0;
  virtual bool NodeReady(const std::string& cluster_id, const std::string& node_name) = 0;

  // Ends the control plane and forgets its data; returns when its processes are gone.
  virtual void Stop(const std::string& cluster_id) = 0;
};

// Clusters that exist by name only: always ready, nodes ready at once, credentials that lead
// nowhere. For client tests and for scale runs.
class NoControlPlane : public ClusterBackend {
 public:
  void Start(const ClusterSpec&) override {}
  bool Ready(const std::string&) override { return true; }
  absl::StatusOr<ClusterAccess> Mint(const std::string& cluster_id, absl::Time) override {
    return ClusterAccess{"https://127.0.0.1:1", "", "token-" + cluster_id};
  }
  void SetNodes(const std::string&, const std::vector<NodeSpec>&) override {}
  bool NodeReady(const std::string&, const std::string&) override { return true; }
  void Stop(const std::string&) override {}
};

}  // namespace kproto::lab
