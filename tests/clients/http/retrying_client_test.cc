// SPDX-License-Identifier: MPL-2.0
#include "clients/http/retrying_client.h"

#include <deque>

#include "clients/http/response.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace kproto::http {
namespace {

using ::kproto::testing::FakeClock;
using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Response Answer(int code, Headers headers = {}) {
  Response response;
  response.code = code;
  response.headers = std::move(headers);
  return response;
}

// Gives the prepared outcomes one after the other.
class ScriptedClient : public HttpClient {
 public:
  absl::StatusOr<Response> Send(const Request& request, std::stop_token) override {
    ++sent;
    last_timeout = request.timeout;
    if (!piece.empty() && request.on_piece) {
      request.on_piece(piece);
    }
    if (outcomes.empty()) {
      ADD_FAILURE() << "one request too many";
      return absl::InternalError("script is over");
    }
    absl::StatusOr<Response> outcome = outcomes.front();
    outcomes.pop_front();
    return outcome;
  }

  std::deque<absl::StatusOr<Response>> outcomes;
  std::string piece;
  int sent = 0;
  absl::Duration last_timeout;
};

class RetryingClientTest : public ::testing::Test {
 protected:
  Request Make(Method method, const std::string& url = "http://127.0.0.1:9/v2/x") {
    Request request;
    request.method = method;
    request.url = url;
    return request;
  }

  absl::StatusOr<Response> Send(const Request& request) {
    return RetryingClient(inner_, clock_, policy_, budget_).Send(request, stop_.get_token());
  }

  ScriptedClient inner_;
  FakeClock clock_;
  RetryPolicy policy_{.jitter = [] { return 1.0; }};
  std::shared_ptr<RateBudget> budget_;
  std::stop_source stop_;
};

TEST_F(RetryingClientTest, SleepsExactlyTheBackoff) {
  inner_.outcomes = {Answer(500), absl::UnavailableError("reset"), Answer(502), Answer(200)};
  const auto response = Send(Make(Method::kGet));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->code, 200);
  EXPECT_EQ(response->note, "");
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(4)));
}

TEST_F(RetryingClientTest, GivesUpAndSaysSo) {
  inner_.outcomes = {Answer(503), Answer(503), Answer(503), Answer(503), Answer(503)};
  const auto response = Send(Make(Method::kDelete));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->note, "gave up after 5 attempts");
  EXPECT_EQ(clock_.sleeps().size(), 4u);
}

TEST_F(RetryingClientTest, TransportErrorsKeepTheirMarkWhenItGivesUp) {
  policy_.max_attempts = 2;
  inner_.outcomes = {MarkMayHaveTakenEffect(absl::UnavailableError("reset")),
                     MarkMayHaveTakenEffect(absl::UnavailableError("reset"))};
  const auto response = Send(Make(Method::kPut));
  EXPECT_THAT(response,
              StatusIs(absl::StatusCode::kUnavailable, "reset; gave up after 2 attempts"));
  EXPECT_TRUE(MayHaveTakenEffect(response.status()));
}

TEST_F(RetryingClientTest, PermanentAnswersAreReturnedAtOnce) {
  inner_.outcomes = {Answer(422)};
  EXPECT_EQ(Send(Make(Method::kGet))->code, 422);
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(RetryingClientTest, PostThatMayHaveBeenExecutedIsNotRepeated) {
  inner_.outcomes = {MarkMayHaveTakenEffect(absl::UnavailableError("reset"))};
  const auto lost = Send(Make(Method::kPost));
  EXPECT_THAT(lost, StatusIs(absl::StatusCode::kUnavailable,
                             HasSubstr("not repeated, since it may have been carried out")));
  EXPECT_TRUE(MayHaveTakenEffect(lost.status()));
  inner_.outcomes = {Answer(502)};
  EXPECT_EQ(Send(Make(Method::kPost))->note, "not repeated, since it may have been carried out");
  EXPECT_EQ(inner_.sent, 2);
}

TEST_F(RetryingClientTest, PostThatWasRefusedOrThrottledIsRepeated) {
  inner_.outcomes = {absl::UnavailableError("connection refused"), Answer(429), Answer(201)};
  EXPECT_EQ(Send(Make(Method::kPost))->code, 201);
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(1), absl::Seconds(2)));
}

TEST_F(RetryingClientTest, RetryAfterLengthensTheWaitButNeverShortensIt) {
  inner_.outcomes = {Answer(429, {{"retry-after", "17"}}), Answer(429, {{"retry-after", "1"}}),
                     Answer(200)};
  EXPECT_EQ(Send(Make(Method::kGet))->code, 200);
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(17), absl::Seconds(2)));
}

