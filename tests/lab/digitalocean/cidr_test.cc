// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/cidr.h"

#include <gtest/gtest.h>

namespace kproto::lab {
namespace {

TEST(CidrTest, ReadsAndClearsHostBits) {
  EXPECT_EQ(Cidr::Parse("10.10.3.4/20")->ToString(), "10.10.0.0/20");
  EXPECT_EQ(Cidr::Parse("0.0.0.0/0")->ToString(), "0.0.0.0/0");
  for (const char* bad : {"", "10.0.0.0", "10.0.0/8", "10.0.0.256/8", "10.0.0.0/33", "10.0.0.0/-1",
                          "a.b.c.d/8", "10.0.0.0/8/9"}) {
    EXPECT_FALSE(Cidr::Parse(bad).has_value()) << bad;
  }
}

TEST(CidrTest, OverlapsBothWays) {
  const Cidr wide = *Cidr::Parse("10.10.0.0/16");
  const Cidr narrow = *Cidr::Parse("10.10.200.0/24");
  EXPECT_TRUE(wide.Overlaps(narrow));
  EXPECT_TRUE(narrow.Overlaps(wide));
  EXPECT_TRUE(wide.Contains(narrow));
  EXPECT_FALSE(narrow.Contains(wide));
  EXPECT_FALSE(wide.Overlaps(*Cidr::Parse("10.11.0.0/16")));
}

TEST(CidrTest, KnowsPrivateRanges) {
  for (const char* range : {"10.0.0.0/8", "172.31.255.0/24", "192.168.4.0/28"}) {
    EXPECT_TRUE(Cidr::Parse(range)->Private()) << range;
  }
  for (const char* range : {"11.0.0.0/8", "172.32.0.0/16", "10.0.0.0/7", "0.0.0.0/0"}) {
    EXPECT_FALSE(Cidr::Parse(range)->Private()) << range;
  }
}

}  // namespace
}  // namespace kproto::lab
