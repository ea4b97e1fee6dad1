// SPDX-License-Identifier: MPL-2.0
// RateLimit: DigitalOcean's two limits per token, 5000 calls in any hour and 250 in any minute of
// cloud time. What it tells the client is in cloud time too, counted from now, as the client's own
// waits are (the lab's clock shrinks them by the same factor).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lab/digitalocean/api.h"
#include "lab/digitalocean/cloud_time.h"

namespace kproto::lab {

// Not thread-safe: the simulator's lock guards it.
class RateLimit {
 public:
  RateLimit(const CloudTime* time, int64_t per_hour, int64_t per_minute)
      : time_(time), per_hour_(per_hour), per_minute_(per_minute) {}

  // Counts a call. False when it is one too many; then *refusal is the 429 to send.
  bool Take(const std::string& token, ApiResponse* refusal);

  // ratelimit-limit, -remaining and -reset for an answer to this token.
  std::vector<std::pair<std::string, std::string>> Headers(const std::string& token) const;

 private:
  int64_t CloudSecondsUntil(int64_t micros) const;

  const CloudTime* time_;
  int64_t per_hour_;
  int64_t per_minute_;
  std::map<std::string, std::deque<int64_t>> calls_;  // by token: moments of the last hour
};

}  // namespace kproto::lab
