// SPDX-License-Identifier: MPL-2.0
#include "absl/strings/numbers.h"
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class RateLimitTest : public SimulatorTest {
 protected:
  static int64_t Number(Answer answer, const std::string& header) {
    int64_t value = -1;
    EXPECT_TRUE(absl::SimpleAtoi(answer.headers[header], &value)) << header;
    return value;
  }
};

TEST_F(RateLimitTest, CountsDown) {
  const Answer first = Get("/v2/account");
  EXPECT_EQ(Number(first, "ratelimit-limit"), 5000);
  EXPECT_EQ(Number(first, "ratelimit-remaining"), 4999);
  EXPECT_EQ(Number(first, "ratelimit-reset"), absl::ToUnixSeconds(now_) + 3600);
  now_ += absl::Seconds(10);
  const Answer second = Get("/v2/account");
  EXPECT_EQ(Number(second, "ratelimit-remaining"), 4998);
  EXPECT_EQ(Number(second, "ratelimit-reset"), absl::ToUnixSeconds(now_) + 3590)
      << "when the oldest call leaves the window";
}

TEST_F(RateLimitTest, BurstIsRefusedWithAWait) {
  for (int i = 0; i < 250; ++i) {
    ASSERT_EQ(Get("/v2/account").status, 200);
  }
  now_ += absl::Seconds(20);
  const Answer refused = Get("/v2/account");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(StringField(refused.body, "id"), "too_many_requests");
  EXPECT_EQ(refused.Message(), "Too many requests");
  EXPECT_EQ(Number(refused, "retry-after"), 40);
  EXPECT_EQ(Call("GET", "/v2/account", nullptr, "other").status, 200) << "per token";
  EXPECT_EQ(Admin("GET", "/v2/account").status, 200) << "controllers are not limited";
  now_ += absl::Seconds(41);
  EXPECT_EQ(Get("/v2/account").status, 200);
}

TEST_F(RateLimitTest, HourIsRefusedToo) {
  options_.requests_per_hour = 3;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(Get("/v2/account").status, 200);
    now_ += absl::Minutes(10);
  }
  const Answer refused = Get("/v2/account");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Message(), "API Rate limit exceeded.");
  EXPECT_EQ(Number(refused, "ratelimit-remaining"), 0);
  EXPECT_EQ(Number(refused, "retry-after"), 1800);
  now_ += absl::Minutes(31);
  EXPECT_EQ(Get("/v2/account").status, 200) << "the window slides";
}

TEST_F(RateLimitTest, WaitsAreCloudTime) {
  options_.time_factor = 60;
  options_.requests_per_minute = 1;
  Get("/v2/account");
  const Answer refused = Get("/v2/account");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(Number(refused, "retry-after"), 60);
  now_ += absl::Seconds(1.01);
  EXPECT_EQ(Get("/v2/account").status, 200);
}

TEST_F(RateLimitTest, ARefusedPostDoesNothing) {
  options_.requests_per_minute = 1;
  Get("/v2/account");
  EXPECT_EQ(Post("/v2/vpcs", {{"name", "v"}, {"region", "nyc3"}}).status, 429);
  EXPECT_TRUE(Admin("GET", "/lab/inventory").body["vpcs"].empty());
}

}  // namespace
}  // namespace kproto::lab
