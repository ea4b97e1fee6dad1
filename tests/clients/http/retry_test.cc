// SPDX-License-Identifier: MPL-2.0
#include "clients/http/retry.h"

#include "clients/http/response.h"
#include "gtest/gtest.h"

namespace kproto::http {
namespace {

Request Of(Method method) {
  Request request;
  request.method = method;
  return request;
}

Response Answer(int code) {
  Response response;
  response.code = code;
  return response;
}

TEST(JudgeTest, PermanentAnswersAreDone) {
  for (const int code : {200, 201, 204, 301, 400, 401, 403, 404, 409, 412, 422, 501}) {
    EXPECT_EQ(Judge(Of(Method::kGet), Answer(code)), Verdict::kDone) << code;
  }
}

TEST(JudgeTest, TransientAnswersToIdempotentRequestsAreRetried) {
  for (const Method method : {Method::kGet, Method::kPut, Method::kDelete}) {
    for (const int code : {408, 429, 500, 502, 503, 504}) {
      EXPECT_EQ(Judge(Of(method), Answer(code)), Verdict::kRetry) << code;
    }
  }
}

TEST(JudgeTest, PostIsRetriedOnlyWhenItWasNotExecuted) {
  const Request post = Of(Method::kPost);
  EXPECT_EQ(Judge(post, Answer(429)), Verdict::kRetry);
  EXPECT_EQ(Judge(post, absl::UnavailableError("connection refused")), Verdict::kRetry);
  EXPECT_EQ(Judge(post, Answer(500)), Verdict::kNotIdempotent);
  EXPECT_EQ(Judge(post, Answer(503)), Verdict::kNotIdempotent);
  EXPECT_EQ(Judge(post, Answer(408)), Verdict::kNotIdempotent);
  EXPECT_EQ(Judge(post, MarkMayHaveTakenEffect(absl::UnavailableError("reset"))),
            Verdict::kNotIdempotent);
  EXPECT_EQ(Judge(post, MarkMayHaveTakenEffect(absl::DeadlineExceededError("timeout"))),
            Verdict::kNotIdempotent);
}

TEST(JudgeTest, CallersMayKnowBetter) {
  Request post = Of(Method::kPost);
  post.idempotency = Idempotency::kIdempotent;
  EXPECT_EQ(Judge(post, Answer(503)), Verdict::kRetry);
  Request put = Of(Method::kPut);
  put.idempotency = Idempotency::kNonIdempotent;
  EXPECT_EQ(Judge(put, Answer(503)), Verdict::kNotIdempotent);
}

TEST(JudgeTest, ErrorsThatRepeatingCannotMendAreDone) {
  for (const absl::Status& status :
       {absl::CancelledError("stop"), absl::InvalidArgumentError("url"),
        absl::FailedPreconditionError("tls"), absl::DataLossError("not HTTP")}) {
    EXPECT_EQ(Judge(Of(Method::kGet), status), Verdict::kDone) << status;
  }
}

TEST(BackoffTest, DoublesUpToTheCeiling) {
  RetryPolicy policy{.initial_backoff = absl::Seconds(1),
                     .max_backoff = absl::Seconds(5),
                     .jitter = [] { return 1.0; }};
  EXPECT_EQ(BackoffAfter(policy, 1), absl::Seconds(1));
  EXPECT_EQ(BackoffAfter(policy, 2), absl::Seconds(2));
  EXPECT_EQ(BackoffAfter(policy, 3), absl::Seconds(4));
  EXPECT_EQ(BackoffAfter(policy, 4), absl::Seconds(5));
  EXPECT_EQ(BackoffAfter(policy, 1000000), absl::Seconds(5));
}

TEST(BackoffTest, JitterStaysInTheUpperHalf) {
  RetryPolicy policy{.jitter = [] { return 0.0; }};
  EXPECT_EQ(BackoffAfter(policy, 1), absl::Milliseconds(500));
  policy.jitter = nullptr;
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration wait = BackoffAfter(policy, 2);
    EXPECT_GE(wait, absl::Seconds(1));
    EXPECT_LE(wait, absl::Seconds(2));
  }
}

}  // namespace
}  // namespace kproto::http
