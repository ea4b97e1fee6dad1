// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/requests.h"

#include <optional>
#include <thread>

#include "gtest/gtest.h"

namespace kproto {
namespace {

TEST(RequestsTest, StopReachesThoseRunningAndNoneLater) {
  Requests requests;
  Requests::Entry running(requests);
  requests.StopAll();
  EXPECT_TRUE(running.token().stop_requested());
  Requests::Entry later(requests);
  EXPECT_FALSE(later.token().stop_requested());
}

TEST(RequestsTest, OneCanBeStoppedAlone) {
  Requests requests;
  Requests::Entry one(requests), other(requests);
  one.Stop();
  EXPECT_TRUE(one.token().stop_requested());
  EXPECT_FALSE(other.token().stop_requested());
}

TEST(RequestsTest, WaitsForTheLastToLeave) {
  Requests requests;
  EXPECT_TRUE(requests.WaitUntilIdle(absl::ZeroDuration()));
  std::optional<Requests::Entry> entry;
  entry.emplace(requests);
  EXPECT_FALSE(requests.WaitUntilIdle(absl::Milliseconds(1)));
  std::jthread leaver([&] { entry.reset(); });
  EXPECT_TRUE(requests.WaitUntilIdle(absl::Seconds(60)));
}

TEST(RequestsTest, ACallbackOfAStopTokenMayEndItsRequest) {
  Requests requests;
  std::optional<Requests::Entry> entry;
  entry.emplace(requests);
  const std::stop_callback ender(entry->token(),
                                 [&] { requests.WaitUntilIdle(absl::ZeroDuration()); });
  requests.StopAll();
  EXPECT_TRUE(entry->token().stop_requested());
}

}  // namespace
}  // namespace kproto
