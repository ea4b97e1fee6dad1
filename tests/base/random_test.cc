// SPDX-License-Identifier: MPL-2.0
#include "base/random.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto {
namespace {

TEST(RandomHexTest, HasTwoDigitsPerByte) {
  EXPECT_EQ(RandomHex(0), "");
  EXPECT_THAT(RandomHex(8), ::testing::MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(RandomHex(8).size(), 16u);
  EXPECT_EQ(RandomHex(1000).size(), 2000u);  // more than one getrandom call may return
}

TEST(RandomHexTest, DoesNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(seen.insert(RandomHex(8)).second);
  }
}

}  // namespace
}  // namespace kproto
