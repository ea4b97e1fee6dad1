// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/rate_limit.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace kproto::lab {

int64_t RateLimit::CloudSecondsUntil(int64_t micros) const {
  const double real_seconds = static_cast<double>(micros - time_->Micros()) / 1e6;
  return std::max<int64_t>(1, static_cast<int64_t>(std::ceil(real_seconds * time_->factor())));
}

bool RateLimit::Take(const std::string& token, ApiResponse* refusal) {
  std::deque<int64_t>& calls = calls_[token];
  const int64_t now = time_->Micros();
  const int64_t hour = time_->Scaled(absl::Hours(1));
  const int64_t minute = time_->Scaled(absl::Minutes(1));
  while (!calls.empty() && calls.front() <= now - hour) {
    calls.pop_front();
  }
  if (static_cast<int64_t>(calls.size()) >= per_hour_) {
    *refusal = Error(429, "API Rate limit exceeded.");
    refusal->headers.emplace_back("retry-after",
                                  absl::StrCat(CloudSecondsUntil(calls.front() + hour)));
    return false;
  }
  const auto first = std::upper_bound(calls.begin(), calls.end(), now - minute);
  if (calls.end() - first >= per_minute_) {
    *refusal = Error(429, "Too many requests");
    refusal->headers.emplace_back("retry-after", absl::StrCat(CloudSecondsUntil(*first + minute)));
    return false;
  }
  calls.push_back(now);
  return true;
}

std::vector<std::pair<std::string, std::string>> RateLimit::Headers(
    const std::string& token) const {
  const auto it = calls_.find(token);
  const int64_t used = it == calls_.end() ? 0 : static_cast<int64_t>(it->second.size());
  const int64_t oldest = used == 0 ? time_->Micros() : it->second.front();
  const int64_t reset =
      absl::ToUnixSeconds(time_->Now()) + CloudSecondsUntil(oldest + time_->Scaled(absl::Hours(1)));
  return {{"ratelimit-limit", absl::StrCat(per_hour_)},
          {"ratelimit-remaining", absl::StrCat(std::max<int64_t>(0, per_hour_ - used))},
          {"ratelimit-reset", absl::StrCat(reset)}};
}

}  // namespace kproto::lab
