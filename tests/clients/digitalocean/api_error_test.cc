// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/api_error.h"

#include "base/hint.h"
#include "clients/http/response.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::digitalocean {
namespace {

using ::kproto::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

http::Response Answer(int code, std::string body, http::Headers headers = {}) {
  http::Response response;
  response.code = code;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

TEST(ApiErrorTest, SaysWhatDigitalOceanSaid) {
  EXPECT_THAT(ErrorOf(Answer(422, R"({"id":"unprocessable_entity","message":"validation error: )"
                                  R"(invalid version slug","request_id":"req-1"})")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "validation error: invalid version slug (unprocessable_entity, HTTP 422, "
                       "request req-1)"));
}

TEST(ApiErrorTest, TakesTheRequestIdFromTheHeaderToo) {
  EXPECT_THAT(
      ErrorOf(Answer(404, R"({"id":"not_found","message":"gone"})", {{"x-request-id", "req-2"}})),
      StatusIs(absl::StatusCode::kNotFound, "gone (not_found, HTTP 404, request req-2)"));
}

TEST(ApiErrorTest, MapsCodes) {
  const auto code = [](int http) {
    return ErrorOf(Answer(http, R"({"id":"x","message":"y"})")).code();
  };
  EXPECT_EQ(code(401), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(code(403), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code(404), absl::StatusCode::kNotFound);
  EXPECT_EQ(code(409), absl::StatusCode::kAborted);
  EXPECT_EQ(code(412), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code(422), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(429), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(code(500), absl::StatusCode::kUnavailable);
  EXPECT_EQ(code(503), absl::StatusCode::kUnavailable);
}

TEST(ApiErrorTest, HintsAtWhatCanBeDone) {
  EXPECT_THAT(HintOf(ErrorOf(Answer(401, R"({"id":"unauthorized","message":"Unable"})"))),
              HasSubstr("DIGITALOCEAN_TOKEN"));
  EXPECT_THAT(HintOf(ErrorOf(Answer(403, R"({"id":"forbidden","message":"no"})"))),
              HasSubstr("scopes"));
  EXPECT_EQ(HintOf(ErrorOf(Answer(422, R"({"id":"x","message":"y"})"))), "");
}

TEST(ApiErrorTest, BusyAndOccupiedAreWorthAnotherTry) {
  EXPECT_THAT(ErrorOf(Answer(403, R"({"id":"forbidden","message":"Load Balancer can't be updated )"
                                  R"(while it processes previous actions"})")),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ErrorOf(Answer(422, R"({"message":"Droplet already has a pending event."})")),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ErrorOf(Answer(403, R"({"message":"Can not delete VPC with members"})")),
              StatusIs(absl::StatusCode::kAborted));
}

TEST(ApiErrorTest, NotThereIsBelievedFromTheApiOnly) {
  EXPECT_TRUE(IsNotThere(Answer(404, R"({"id":"not_found","message":"cluster not found"})")));
  for (const char* body : {"", "404 page not found", "<html>no</html>", "{}", "[]", "null", "7",
                           R"({"id":404,"message":null})"}) {
    EXPECT_FALSE(IsNotThere(Answer(404, body))) << body;
    EXPECT_THAT(ErrorOf(Answer(404, body)), StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(HintOf(ErrorOf(Answer(404, body))), HasSubstr("DIGITALOCEAN_API_URL"));
  }
  EXPECT_FALSE(IsNotThere(Answer(200, "{}")));
}

TEST(ApiErrorTest, SpoiltBodiesDoNotSpoilTheTerminal) {
  const absl::Status status =
      ErrorOf(Answer(422, std::string(R"({"id":"x","message":"a\u001b[31m\nb )") +
                              std::string(50000, 'x') + R"("})"));
  EXPECT_LT(status.message().size(), 2100u);
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\x1b")));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\n")));
  for (const char* body :
       {"", "\xff\xfe", "{\"message\":", R"({"message":{"a":1}})", R"({"message":"\ud800"})"}) {
    EXPECT_THAT(ErrorOf(Answer(500, body)), StatusIs(absl::StatusCode::kUnavailable)) << body;
  }
}

TEST(ApiErrorTest, ServerFailuresMayHaveTakenEffect) {
  EXPECT_TRUE(http::MayHaveTakenEffect(ErrorOf(Answer(502, "<html>"))));
  EXPECT_FALSE(http::MayHaveTakenEffect(ErrorOf(Answer(422, "{}"))));
}

}  // namespace
}  // namespace kproto::digitalocean
