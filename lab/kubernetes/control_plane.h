// SPDX-License-Identifier: MPL-2.0
// ControlPlane: the processes of one simulated cluster (etcd, kube-apiserver, controller-manager,
// scheduler, KWOK) and their files. It knows how they are started and no more; Cluster drives it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "lab/digitalocean/cluster_backend.h"
#include "lab/kubernetes/api_client.h"
#include "lab/kubernetes/certificates.h"
#include "lab/process/spawner.h"
#include "lab/process/tools.h"

namespace kproto::lab {

// Thread-safe.
class ControlPlane {
 public:
  // `directory` holds everything the cluster owns; `stages` is the KWOK configuration.
  ControlPlane(Spawner* spawner, const Tools* tools, ClusterSpec spec, std::string directory,
               std::string stages);

  // Keys, tokens, ports and kubeconfig; what is there from an earlier run is kept. `egress` says
  // how the API server reaches pods (--egress-selector-config-file).
  absl::Status Prepare(const std::string& egress);

  // Starts what does not run: first the store and the API server; the controllers once
  // `api_answers`. A child that died is started again, at most once a second.
  absl::Status Tend(bool api_answers);

  // Whether the API server runs. Away, its port is closed and Tend does not start it again.
  enum class Presence { kThere, kAway };
  void SetApiServer(Presence presence);

  // Parts of names of images that no node can pull from now on, beside those tagged `missing`. On
  // return nothing starts pods by the old rule any more. Outlives the lab.
  absl::Status RefuseImages(const std::vector<std::string>& parts);

  // Ends every process for good; a later Tend starts nothing.
  void Kill();

  const AdminAccess& access() const { return access_; }
  const CertificatePaths& certificates() const { return certificates_; }
  const std::string& directory() const { return directory_; }

 private:
  struct Member {
    std::vector<std::string> argv;
    bool needs_api = false;
    bool away = false;  // not to be started
    std::unique_ptr<Process> process;
    absl::Time started = absl::InfinitePast();
  };

  absl::Status ChoosePorts();
  absl::Status WriteCredentials();
  enum Role { kEtcd, kApiServer, kControllerManager, kScheduler, kKwok };
  std::vector<std::string> Etcd() const;
  std::vector<std::string> ApiServer() const;
  std::vector<std::string> ControllerManager() const;
  std::vector<std::string> Scheduler() const;
  std::vector<std::string> Kwok() const;
  std::string OwnStages() const { return directory_ + "/stages.yaml"; }

  Spawner* const spawner_;
  const Tools* const tools_;
  const ClusterSpec spec_;
  const std::string directory_;
  const std::string stages_;
  const CertificatePaths certificates_;
  AdminAccess access_;
  int etcd_port_ = 0;
  int api_port_ = 0;

  absl::Mutex mutex_;
  std::vector<Member> members_;  // in the order of Role
  bool killed_ = false;
};

// The address of the `kubernetes` Service: the first of `service_subnet` (IPv4 CIDR).
std::string FirstServiceAddress(const std::string& service_subnet);

}  // namespace kproto::lab
