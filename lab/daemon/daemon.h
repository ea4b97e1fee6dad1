// SPDX-License-Identifier: MPL-2.0
// Daemon: the running lab. It puts the parts together (simulator, clusters, chart and Git servers),
// and what it started ends with it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lab/argocd/argocd_runner.h"
#include "lab/daemon/lab_files.h"
#include "lab/daemon/lab_record.h"
#include "lab/digitalocean/simulator.h"
#include "lab/digitalocean/simulator_server.h"
#include "lab/kubernetes/kubernetes_backend.h"
#include "lab/process/spawner.h"
#include "lab/process/tools.h"
#include "lab/scenes/playing_scenes.h"
#include "lab/servers/http_listener.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

struct DaemonOptions {
  enum class Clusters { kReal, kByNameOnly };

  std::string directory;
  std::string data;      // the repository's lab/ folder: charts, KWOK stages
  std::string tools;     // directory of links; unused for kByNameOnly
  std::string provider;  // the provider's binary, for `env`
  double time_factor = 30;
  Clusters clusters = Clusters::kReal;
};

class Daemon {
 public:
  using Progress = std::function<void(absl::string_view)>;

  // Goes on with what an earlier run left in the directory. AlreadyExists when one runs there.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(const DaemonOptions& options,
                                                       const Progress& progress);
  ~Daemon();

  const LabRecord& record() const { return record_; }

 private:
  Daemon(const DaemonOptions& options, LabLock lock);

  absl::Status StartCloud();
  absl::Status StartServers(const Progress& progress);
  absl::Status StartControl();
  nlohmann::json StatusJson();

  const DaemonOptions options_;
  const LabFiles files_;
  const LabLock lock_;
  const Tools tools_;
  LabRecord before_, record_;

  // In the order in which each needs the one above it.
  Spawner spawner_;
  ArgoCdStatus argocd_;
  std::unique_ptr<KubernetesBackend> backend_;
  std::unique_ptr<PlayingScenes> scenes_;
  std::unique_ptr<Simulator> simulator_;
  std::unique_ptr<SimulatorServer> simulator_server_;
  std::unique_ptr<HttpListener> charts_, git_, control_;
};

}  // namespace kproto::lab
