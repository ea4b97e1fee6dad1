// SPDX-License-Identifier: MPL-2.0
// What a plan says of the cost, and the ceiling that it must stay under.
#include "resources/cluster/cost.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ClusterCostTest : public ::testing::Test {
 protected:
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Said(); }
  ClusterModel Planned() {
    host_.said = Diagnostics();
    const auto planned = ClusterModel::Fields().Decode(host_.Plan(config_).planned);
    EXPECT_THAT(planned, IsOk());
    return planned.value_or(ClusterModel());
  }
  std::string Said() { return Text(host_.said); }
  ClusterPool& Pool(const std::string& name) { return *(*config_.node_pools)[name]; }
  void Scale(const std::string& name, int64_t least, int64_t most) {
    Pool(name).count = {};
    Pool(name).auto_scale = true;
    Pool(name).min_nodes = least;
    Pool(name).max_nodes = most;
  }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
};

TEST_F(ClusterCostTest, ThePlanShowsEachPart) {
  Scale("primary", 1, 4);
  config_.ha = true;
  const ClusterModel planned = Planned();
  ASSERT_TRUE(planned.cost.is_known());
  EXPECT_EQ(planned.cost->control_plane, Attr<double>(40));
  EXPECT_EQ(planned.cost->node_pools->at("primary")->monthly_min, Attr<double>(24));
  EXPECT_EQ(planned.cost->node_pools->at("primary")->monthly_max, Attr<double>(96));
  EXPECT_EQ(planned.cost->node_pools->at("monitoring")->monthly_max, Attr<double>(48));
  EXPECT_EQ(planned.cost->load_balancers, Attr<double>(0));
  EXPECT_EQ(planned.cost->monthly_min, Attr<double>(112));
  EXPECT_EQ(planned.cost->monthly_max, Attr<double>(184));
  EXPECT_EQ(planned.monthly_cost, Attr<double>(112));
}

TEST_F(ClusterCostTest, PricesOfSizesAreThoseOfToday) {
  host_.cloud().Edit([](FakeCloud& now) { now.sizes[0].price_monthly = 25.005; });
  EXPECT_EQ(Planned().cost->node_pools->at("primary")->monthly_min, Attr<double>(50.01));
}

TEST_F(ClusterCostTest, APlanThatKeepsItsCostIsAppliedAndThenEmpty) {
  Scale("primary", 2, 5);
  Make();
  EXPECT_EQ(host_.model().cost->monthly_max, Attr<double>(168));
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(host_.Plan(config_).planned, host_.state);
}

TEST_F(ClusterCostTest, AnythingUnknownLeavesTheCostUnknown) {
  Pool("primary").count = Attr<int64_t>::Unknown();
  config_.max_monthly_cost = 1;
  EXPECT_TRUE(Planned().cost.is_unknown());
  EXPECT_EQ(Said(), "");
}

TEST_F(ClusterCostTest, APlanOverTheCeilingFailsWithTheTable) {
  Scale("primary", 1, 4);
  config_.ha = true;
  config_.max_monthly_cost = 150;
  Planned();
  EXPECT_THAT(Said(), AllOf(HasSubstr("allows 150.00 US dollars a month, the plan may cost 184.00"),
                            HasSubstr("pool primary"), HasSubstr("1-4 x s-2vcpu-4gb"),
                            HasSubstr("24.00 - 96.00"), HasSubstr("control plane"),
                            HasSubstr("112.00 - 184.00"), HasSubstr("[max_monthly_cost]")));
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_EQ(host_.cloud().Count("CreateVpc"), 0);
  config_.max_monthly_cost = 184;
  EXPECT_TRUE(host_.Apply(config_)) << Said();
}

TEST_F(ClusterCostTest, TheCeilingCountsWhatWorkloadsHaveMade) {
  config_.max_monthly_cost = 130;
  Make();  // 96
  host_.cloud().Edit([](FakeCloud& now) {
    const std::string mark = "k8s:" + now.clusters.begin()->first;
    now.load_balancers["lb"] = {
        .id = "lb", .name = "web", .type = "REGIONAL_NETWORK", .tags = {mark}};
  });
  Pool("primary").count = 3;
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("load balancers"), HasSubstr("15.00"), HasSubstr("135.00")));
}

TEST_F(ClusterCostTest, ANegativeCeilingIsRefused) {
  config_.max_monthly_cost = -1;
  ClusterResource(host_.connections())
      .Validate(host_.context, ClusterModel::Fields().Encode(config_), host_.said);
  EXPECT_THAT(Said(), HasSubstr("[max_monthly_cost]"));
}

TEST(CostOfTest, WhatIsNotKnownHasNoPrice) {
  const std::vector<api::Size> sizes = FakeDigitalOcean().cloud().sizes;
  ClusterModel cluster = SmallPlatform();
  EXPECT_TRUE(CostOf(cluster, sizes, {}));
  (*cluster.node_pools)["primary"]->count = Attr<int64_t>::Unknown();
  EXPECT_FALSE(CostOf(cluster, sizes, {}));
  cluster = SmallPlatform();
  (*cluster.node_pools)["primary"]->size = "s-unheard-of";
  EXPECT_FALSE(CostOf(cluster, sizes, {}));
  (*cluster.node_pools)["primary"] = Attr<ClusterPool>::Unknown();
  EXPECT_FALSE(CostOf(cluster, sizes, {}));
  cluster.node_pools = Attr<MapOf<ClusterPool>>::Unknown();
  EXPECT_FALSE(CostOf(cluster, sizes, {}));
  cluster = SmallPlatform();
  cluster.ha = Attr<bool>::Unknown();
  EXPECT_FALSE(CostOf(cluster, sizes, {}));
}

TEST(LoadBalancerCostTest, RegionalOnesCostByTheNode) {
  EXPECT_EQ(LoadBalancerCost({.type = "REGIONAL", .size_unit = 3}), 36);
  EXPECT_EQ(LoadBalancerCost({.type = "REGIONAL", .size_unit = 0}), 12);
  EXPECT_EQ(LoadBalancerCost({.type = "GLOBAL", .size_unit = 3}), 15);
}

// ---- phases ----------------------------------------------------------------------------------

TEST_F(ClusterCostTest, PhasesTellHowLongEachPartTookAndDisturbNoPlan) {
  Make();
  const Attr<MapOf<double>> made = host_.model().phases;
  ASSERT_TRUE(made.is_known());
  for (const char* step : {"vpc", "cluster", "node_pools", "certificate"}) {
    ASSERT_EQ(made->count(step), 1u) << step;
    EXPECT_GE(*made->at(step), 0) << step;
  }
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(host_.Plan(config_).planned, host_.state);
  Pool("primary").count = 3;
  EXPECT_TRUE(Planned().phases.is_unknown());
  Make();
  EXPECT_TRUE(host_.model().phases.is_known());
}

}  // namespace
}  // namespace kproto::testing
