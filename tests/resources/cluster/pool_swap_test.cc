// SPDX-License-Identifier: MPL-2.0
// Another size for a pool: the cluster stays, nothing is without nodes, and what an interruption
// leaves is recognised.
#include "resources/cluster/pool_swap.h"

#include <algorithm>
#include <stop_token>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RetiredNameTest, IsRecognisedAndNeverTooLong) {
  for (const std::string& pool : {std::string("primary"), std::string(63, 'p')}) {
    const std::string name = RetiredName(pool, {});
    EXPECT_LE(name.size(), 63u);
    EXPECT_TRUE(IsRetiredName(name, pool)) << name;
    EXPECT_FALSE(IsRetiredName(name, "other"));
  }
  for (const char* other : {"primary", "primary-old-", "primary-old-xyz1", "primary-old-12345"}) {
    EXPECT_FALSE(IsRetiredName(other, "primary")) << other;
  }
}

class PoolSwapTest : public ::testing::Test {
 protected:
  void SetUp() override {
    config_.node_pools->erase("monitoring");
    Make();
    id_ = Live().id;
    cloud().ForgetCalls();
  }
  void TearDown() override { EXPECT_EQ(Live().id, id_) << "the cluster stays"; }
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Said(); }
  std::string Said() { return Text(host_.said); }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  api::Cluster Live() { return cloud().cloud().clusters.begin()->second; }
  ClusterPool& Pool() { return *(*config_.node_pools)["primary"]; }
  void ExpectNoChange() {
    ASSERT_TRUE(host_.Refresh()) << Said();
    EXPECT_EQ(host_.Plan(config_).planned, host_.state) << "not a plan without changes";
  }
  // A swap whose new pool is there and whose old one could not be deleted yet.
  void LeaveTheOldPool(const char* size) {
    Pool().size = size;
    cloud().FailNext("DeleteNodePool", absl::UnavailableError("interrupted"));
    EXPECT_FALSE(host_.Apply(config_));
    ASSERT_THAT(Live().node_pools, SizeIs(2));
  }
  void CountPools() {
    cloud().OnCall([this](const std::string&) {
      most_pools_ = std::max(most_pools_, Live().node_pools.size());
    });
  }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
  std::string id_;
  size_t most_pools_ = 0;
};

TEST_F(PoolSwapTest, ARefusedPoolLeavesTheOldOneAsItWas) {
  const std::string pool = Live().node_pools[0].id;
  cloud().FailNext("CreateNodePool",
                   absl::InvalidArgumentError("2 additional nodes but not enough available droplet "
                                              "limit"));
  Pool().size = "c-4";
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("pool primary: 2 additional nodes"),
                            HasSubstr("[node_pools[\"primary\"]]")));
  ASSERT_THAT(Live().node_pools, SizeIs(1));
  EXPECT_EQ(Live().node_pools[0].id, pool);
  EXPECT_EQ(Live().node_pools[0].name, "primary");
  EXPECT_THAT(Live().node_pools[0].nodes, SizeIs(2));
  Pool().size = "s-2vcpu-4gb";
  ExpectNoChange();
}

TEST_F(PoolSwapTest, ASwapThatLeftItsOldPoolIsFinished) {
  LeaveTheOldPool("c-4");
  Make();
  ASSERT_THAT(Live().node_pools, SizeIs(1));
  EXPECT_EQ(Live().node_pools[0].size, "c-4");
  EXPECT_EQ(cloud().Count("CreateNodePool"), 1);
  ExpectNoChange();
}

TEST_F(PoolSwapTest, ASecondSwapFirstEndsTheFirstSoThatThereAreNeverThreePools) {
  LeaveTheOldPool("c-4");
  CountPools();
  Pool().size = "c-2";
  Make();
  cloud().OnCall({});
  EXPECT_LE(most_pools_, 2u);
  ASSERT_THAT(Live().node_pools, SizeIs(1));
  EXPECT_EQ(Live().node_pools[0].size, "c-2");
  ExpectNoChange();
}

TEST_F(PoolSwapTest, APoolThatNeverRanMakesWayAndTheOldOneServesOn) {
  const std::string old = Live().node_pools[0].id;
  LeaveTheOldPool("c-4");
  cloud().Edit([](FakeCloud& now) {
    for (api::NodePool& pool : now.clusters.begin()->second.node_pools) {
      for (api::Node& node : pool.nodes) {
        if (pool.name == "primary") {
          node.state = api::NodeState::kUnknown;  // no capacity for this size
          node.state_text = "pending";
        }
      }
    }
  });
  Pool().size = "s-2vcpu-4gb";  // back again
  Make();
  ASSERT_THAT(Live().node_pools, SizeIs(1));
  EXPECT_EQ(Live().node_pools[0].id, old) << "no node of it was touched";
  EXPECT_EQ(Live().node_pools[0].name, "primary");
  ExpectNoChange();
}

