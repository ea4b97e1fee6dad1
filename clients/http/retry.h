// SPDX-License-Identifier: MPL-2.0
// When a failed request may be tried again and how long to wait before it: pure decisions, no
// clock, no network. RetryingClient carries them out.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/http/http_client.h"

namespace kproto::http {

struct RetryPolicy {
  int max_attempts = 5;  // the first one included

  // Exponential: initial, initial * 2, …, never above the ceiling; each wait is then drawn from
  // its upper half, so that many clients do not come back at once.
  absl::Duration initial_backoff = absl::Seconds(1);
  absl::Duration max_backoff = absl::Seconds(30);

  // A server that asks for a longer pause than this gets no further attempt.
  absl::Duration max_retry_after = absl::Minutes(10);

  // Where in the upper half, from [0, 1). Replaced by tests; must be thread-safe.
  std::function<double()> jitter;
};

enum class Verdict {
  kDone,           // an answer that trying again would not change
  kRetry,          // worth another attempt, and harmless
  kNotIdempotent,  // worth another attempt, but it may have been executed already
};

// What to do about the outcome of one attempt. Retried are connection failures, timeouts, 408, 429
// and every 5xx but 501. A request that is not idempotent is retried only when it cannot have been
// executed: no connection, or 429.
Verdict Judge(const Request& request, const absl::StatusOr<Response>& outcome);

// The wait after attempt number `attempt` (from 1) by the policy alone.
absl::Duration BackoffAfter(const RetryPolicy& policy, int attempt);

}  // namespace kproto::http
