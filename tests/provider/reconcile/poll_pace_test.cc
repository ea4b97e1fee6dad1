// SPDX-License-Identifier: MPL-2.0
#include "provider/reconcile/poll_pace.h"

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

TEST(PollPaceTest, AWaitOfAnyLengthCostsFewLooksAndEndsWithinFivePerCent) {
  for (const int seconds : {45, 60, 270, 600, 1800}) {
    FakeClock clock;
    PollPace pace(clock, None);
    const absl::Time begun = clock.Now();
    const size_t looks = Waits(clock, pace, absl::Seconds(seconds)).size();
    const absl::Duration late = clock.Now() - begun - absl::Seconds(seconds);
    EXPECT_LE(late, std::max(absl::Seconds(2), 0.05 * absl::Seconds(seconds))) << seconds;
    EXPECT_LE(looks, 20 + 20 * std::log(seconds / 40.0 + 1) + seconds / 30.0) << seconds;
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
  EXPECT_EQ(pace.FreshSince(), begun + absl::Seconds(1));  // half of the wait of two seconds
}

TEST(PollPaceTest, InTheLabShareAndFreshnessAreCloudTime) {
  FakeClock clock;
  clock.set_factor(10);
  PollPace pace(clock, None);
  clock.Advance(absl::Seconds(20));  // 200 seconds in the cloud
  EXPECT_EQ(pace.Next(), absl::Seconds(10));
  EXPECT_EQ(pace.FreshSince(), clock.Now() - absl::Milliseconds(500));
}

}  // namespace
}  // namespace kproto