TEST_F(PoolSwapTest, ABrokenOldPoolIsNotWaitedFor) {
  cloud().Edit([](FakeCloud& now) {
    api::Node& node = now.clusters.begin()->second.node_pools[0].nodes[0];
    node.state = api::NodeState::kUnknown;
    node.state_text = "notready";
  });
  Pool().size = "c-4";
  Make();
  ASSERT_THAT(Live().node_pools, SizeIs(1));
  EXPECT_EQ(Live().node_pools[0].size, "c-4");
}

TEST_F(PoolSwapTest, LabelsTaintsAndTagsComeAlong) {
  Pool().labels = MapOf<std::string>{{"tier", "web"}};
  Pool().taints = SetOf<PoolTaint>{{PoolTaint{"web", "only", "NoExecute"}}};
  Pool().tags = SetOf<std::string>{{"team:a"}};
  Pool().dedicated = true;
  Make();
  const api::NodePool before = Live().node_pools[0];
  Pool().size = "c-4";
  Make();
  const api::NodePool after = Live().node_pools[0];
  EXPECT_EQ(after.labels, before.labels);
  EXPECT_EQ(after.taints, before.taints);
  EXPECT_EQ(after.tags, before.tags);
  EXPECT_NE(after.id, before.id);
}

TEST_F(PoolSwapTest, APoolThatScalesItselfStartsAsLargeAsTheOneItReplaces) {
  Pool().count = {};
  Pool().auto_scale = true;
  Pool().min_nodes = 1;
  Pool().max_nodes = 6;
  Make();
  cloud().Edit([](FakeCloud& now) {
    api::NodePool& pool = now.clusters.begin()->second.node_pools[0];
    for (pool.count = 4; pool.nodes.size() < 4;) {
      pool.nodes.push_back(
          {.id = "grown-" + std::to_string(pool.nodes.size()), .state = api::NodeState::kRunning});
    }
  });
  Pool().size = "c-4";
  Make();
  EXPECT_EQ(Live().node_pools[0].count, 4) << "what runs there has to fit";
}

TEST_F(PoolSwapTest, ThePlanKnowsThatBothPoolsCountForAWhile) {
  cloud().Edit([](FakeCloud& now) { now.account.droplet_limit = 3; });
  Pool().size = "c-4";
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("need up to 2 more Droplets, but only 1 are left"),
                            HasSubstr("swaps primary: the old nodes stay until the new ones run"),
                            HasSubstr("[node_pools[\"primary\"].size]")));
  EXPECT_EQ(cloud().Count("UpdateNodePool"), 0);
  cloud().Edit([](FakeCloud& now) { now.account.droplet_limit = 4; });
  Make();
}

TEST_F(PoolSwapTest, AnInterruptedSwapSaysThatTheNextApplyGoesOn) {
  std::stop_source stop;
  host_.context.stop = stop.get_token();
  cloud().OnCall([&](const std::string& call) {
    if (absl::StartsWith(call, "CreateNodePool")) {
      stop.request_stop();
    }
  });
  Pool().size = "c-4";
  EXPECT_FALSE(host_.Apply(config_));
  cloud().OnCall({});
  host_.context.stop = {};
  ASSERT_THAT(Live().node_pools, SizeIs(1));
  EXPECT_TRUE(IsRetiredName(Live().node_pools[0].name, "primary"));
  Make();
  ASSERT_THAT(Live().node_pools, SizeIs(1));
  EXPECT_EQ(Live().node_pools[0].name, "primary");
  EXPECT_EQ(Live().node_pools[0].size, "c-4");
  ExpectNoChange();
}

TEST_F(PoolSwapTest, AnInterruptedSwapCanBeTakenBack) {
  const std::string old = Live().node_pools[0].id;
  Pool().size = "c-4";
  cloud().FailNext("CreateNodePool", absl::UnavailableError("away"), FailWhen::kAfter);
  cloud().FailNext("ListNodePools", absl::UnavailableError("away"));
  EXPECT_FALSE(host_.Apply(config_));
  cloud().Edit([](FakeCloud& now) {  // and the new pool was not made after all
    std::erase_if(now.clusters.begin()->second.node_pools,
                  [](const api::NodePool& pool) { return pool.name == "primary"; });
  });
  Pool().size = "s-2vcpu-4gb";
  Make();
  ASSERT_THAT(Live().node_pools, SizeIs(1));
  EXPECT_EQ(Live().node_pools[0].id, old);
  EXPECT_EQ(Live().node_pools[0].name, "primary");
  EXPECT_EQ(cloud().Count("DeleteNodePool"), 0);
  ExpectNoChange();
}

}  // namespace
}  // namespace kproto::testing
