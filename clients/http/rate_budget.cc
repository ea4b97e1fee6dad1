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
// DigitalOcean allows 5 % of the hour's allowance in any minute. A tenth of that is left for others
// who use the token, and for clocks that do not agree.
constexpr absl::Duration kBurstWindow = absl::Minutes(1);
constexpr double kBurstShare = 0.05 * 0.9;
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

// When the next request may go out. The slots are in wall time; in the lab cloud time, which limits
// and waits are said in, passes `factor` times faster.
absl::Time RateBudget::TakeSlot(absl::Time now, double factor) {
  absl::Time slot = std::max({now, next_, pause_});
  const absl::Duration window = kBurstWindow / factor;
  while (!sent_.empty() && sent_.front() <= now - window) {
    sent_.pop_front();
  }
  const auto burst = static_cast<size_t>(static_cast<double>(limit_) * kBurstShare);
  if (limit_ > 0 && burst > 0 && sent_.size() >= burst) {
    slot = std::max(slot, sent_[sent_.size() - burst] + window);
  }
  sent_.push_back(slot);
  next_ = slot + Spacing() / factor;
  remaining_ = std::max<int64_t>(remaining_ - 1, 0);
  return slot;
}

bool RateBudget::Wait(Clock& clock, std::stop_token stop) {
  absl::Time slot;
  {
    std::scoped_lock lock(mutex_);
    slot = TakeSlot(clock.Now(), clock.factor());
  }
  while (true) {
    const absl::Duration wait = (slot - clock.Now()) * clock.factor();
    if (wait <= absl::ZeroDuration()) {
      return !stop.stop_requested();
    }
    Log(LogLevel::kDebug, "waiting for the API's rate limit",
        {{"wait", absl::FormatDuration(wait)}});
    if (!clock.Sleep(wait, stop)) {
      return false;
    }
    // A 429 may have come meanwhile: then this one must not go out either.
    std::scoped_lock lock(mutex_);
    slot = std::max(slot, pause_);
  }
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
      pause_ = std::max(pause_, std::min(absl::FromUnixSeconds(reset), now + kMaxWaitForReset));
    }
  }
  if (response.code == 429) {
    pause_ = std::max(pause_, now + RetryAfter(response, now) / clock.factor());
  }
}

}  // namespace kproto::http
