// SPDX-License-Identifier: MPL-2.0
// HelmProgram: the helm executable, found once, its major version known, and run in an environment
// of our own making. Knows how to run helm, not what to ask of it. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/private_dir.h"
#include "clients/helm/cli_helm.h"
#include "clients/helm/helm.h"

namespace kproto::helm {

class HelmProgram {
 public:
  explicit HelmProgram(CliHelmOptions options) : options_(std::move(options)) {}

  struct Ready {
    std::string path;
    int major = 0;  // 3 or 4
    std::unique_ptr<PrivateDir> dir;
    std::map<std::string, std::string> environment;
  };
  // Finds helm and makes the private directory, the first time. FailedPrecondition without helm.
  absl::StatusOr<const Ready*> Prepare(const Call& call);

  // stdout of `helm <args>`. A helm that fails is a Status from its stderr (helm_error.h).
  absl::StatusOr<std::string> Run(const std::vector<std::string>& args, const std::string& input,
                                  const Call& call);

  // The same with --kubeconfig for the cluster, a file that exists no longer than the run.
  absl::StatusOr<std::string> RunOn(const Cluster& cluster, std::vector<std::string> args,
                                    const std::string& input, const Call& call);

 private:
  absl::StatusOr<std::string> Find() const;

  const CliHelmOptions options_;
  std::mutex mutex_;
  std::unique_ptr<Ready> ready_;
};

}  // namespace kproto::helm
