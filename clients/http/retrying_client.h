// SPDX-License-Identifier: MPL-2.0
// RetryingClient: HttpClient that repeats what may be repeated. Waits go through the Clock, so they
// end with the stop token, and tests see them without waiting. It also learns from each answer: the
// rate budget and, from loopback servers only, the lab's time factor and request timeout.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "clients/http/http_client.h"
#include "clients/http/rate_budget.h"
#include "clients/http/retry.h"

namespace kproto::http {

class RetryingClient : public HttpClient {
 public:
  // `inner` and `clock` must outlive this object; `budget` may be null (an API without a limit).
  RetryingClient(HttpClient& inner, Clock& clock, RetryPolicy policy = {},
                 std::shared_ptr<RateBudget> budget = nullptr)
      : inner_(inner), clock_(clock), policy_(std::move(policy)), budget_(std::move(budget)) {}

  // The outcome of the last attempt. Its message, or Response::note, says why there was no further
  // one when there might have been. A streamed body that has begun is never started again.
  absl::StatusOr<Response> Send(const Request& request, std::stop_token stop) override;

 private:
  absl::StatusOr<Response> Attempt(const Request& request, std::stop_token stop);
  void LearnFromLab(const Request& request, const Response& response);

  HttpClient& inner_;
  Clock& clock_;
  const RetryPolicy policy_;
  const std::shared_ptr<RateBudget> budget_;
  std::atomic<int64_t> lab_timeout_ms_ = 0;  // of one attempt, as the lab asks; 0: it does not
};

}  // namespace kproto::http
