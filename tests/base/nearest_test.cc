// SPDX-License-Identifier: MPL-2.0
#include "base/nearest.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto {
namespace {

TEST(NearestTest, CountsWhatAFingerGetsWrong) {
  EXPECT_EQ(EditDistance("promtail", "promtail"), 0);
  EXPECT_EQ(EditDistance("pomtail", "promtail"), 1);
  EXPECT_EQ(EditDistance("porm", "prom"), 1);  // a swap
  EXPECT_EQ(EditDistance("Loki", "loki"), 0);
  EXPECT_EQ(EditDistance("", "abc"), 3);
}

TEST(NearestTest, FindsWhatWasMeantAndNothingFarFetched) {
  EXPECT_EQ(Nearest("pomtail", {"grafana", "loki", "promtail"}), "promtail");
  EXPECT_EQ(Nearest("notes", {"grafana", "loki", "promtail"}), "");
  EXPECT_EQ(Nearest("a", {"b"}), "b");
  EXPECT_EQ(Nearest("abc", {}), "");
  EXPECT_EQ(Nearest("replica", {"replicas", "replicaCount"}), "replicas");
}

TEST(NearestTest, OrdersAllByHowNearTheyAre) {
  EXPECT_THAT(NearestFirst("nyc4", {"ams3", "fra1", "nyc1", "nyc3"}),
              ::testing::ElementsAre("nyc1", "nyc3", "ams3", "fra1"));
}

}  // namespace
}  // namespace kproto