TEST_F(RetryingClientTest, DoesNotSitOutAnHour) {
  inner_.outcomes = {Answer(429, {{"retry-after", "3600"}})};
  const auto response = Send(Make(Method::kGet));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->note, "the server asks to come back in 1h");
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(RetryingClientTest, StopEndsTheWaitBetweenAttempts) {
  inner_.outcomes = {Answer(503)};
  clock_.OnSleep([&] { stop_.request_stop(); });
  EXPECT_THAT(Send(Make(Method::kGet)),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("last attempt: HTTP 503")));
}

TEST_F(RetryingClientTest, AStreamThatHasBegunIsNotStartedAgain) {
  inner_.piece = "first";
  inner_.outcomes = {absl::UnavailableError("reset")};
  Request watch = Make(Method::kGet);
  int pieces = 0;
  watch.on_piece = [&](absl::string_view) {
    ++pieces;
    return Flow::kContinue;
  };
  EXPECT_THAT(Send(watch), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(pieces, 1);
}

TEST_F(RetryingClientTest, BudgetAndRetryAfterAreNotWaitedForTwice) {
  budget_ = std::make_shared<RateBudget>();
  inner_.outcomes = {Answer(429, {{"retry-after", "30"}}), Answer(200)};
  EXPECT_EQ(Send(Make(Method::kGet))->code, 200);
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(30)));
}

TEST_F(RetryingClientTest, A429MakesTheOtherUsersOfTheTokenWait) {
  budget_ = std::make_shared<RateBudget>();
  policy_.max_attempts = 1;
  inner_.outcomes = {Answer(429, {{"retry-after", "30"}}), Answer(200)};
  EXPECT_EQ(Send(Make(Method::kGet))->code, 429);
  EXPECT_EQ(Send(Make(Method::kGet))->code, 200);
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(30)));
}

TEST_F(RetryingClientTest, TimeFactorIsBelievedFromLoopbackOnly) {
  inner_.outcomes = {Answer(200, {{"x-kproto-lab-time-factor", "60"}})};
  EXPECT_THAT(Send(Make(Method::kGet, "https://api.digitalocean.com/v2/account")), IsOk());
  EXPECT_EQ(clock_.factor(), 1);
  inner_.outcomes = {Answer(200, {{"x-kproto-lab-time-factor", "60"}})};
  EXPECT_THAT(Send(Make(Method::kGet, "http://127.0.0.1:8080/v2/account")), IsOk());
  EXPECT_EQ(clock_.factor(), 60);
}

TEST_F(RetryingClientTest, TheLabMayAskForLessPatienceOnLoopbackOnly) {
  const std::string lab = "http://127.0.0.1:8080/v2/account";
  const std::string real = "https://api.digitalocean.com/v2/account";
  RetryingClient client(inner_, clock_, policy_);
  const auto timeout_after = [&](const std::string& url, Headers headers) {
    inner_.outcomes = {Answer(200, std::move(headers))};
    EXPECT_THAT(client.Send(Make(Method::kGet, url), {}), IsOk());
    return inner_.last_timeout;
  };
  EXPECT_EQ(timeout_after(real, {{"x-kproto-lab-request-timeout-ms", "700"}}), absl::Seconds(60));
  EXPECT_EQ(timeout_after(lab, {}), absl::Seconds(60)) << "the real API was believed";
  for (const char* nonsense : {"", "0", "-1", "soon", "1e3"}) {
    EXPECT_EQ(timeout_after(lab, {{"x-kproto-lab-request-timeout-ms", nonsense}}),
              absl::Seconds(60));
  }
  EXPECT_EQ(timeout_after(lab, {{"x-kproto-lab-request-timeout-ms", "700"}}), absl::Seconds(60));
  EXPECT_EQ(timeout_after(lab, {{"x-kproto-lab-request-timeout-ms", "99000"}}),
            absl::Milliseconds(700));
  EXPECT_EQ(timeout_after(lab, {}), absl::Seconds(60)) << "it only ever shortens";
  EXPECT_EQ(timeout_after(real, {}), absl::Seconds(60));
}

TEST_F(RetryingClientTest, NonsenseTimeFactorsAreIgnored) {
  for (const char* text : {"", "0", "-1", "0.5", "nan", "inf", "1e300", "fast"}) {
    inner_.outcomes = {Answer(200, {{"x-kproto-lab-time-factor", text}})};
    EXPECT_THAT(Send(Make(Method::kGet)), IsOk());
    EXPECT_EQ(clock_.factor(), 1) << text;
  }
}

}  // namespace
}  // namespace kproto::http
