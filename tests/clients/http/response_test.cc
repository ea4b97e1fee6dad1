// SPDX-License-Identifier: MPL-2.0
#include "clients/http/response.h"

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::http {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;

Response Answer(int code, Headers headers = {}) {
  Response response;
  response.code = code;
  response.headers = std::move(headers);
  return response;
}

TEST(AsStatusTest, MapsCodes) {
  EXPECT_THAT(AsStatus(Answer(200)), IsOk());
  EXPECT_THAT(AsStatus(Answer(204)), IsOk());
  EXPECT_EQ(CodeOf(301), absl::StatusCode::kUnknown);
  EXPECT_EQ(CodeOf(400), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(401), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOf(403), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(CodeOf(404), absl::StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(409), absl::StatusCode::kAborted);
  EXPECT_EQ(CodeOf(410), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(CodeOf(412), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf(422), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(429), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf(500), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(501), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(CodeOf(0), absl::StatusCode::kUnknown);
  EXPECT_EQ(CodeOf(-7), absl::StatusCode::kUnknown);
  EXPECT_EQ(CodeOf(999), absl::StatusCode::kUnknown);
}

TEST(AsStatusTest, SaysCodeRequestAndNote) {
  Response response = Answer(404, {{"x-request-id", "1a2b"}});
  EXPECT_EQ(AsStatus(response, "no such cluster").message(),
            "no such cluster (HTTP 404, request 1a2b)");
  response.note = "gave up after 5 attempts";
  EXPECT_EQ(AsStatus(response).message(),
            "not found (HTTP 404, request 1a2b); gave up after 5 attempts");
}

TEST(AsStatusTest, OnlyServerFailuresMayHaveTakenEffect) {
  EXPECT_TRUE(MayHaveTakenEffect(AsStatus(Answer(500))));
  EXPECT_TRUE(MayHaveTakenEffect(AsStatus(Answer(504))));
  EXPECT_FALSE(MayHaveTakenEffect(AsStatus(Answer(422))));
  EXPECT_FALSE(MayHaveTakenEffect(AsStatus(Answer(429))));
  EXPECT_FALSE(MayHaveTakenEffect(AsStatus(Answer(200))));
  EXPECT_THAT(MarkMayHaveTakenEffect(absl::OkStatus()), IsOk());
}

TEST(RequestIdTest, TakesKubernetesAuditIdToo) {
  EXPECT_EQ(RequestId(Answer(200, {{"audit-id", "k8s-1"}})), "k8s-1");
  EXPECT_EQ(RequestId(Answer(200)), "");
}

TEST(RequestIdTest, RefusesWhatWouldSpoilAMessage) {
  EXPECT_EQ(RequestId(Answer(200, {{"x-request-id", "a\x1b[31m"}})), "");
  EXPECT_EQ(RequestId(Answer(200, {{"x-request-id", std::string(10000, 'a')}})).size(), 128u);
}

TEST(RetryAfterTest, ReadsSecondsAndDates) {
  const absl::Time now = absl::FromUnixSeconds(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(RetryAfter(Answer(429, {{"retry-after", "7"}}), now), absl::Seconds(7));
  EXPECT_EQ(RetryAfter(Answer(429, {{"retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"}}), now),
            absl::Seconds(30));
  EXPECT_EQ(RetryAfter(Answer(429, {{"retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"}}), now),
            absl::ZeroDuration());
  EXPECT_EQ(RetryAfter(Answer(429), now), absl::ZeroDuration());
  EXPECT_EQ(RetryAfter(Answer(429, {{"retry-after", "-5"}}), now), absl::ZeroDuration());
  EXPECT_EQ(RetryAfter(Answer(429, {{"retry-after", "soon"}}), now), absl::ZeroDuration());
  EXPECT_EQ(RetryAfter(Answer(429, {{"retry-after", "999999999999999999"}}), now),
            absl::Hours(7 * 24));
}

}  // namespace
}  // namespace kproto::http
