// SPDX-License-Identifier: MPL-2.0
#include "provider/reconcile/poll_pace.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"

namespace kproto {
namespace {

using ::kproto::testing::FakeClock;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::Le;

double None() { return 0; }

// The waits of something that takes `duration`.
std::vector<absl::Duration> Waits(FakeClock& clock, PollPace& pace, absl::Duration duration) {
  const absl::Time begun = clock.Now();
  std::vector<absl::Duration> waits;
  while (clock.Now() - begun < duration) {
    waits.push_back(pace.Next());
    clock.Sleep(waits.back(), {});
  }
  return waits;
}

TEST(PollPaceTest, BeginsWithTwoSecondsAndSlowsToThirty) {
  FakeClock clock;
  PollPace pace(clock, None);
  const std::vector<absl::Duration> waits = Waits(clock, pace, absl::Hours(1));
  EXPECT_EQ(waits.front(), absl::Seconds(2));
  EXPECT_EQ(waits.back(), absl::Seconds(30));
  EXPECT_TRUE(std::is_sorted(waits.begin(), waits.end()));
}

TEST(PollPaceTest, AWaitOfAnyLengthCostsFewLooksAndEndsSoonAfter) {
  for (const int seconds : {45, 60, 270, 600, 1800}) {
    FakeClock clock;
    PollPace pace(clock, None);
    const absl::Time begun = clock.Now();
    const size_t looks = Waits(clock, pace, absl::Seconds(seconds)).size();
    const absl::Duration late = clock.Now() - begun - absl::Seconds(seconds);
    EXPECT_LE(late, std::max(absl::Seconds(2), PollPace::kShare * absl::Seconds(seconds)))
        << seconds;
    EXPECT_LE(looks, 34 + 34 * std::log(seconds / 67.0 + 1) + seconds / 30.0) << seconds;
  }
}

TEST(PollPaceTest, JitterOnlyShortens) {
  FakeClock clock;
  PollPace pace(clock);
  EXPECT_THAT(Waits(clock, pace, absl::Hours(1)),
              Each(AllOf(Ge(absl::Milliseconds(1600)), Le(absl::Seconds(30)))));
  EXPECT_EQ(PollPace(clock, [] { return 1.0; }).Next(), absl::Milliseconds(1600));
}

TEST(PollPaceTest, NothingFromBeforeTheWaitIsFresh) {
  FakeClock clock;
  PollPace pace(clock, None);
  const absl::Time begun = clock.Now();
  EXPECT_EQ(pace.FreshSince(), begun);
  clock.Sleep(pace.Next(), {});
  EXPECT_EQ(pace.FreshSince(), begun + absl::Milliseconds(1500));  // a quarter of the wait of 2 s
}

TEST(PollPaceTest, InTheLabShareAndFreshnessAreCloudTime) {
  FakeClock clock;
  clock.set_factor(10);
  PollPace pace(clock, None);
  clock.Advance(absl::Seconds(20));  // 200 seconds in the cloud
  EXPECT_EQ(pace.Next(), absl::Seconds(6));
  EXPECT_EQ(pace.FreshSince(), clock.Now() - absl::Milliseconds(150));
}

}  // namespace
}  // namespace kproto
