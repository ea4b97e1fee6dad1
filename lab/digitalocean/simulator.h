// SPDX-License-Identifier: MPL-2.0
// Simulator: DigitalOcean's API in one process: one call goes token → call log → rate limit →
// faults → handler, all state in one file. SimulatorServer puts it on a port.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "lab/digitalocean/backend_driver.h"
#include "lab/digitalocean/calls.h"
#include "lab/digitalocean/cloud.h"
#include "lab/digitalocean/faults.h"
#include "lab/digitalocean/http_server.h"
#include "lab/digitalocean/options.h"
#include "lab/digitalocean/rate_limit.h"
#include "lab/digitalocean/router.h"

namespace kproto::lab {

// Thread-safe.
class Simulator {
 public:
  // Reads the state file if there is one and goes on where it ends. Without user tokens any
  // non-empty one is accepted.
  static absl::StatusOr<std::unique_ptr<Simulator>> Create(const SimulatorOptions& options);
  ~Simulator();

  // One call, as it would come over the wire.
  HttpReply Handle(const HttpRequest& request);

  // Moves everything on whose time has come and talks to the backend. Called by a thread of ours
  // unless the options say kManual. One caller at a time.
  void Tick();

  FaultPlan& faults() { return faults_; }
  CallLog& calls() { return calls_; }
  Json Inventory();
  double time_factor() const { return cloud_.time.factor(); }

 private:
  enum class Caller { kStranger, kUser, kController };

  explicit Simulator(const SimulatorOptions& options);
  Caller Identify(const std::string& token) const;
  HttpReply HandleUser(const HttpRequest& request, const std::string& token);
  // Runs the handler and saves. `forced_error`: see ApiRequest.
  ApiResponse Run(const Router& router, const HttpRequest& request,
                  const std::string& forced_error);
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  HttpReply Reply(const ApiResponse& response) const;

  absl::Mutex mutex_;
  Cloud cloud_;  // guarded by mutex_, but for options and time, which never change
  RateLimit rate_limit_ ABSL_GUARDED_BY(mutex_);
  FaultPlan faults_;
  CallLog calls_;
  Router api_, admin_;
  BackendDriver driver_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread ticker_;
};

}  // namespace kproto::lab
