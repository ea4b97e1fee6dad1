// SPDX-License-Identifier: MPL-2.0
#include "clients/http/rate_budget.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/numbers.h"
#include "base/log.h"
#include "clients/http/response.h"

namespace kproto::http {
namespace {

constexpr absl::Duration kWindow = absl::Hours(1);  // DigitalOcean's documented window
constexpr absl::Duration kMaxSpacing = absl::Seconds(10);
// ratelimit-reset says when the *oldest* request leaves the window: one request's worth of hope.
constexpr absl::Duration kMaxWaitForReset = absl::Minutes(1);

}  // namespace

std::shared_ptr<RateBudget> RateBudget::For(const SecretString& token) {
  static auto& mutex = *new std::mutex;
  static auto& budgets = *new std::map<std::string, std::shared_ptr<RateBudget>>;
  std::scoped_lock lock(mutex);
  std::shared_ptr<RateBudget>& budget = budgets[token.Reveal()];
  if (budget == nullptr) {
    budget = std::make_shared<RateBudget>();
  }
  return budget;
}

absl::Duration RateBudget::Spacing() const {
  const int64_t low = limit_ / 10;
  if (limit_ <= 0 || remaining_ >= low) {
    return absl::ZeroDuration();
  }
  const absl::Duration pace = kWindow / limit_;
  return std::min(pace * (static_cast<double>(low) / (remaining_ + 1)), kMaxSpacing);
}

bool RateBudget::Wait(Clock& clock, std::stop_token stop) {
  absl::Duration wait;
  {
    std::scoped_lock lock(mutex_);
    const absl::Time now = clock.Now();
    const absl::Time slot = std::max(now, next_);
    // The slots are in wall time, the waits in cloud time: in the lab these differ by a factor.
    next_ = slot + Spacing() / clock.factor();
    remaining_ = std::max<int64_t>(remaining_ - 1, 0);
    wait = (slot - now) * clock.factor();
  }
  if (wait <= absl::ZeroDuration()) {
    return !stop.stop_requested();
  }
  Log(LogLevel::kDebug, "waiting for the API's rate limit", {{"wait", absl::FormatDuration(wait)}});
  return clock.Sleep(wait, stop);
}

void RateBudget::Learn(const Response& response, Clock& clock) {
  std::scoped_lock lock(mutex_);
  const absl::Time now = clock.Now();
  int64_t limit = 0, remaining = 0, reset = 0;
  if (absl::SimpleAtoi(response.Header("ratelimit-limit"), &limit) && limit > 0 &&
      absl::SimpleAtoi(response.Header("ratelimit-remaining"), &remaining)) {
    limit_ = limit;
    remaining_ = std::clamp<int64_t>(remaining, 0, limit);
    if (remaining_ == 0 && absl::SimpleAtoi(response.Header("ratelimit-reset"), &reset)) {
      next_ = std::max(next_, std::min(absl::FromUnixSeconds(reset), now + kMaxWaitForReset));
    }
  }
  if (response.code == 429) {
    next_ = std::max(next_, now + RetryAfter(response, now) / clock.factor());
  }
}

}  // namespace kproto::http
