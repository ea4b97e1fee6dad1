// SPDX-License-Identifier: MPL-2.0
// What a simulated account and its cloud are like.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lab/digitalocean/cluster_backend.h"

namespace kproto::lab {

struct SimulatorOptions {
  std::string state_path;           // empty: in memory only
  double time_factor = 1;           // how many times faster than DigitalOcean things happen
  std::function<absl::Time()> now;  // real time; null: the machine's clock
  ClusterBackend* backend =
      nullptr;  // not owned, outlives the simulator; null: clusters by name only
  std::vector<std::string> user_tokens;
  std::string controller_token;  // calls with it are neither limited, recorded nor hurt by faults
  uint64_t seed = 0;             // 0: random ids
  enum class Vpcs { kDefaultsExist, kNone } vpcs = Vpcs::kDefaultsExist;
  enum class Ticker { kThread, kManual } ticker = Ticker::kThread;
  int64_t droplet_limit = 50;
  int64_t volume_limit = 100;
  int64_t requests_per_hour = 5000;  // of cloud time
  int64_t requests_per_minute = 250;
  // When set, answers ask kproto to give up on a silent call after so long (real time), so that
  // tests of silence need no minutes. docs/decisions/2026-11-25-lab-request-timeout.md.
  absl::Duration request_timeout;
};

}  // namespace kproto::lab
