// SPDX-License-Identifier: MPL-2.0
#include "clients/http/retry.h"

#include <algorithm>
#include <random>

#include "clients/http/response.h"

namespace kproto::http {
namespace {

bool IsTransient(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kDeadlineExceeded;
}

bool IsTransient(int http_code) {
  return http_code == 408 || http_code == 429 || (http_code >= 500 && http_code != 501);
}

double RandomJitter() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace

Verdict Judge(const Request& request, const absl::StatusOr<Response>& outcome) {
  const bool transient = outcome.ok() ? IsTransient(outcome->code) : IsTransient(outcome.status());
  if (!transient) {
    return Verdict::kDone;
  }
  if (IdempotencyOf(request) == Idempotency::kIdempotent) {
    return Verdict::kRetry;
  }
  const bool untouched =
      outcome.ok() ? outcome->code == 429 : !MayHaveTakenEffect(outcome.status());
  return untouched ? Verdict::kRetry : Verdict::kNotIdempotent;
}

absl::Duration BackoffAfter(const RetryPolicy& policy, int attempt) {
  absl::Duration wait = std::min(policy.initial_backoff, policy.max_backoff);
  for (int i = 1; i < attempt && wait < policy.max_backoff; ++i) {
    wait = std::min(wait * 2, policy.max_backoff);
  }
  const double where = policy.jitter ? policy.jitter() : RandomJitter();
  return wait / 2 * (1 + std::clamp(where, 0.0, 1.0));
}

}  // namespace kproto::http
