// SPDX-License-Identifier: MPL-2.0
// RateBudget: how much of an API token's request allowance is left, as its answers tell, and the
// pauses that keep a busy apply from running into the limit. DigitalOcean allows 5000 requests an
// hour (a sliding window) and 250 a minute per token, whoever uses it.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/secret.h"
#include "clients/http/http_client.h"

namespace kproto::http {

// Thread-safe. Shared by all clients that use one token.
class RateBudget {
 public:
  // The budget of this token in this process; the same object for the same token.
  static std::shared_ptr<RateBudget> For(const SecretString& token);

  // Waits until a request may go out: not at all while more than a tenth of the allowance is left
  // and the last minute has room; below that at the pace the window refills, slower the less is
  // left; after a 429 as long as the server asked. False when `stop` ended the wait.
  bool Wait(Clock& clock, std::stop_token stop);

  // Reads ratelimit-limit, -remaining and -reset, and Retry-After of a 429. Answers without them
  // change nothing.
  void Learn(const Response& response, Clock& clock);

 private:
  absl::Duration Spacing() const;
  absl::Time TakeSlot(absl::Time now, double factor);

  std::mutex mutex_;
  int64_t limit_ = 0;  // 0: not known
  int64_t remaining_ = 0;
  // Wall time: when the next request may go out, until when none may, and when those of the last
  // minute of cloud time went or will go out.
  absl::Time next_ = absl::InfinitePast();
  absl::Time pause_ = absl::InfinitePast();
  std::deque<absl::Time> sent_;
};

}  // namespace kproto::http
