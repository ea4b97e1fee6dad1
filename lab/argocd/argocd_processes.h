// SPDX-License-Identifier: MPL-2.0
// ArgoCdProcesses: the real Argo CD of one simulated cluster (redis, repo-server, application
// controller, ApplicationSet controller) as host processes, because its pods are only simulated.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lab/kubernetes/api_client.h"
#include "lab/process/spawner.h"
#include "lab/process/tools.h"

namespace kproto::lab {

// Not thread-safe.
class ArgoCdProcesses {
 public:
  // `directory` holds logs, caches and settings.
  ArgoCdProcesses(Spawner* spawner, const Tools* tools, const AdminAccess& access,
                  std::string directory);

  // The ApplicationSet controller is there or not, as its pod is; Argo CD does without it.
  enum class ApplicationSets { kIdle, kServed };
  // Starts what does not run; what died is started again, at most once a second.
  absl::Status Tend(ApplicationSets application_sets);
  void Stop();
  bool running() const { return !members_.empty(); }

 private:
  struct Member {
    std::string name;
    std::vector<std::string> argv;
    std::unique_ptr<Process> process;
    absl::Time started = absl::InfinitePast();
    bool application_sets = false;  // it is their controller
  };

  absl::Status Prepare();
  std::map<std::string, std::string> EnvironmentOf(const std::string& name) const;

  Spawner* const spawner_;
  const Tools* const tools_;
  const AdminAccess access_;
  const std::string directory_;
  std::string redis_password_;
  std::vector<Member> members_;
};

}  // namespace kproto::lab
