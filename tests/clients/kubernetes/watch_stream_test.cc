// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/watch_stream.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::kubernetes {
namespace {

using ::testing::ElementsAre;

constexpr char kStream[] =
    "{\"type\":\"ADDED\",\"object\":{\"n\":1}}\n"
    "\n"
    "{\"type\":\"BOOKMARK\",\"object\":{\"n\":2}}\n"
    "{\"type\":\"DELETED\",\"object\":{\"n\":3}}\n"
    "{\"type\":\"ERROR\",\"object\":{\"n\":4}}\n";

TEST(WatchStreamTest, FindsEventsHoweverTheyAreCut) {
  const std::string text = kStream;
  for (size_t size = 1; size <= text.size(); ++size) {
    std::vector<std::pair<WatchEvent::Type, int>> seen;
    WatchStream stream([&](const WatchEvent& event) {
      seen.emplace_back(event.type, event.object["n"].get<int>());
      return http::Flow::kContinue;
    });
    for (size_t at = 0; at < text.size(); at += size) {
      ASSERT_EQ(stream.Feed(absl::string_view(text).substr(at, size)), http::Flow::kContinue);
    }
    EXPECT_THAT(seen, ElementsAre(std::pair(WatchEvent::Type::kChanged, 1),
                                  std::pair(WatchEvent::Type::kBookmark, 2),
                                  std::pair(WatchEvent::Type::kDeleted, 3),
                                  std::pair(WatchEvent::Type::kError, 4)));
  }
}

TEST(WatchStreamTest, StopsWhenTheReceiverHasEnough) {
  int events = 0;
  WatchStream stream([&](const WatchEvent&) {
    ++events;
    return http::Flow::kStop;
  });
  EXPECT_EQ(stream.Feed(kStream), http::Flow::kStop);
  EXPECT_EQ(events, 1);
  EXPECT_TRUE(stream.status().ok());
}

TEST(WatchStreamTest, ALineThatIsNoEventIsAnError) {
  for (const char* line : {"not json\n", "{}\n", "[1]\n", "{\"type\":\"ADDED\"}\n", "7\n"}) {
    WatchStream stream([](const WatchEvent&) { return http::Flow::kContinue; });
    EXPECT_EQ(stream.Feed(line), http::Flow::kStop) << line;
    EXPECT_THAT(stream.status(), testing::StatusIs(absl::StatusCode::kDataLoss)) << line;
  }
}

}  // namespace
}  // namespace kproto::kubernetes
