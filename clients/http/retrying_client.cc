// SPDX-License-Identifier: MPL-2.0
#include "clients/http/retrying_client.h"

#include <algorithm>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "clients/http/response.h"
#include "clients/http/url.h"

namespace kproto::http {
namespace {

constexpr double kMaxTimeFactor = 100000;

// The outcome with the reason why it is the last one.
absl::StatusOr<Response> WithNote(absl::StatusOr<Response> outcome, const std::string& note) {
  if (outcome.ok()) {
    outcome->note = note;
    return outcome;
  }
  absl::Status status(outcome.status().code(),
                      absl::StrCat(outcome.status().message(), "; ", note));
  outcome.status().ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { status.SetPayload(url, payload); });
  return status;
}

// What an interrupted wait between two attempts ends with.
absl::Status Interrupted(const Request& request, const absl::StatusOr<Response>& outcome) {
  return absl::CancelledError(
      absl::StrCat(MethodName(request.method), " ", HostOf(request.url), PathOf(request.url),
                   ": interrupted while waiting to try again; last attempt: ",
                   outcome.ok() ? absl::StrCat("HTTP ", outcome->code)
                                : std::string(outcome.status().message())));
}

}  // namespace

// The lab's simulator tells how much faster than the wall clock it runs, and may ask for less
// patience with silence than the real API deserves. Nothing outside this machine may do so.
void RetryingClient::LearnFromLab(const Request& request, const Response& response) {
  if (!IsLoopback(HostOf(request.url))) {
    return;
  }
  double factor = 0;
  if (absl::SimpleAtod(response.Header("x-kproto-lab-time-factor"), &factor) && factor >= 1 &&
      factor <= kMaxTimeFactor && factor != clock_.factor()) {
    clock_.set_factor(factor);
  }
  int64_t timeout_ms = 0;
  if (absl::SimpleAtoi(response.Header("x-kproto-lab-request-timeout-ms"), &timeout_ms) &&
      timeout_ms > 0) {
    lab_timeout_ms_ = timeout_ms;
  }
}

absl::StatusOr<Response> RetryingClient::Attempt(const Request& original, std::stop_token stop) {
  Request request = original;
  const absl::Duration lab_timeout = absl::Milliseconds(lab_timeout_ms_.load());
  if (lab_timeout > absl::ZeroDuration() && IsLoopback(HostOf(request.url))) {
    request.timeout = std::min(request.timeout, lab_timeout);
  }
  if (budget_ != nullptr && !budget_->Wait(clock_, stop)) {
    return absl::CancelledError(absl::StrCat(MethodName(request.method), " ", HostOf(request.url),
                                             PathOf(request.url),
                                             ": interrupted while waiting for the rate limit"));
  }
  absl::StatusOr<Response> outcome = inner_.Send(request, stop);
  if (outcome.ok()) {
    LearnFromLab(request, *outcome);
    if (budget_ != nullptr) {
      budget_->Learn(*outcome, clock_);
    }
  }
  return outcome;
}

absl::StatusOr<Response> RetryingClient::Send(const Request& original, std::stop_token stop) {
  Request request = original;
  bool streaming = false;
  if (original.on_piece) {
    request.on_piece = [&](absl::string_view piece) {
      streaming = true;
      return original.on_piece(piece);
    };
  }
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<Response> outcome = Attempt(request, stop);
    const Verdict verdict = Judge(request, outcome);
    if (verdict == Verdict::kDone || streaming) {
      return outcome;
    }
    if (verdict == Verdict::kNotIdempotent) {
      return WithNote(std::move(outcome), "not repeated, since it may have been carried out");
    }
    if (attempt >= policy_.max_attempts) {
      return WithNote(std::move(outcome), absl::StrCat("gave up after ", attempt, " attempts"));
    }
    const absl::Duration asked =
        outcome.ok() ? RetryAfter(*outcome, clock_.Now()) : absl::ZeroDuration();
    if (asked > policy_.max_retry_after) {
      return WithNote(std::move(outcome), absl::StrCat("the server asks to come back in ",
                                                       absl::FormatDuration(asked)));
    }
    const absl::Duration wait = std::max(asked, BackoffAfter(policy_, attempt));
    Log(LogLevel::kDebug, "http request will be repeated",
        {{"path", PathOf(request.url)},
         {"attempt", absl::StrCat(attempt)},
         {"wait", absl::FormatDuration(wait)}});
    if (!clock_.Sleep(wait, stop)) {
      return Interrupted(request, outcome);
    }
  }
}

}  // namespace kproto::http
