// SPDX-License-Identifier: MPL-2.0
// LokiProcess: the real Loki behind the pods of one release: one process with every target in it,
// with the configuration, the arguments and the disk of a pod, and what a machine that is no
// cluster calls for laid over them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lab/kubernetes/api_client.h"
#include "lab/process/spawner.h"
#include "lab/process/tools.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

inline constexpr char kLokiContainer[] = "loki";

// Not thread-safe.
class LokiProcess {
 public:
  // `directory` holds configuration and log; `disks` one folder for each disk, which outlives it.
  LokiProcess(Spawner* spawner, const Tools* tools, std::string directory, std::string disks);

  // Makes it the Loki of `pod`, one of `pods`: started anew for a pod that it was not before, and
  // when it has died, after pauses that grow as a kubelet's do.
  absl::Status Tend(ApiClient& api, const nlohmann::json& pod, size_t pods);

  // Where it listens on 127.0.0.1; 0 while it does not run.
  int port();

 private:
  absl::Status Prepare(ApiClient& api, const nlohmann::json& pod, size_t pods);

  Spawner* const spawner_;
  const Tools* const tools_;
  const std::string directory_;
  const std::string disks_;
  std::string pod_;  // uid
  int port_ = 0;
  ProcessSpec spec_;
  std::unique_ptr<Process> process_;
  absl::Time not_before_ = absl::InfinitePast();
  absl::Duration pause_;
};

// The arguments of a pod's container with what a machine that is no cluster calls for: every
// target, 127.0.0.1 alone, no gossip, no report to the vendor; one copy of each line where the
// process stands for several pods.
std::vector<std::string> LokiArguments(std::vector<std::string> arguments, int http_port,
                                       int grpc_port, size_t pods);

}  // namespace kproto::lab
