// SPDX-License-Identifier: MPL-2.0
#include "base/clock.h"

#include <thread>

#include "gtest/gtest.h"

namespace kproto {
namespace {

TEST(SystemClockTest, SleepIsOverAfterItsTime) {
  SystemClock clock;
  const absl::Time start = absl::Now();
  EXPECT_TRUE(clock.Sleep(absl::Milliseconds(20), {}));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(19));
}

TEST(SystemClockTest, StopEndsASleepEarly) {
  SystemClock clock;
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(clock.Sleep(absl::Hours(1), stop.get_token()));
}

TEST(SystemClockTest, StoppedTokenDoesNotSleepAtAll) {
  SystemClock clock;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(clock.Sleep(absl::Hours(1), stop.get_token()));
}

TEST(SystemClockTest, FactorShrinksWaits) {
  SystemClock clock;
  clock.set_factor(1e6);
  EXPECT_TRUE(clock.Sleep(absl::Minutes(10), {}));
}

TEST(SystemClockTest, FactorNeverStretchesWaits) {
  SystemClock clock;
  clock.set_factor(0);
  EXPECT_EQ(clock.factor(), 1);
  clock.set_factor(-3);
  EXPECT_EQ(clock.factor(), 1);
}

}  // namespace
}  // namespace kproto
