// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/quantity.h"

#include "gtest/gtest.h"
#include "resources/monitoring_stack/checks/node_pools.h"

namespace kproto::monitoring_stack {
namespace {

TEST(QuantityTest, ReadsWhatKubernetesReads) {
  EXPECT_EQ(MilliUnits("500m"), 500);
  EXPECT_EQ(MilliUnits("1.5"), 1500);
  EXPECT_EQ(MilliUnits("2"), 2000);
  EXPECT_EQ(Units("1Gi"), int64_t{1} << 30);
  EXPECT_EQ(Units("1.5Ki"), 1536);
  EXPECT_EQ(Units("2M"), 2000000);
  EXPECT_EQ(Units("1e3"), 1000);
  EXPECT_EQ(UnitsOf(nlohmann::json(7)), 7);
  EXPECT_EQ(UnitsOf(nlohmann::json("x")), std::nullopt);
  EXPECT_EQ(Units(""), std::nullopt);
  EXPECT_EQ(Units("-1"), std::nullopt);
  EXPECT_EQ(Units("1e300"), std::nullopt);
  EXPECT_EQ(UnitsOf(nlohmann::json::array()), std::nullopt);
}

TEST(QuantityTest, WritesAsPeopleDo) {
  EXPECT_EQ(CpuText(500), "500m");
  EXPECT_EQ(CpuText(2000), "2");
  EXPECT_EQ(MemoryText(int64_t{512} << 20), "512Mi");
  EXPECT_EQ(MemoryText(int64_t{6} << 30), "6Gi");
  EXPECT_EQ(MemoryText((int64_t{9} << 30) + (int64_t{614} << 20)), "9.6Gi");
}

TEST(NodePoolsTest, RoomFollowsFromTheNameOfASize) {
  EXPECT_EQ(RoomOf("s-4vcpu-8gb")->milli_cpus, 3900);
  EXPECT_EQ(RoomOf("s-4vcpu-8gb")->memory_bytes, int64_t{6} << 30);
  EXPECT_EQ(RoomOf("c-4")->memory_bytes, int64_t{6} << 30);
  EXPECT_EQ(RoomOf("m-2vcpu-16gb-intel")->memory_bytes, int64_t{13} << 30);
  EXPECT_FALSE(RoomOf("gpu-h100x1-80gb").has_value());
  EXPECT_FALSE(RoomOf("").has_value());
  EXPECT_FALSE(RoomOf("basic").has_value());
}

TEST(NodePoolsTest, PoolsAreKnownOnlyWhenAllThatPlacesPodsIs) {
  StackNodePool pool;
  pool.size = "s-2vcpu-4gb";
  pool.count = Attr<int64_t>::Unknown();
  pool.dedicated = true;
  auto known = KnownPools(MapOf<StackNodePool>{{"monitoring", pool}});
  ASSERT_TRUE(known.has_value());
  EXPECT_FALSE((*known)[0].nodes.has_value());
  EXPECT_EQ((*known)[0].labels.at("node-type"), "monitoring");
  EXPECT_EQ((*known)[0].taints[0].key, "dedicated");
  EXPECT_TRUE(HasPool(*known, "monitoring"));
  EXPECT_FALSE(HasPool(*known, "primary"));
  pool.labels = Attr<MapOf<std::string>>::Unknown();
  EXPECT_FALSE(KnownPools(MapOf<StackNodePool>{{"monitoring", pool}}).has_value());
  EXPECT_FALSE(KnownPools(Attr<MapOf<StackNodePool>>::Unknown()).has_value());
}

}  // namespace
}  // namespace kproto::monitoring_stack
