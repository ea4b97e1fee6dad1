// SPDX-License-Identifier: MPL-2.0
#include "clients/http/rate_budget.h"

#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"

namespace kproto::http {
namespace {

using ::kproto::testing::FakeClock;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Response Allowance(int limit, int remaining, int code = 200) {
  Response response;
  response.code = code;
  response.headers = {{"ratelimit-limit", absl::StrCat(limit)},
                      {"ratelimit-remaining", absl::StrCat(remaining)}};
  return response;
}

TEST(RateBudgetTest, NeverWaitsBeforeItKnowsALimit) {
  FakeClock clock;
  RateBudget budget;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(budget.Wait(clock, {}));
  }
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST(RateBudgetTest, NeverWaitsWhileThereIsPlenty) {
  FakeClock clock;
  RateBudget budget;
  budget.Learn(Allowance(5000, 1000), clock);
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(budget.Wait(clock, {}));
  }
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST(RateBudgetTest, NeverSendsMoreInAMinuteThanAMinuteAllows) {
  FakeClock clock;
  RateBudget budget;
  budget.Learn(Allowance(5000, 4000), clock);
  const absl::Time begun = clock.Now();
  std::vector<absl::Time> sent;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(budget.Wait(clock, {}));
    sent.push_back(clock.Now());
  }
  for (size_t i = 250; i < sent.size(); ++i) {
    EXPECT_GE(sent[i] - sent[i - 250], absl::Minutes(1)) << i;
  }
  EXPECT_LE(clock.Now() - begun, absl::Minutes(5)) << "nor much less";
}

TEST(RateBudgetTest, A429StopsThoseThatAreWaitingForTheirTurnToo) {
  FakeClock clock;
  RateBudget budget;
  budget.Learn(Allowance(3600, 179), clock);
  EXPECT_TRUE(budget.Wait(clock, {}));
  clock.OnSleep([&] {
    clock.OnSleep(nullptr);
    Response busy;
    busy.code = 429;
    busy.headers = {{"retry-after", "42"}};
    budget.Learn(busy, clock);
  });
  const absl::Time before = clock.Now();
  EXPECT_TRUE(budget.Wait(clock, {}));  // its turn is in two seconds, the 429 comes meanwhile
  EXPECT_EQ(clock.Now() - before, absl::Seconds(42));
}

TEST(RateBudgetTest, SlowsToTheRefillPaceAndFurtherAsItEmpties) {
  FakeClock clock;
  RateBudget budget;
  budget.Learn(Allowance(3600, 179), clock);  // a request a second refills; low mark is 360
  EXPECT_TRUE(budget.Wait(clock, {}));        // the first goes out at once
  EXPECT_TRUE(budget.Wait(clock, {}));
  EXPECT_THAT(clock.sleeps(), ElementsAre(absl::Seconds(2)));  // half of the low mark: half pace
  budget.Learn(Allowance(3600, 3), clock);
  EXPECT_TRUE(budget.Wait(clock, {}));
  EXPECT_TRUE(budget.Wait(clock, {}));
  EXPECT_EQ(clock.sleeps().back(), absl::Seconds(10));  // never slower than that
}

TEST(RateBudgetTest, WaitsAsLongAsA429Asks) {
  FakeClock clock;
  RateBudget budget;
  Response busy;
  busy.code = 429;
  busy.headers = {{"retry-after", "42"}};
  budget.Learn(busy, clock);
  EXPECT_TRUE(budget.Wait(clock, {}));
  EXPECT_TRUE(budget.Wait(clock, {}));
  EXPECT_THAT(clock.sleeps(), ElementsAre(absl::Seconds(42)));
}

TEST(RateBudgetTest, WaitsForTheResetOfAnEmptyBudgetButNotForEver) {
  FakeClock clock;
  RateBudget budget;
  Response empty = Allowance(5000, 0);
  empty.headers.emplace_back("ratelimit-reset", absl::StrCat(absl::ToUnixSeconds(clock.Now()) + 9));
  budget.Learn(empty, clock);
  EXPECT_TRUE(budget.Wait(clock, {}));
  EXPECT_THAT(clock.sleeps(), ElementsAre(absl::Seconds(9)));
  RateBudget other;
  empty.headers.back().second = absl::StrCat(absl::ToUnixSeconds(clock.Now()) + 999999);
  other.Learn(empty, clock);
  EXPECT_TRUE(other.Wait(clock, {}));
  EXPECT_EQ(clock.sleeps().back(), absl::Minutes(1));
}

TEST(RateBudgetTest, StopEndsTheWait) {
  FakeClock clock;
  std::stop_source stop;
  clock.OnSleep([&] { stop.request_stop(); });
  RateBudget budget;
  Response busy;
  busy.code = 429;
  busy.headers = {{"retry-after", "42"}};
  budget.Learn(busy, clock);
  EXPECT_FALSE(budget.Wait(clock, stop.get_token()));
}

TEST(RateBudgetTest, NonsenseInHeadersChangesNothing) {
  FakeClock clock;
  RateBudget budget;
  for (const char* text : {"", "x", "-1", "0", "99999999999999999999999", "1e3"}) {
    Response response = Allowance(1, 1);
    response.headers[0].second = text;
    budget.Learn(response, clock);
  }
  Response negative = Allowance(5000, -100);
  negative.headers.emplace_back("ratelimit-reset", "yesterday");
  budget.Learn(negative, clock);
  EXPECT_TRUE(budget.Wait(clock, {}));
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST(RateBudgetTest, InTheLabWaitsAreCloudTime) {
  FakeClock clock;
  clock.set_factor(10);
  RateBudget budget;
  Response busy;
  busy.code = 429;
  busy.headers = {{"retry-after", "40"}};
  budget.Learn(busy, clock);
  EXPECT_TRUE(budget.Wait(clock, {}));
  EXPECT_THAT(clock.sleeps(), ElementsAre(absl::Seconds(40)));  // SystemClock makes it four
}

TEST(RateBudgetTest, OneTokenHasOneBudget) {
  const SecretString a("token-a"), b("token-b");
  EXPECT_EQ(RateBudget::For(a), RateBudget::For(SecretString("token-a")));
  EXPECT_NE(RateBudget::For(a), RateBudget::For(b));
}

TEST(RateBudgetTest, IsSharedByThreads) {
  FakeClock clock;
  RateBudget budget;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) {
        budget.Learn(Allowance(5000, j), clock);
        EXPECT_TRUE(budget.Wait(clock, {}));
      }
    });
  }
}

}  // namespace
}  // namespace kproto::http
