// SPDX-License-Identifier: MPL-2.0
// What kproto cannot make sense of: states of the future, and answers that lack what must be there.
#include "resources/cluster/states.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class StatesTest : public ::testing::Test {
 protected:
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Said(); }
  std::string Said() { return Text(host_.said); }
  void Edit(const std::function<void(api::Cluster&)>& change) {
    host_.cloud().Edit([&](FakeCloud& now) {
      if (!now.clusters.empty()) {
        change(now.clusters.begin()->second);
      }
    });
  }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
};

TEST_F(StatesTest, AnUnknownClusterStateIsWaitedThroughWithAWarning) {
  host_.cloud().Edit([](FakeCloud& now) { now.polls_until_running = 6; });
  int looks = 0;
  host_.cloud().OnCall([&](const std::string& call) {
    if (call.rfind("GetCluster", 0) == 0 && ++looks < 6) {
      Edit([](api::Cluster& c) { c.status = {api::ClusterState::kUnknown, "hibernating", ""}; });
    }
  });
  Make();
  host_.cloud().OnCall({});
  EXPECT_GE(looks, 6);
  EXPECT_THAT(host_.said.all(), SizeIs(1)) << Said();
  EXPECT_THAT(Said(), AllOf(HasSubstr("in state \"hibernating\""), HasSubstr("does not know")));
}

TEST_F(StatesTest, AnUnknownNodeStateIsWaitedThroughWithAWarning) {
  int looks = 0;
  host_.cloud().OnCall([&](const std::string& call) {
    if (call.rfind("GetCluster", 0) == 0 && ++looks <= 3) {
      Edit([&](api::Cluster& c) {
        api::Node& node = c.node_pools[0].nodes[0];
        node.state = looks <= 2 ? api::NodeState::kUnknown : api::NodeState::kProvisioning;
        node.state_text = looks <= 2 ? "rebalancing" : "provisioning";
      });
    }
  });
  Make();
  host_.cloud().OnCall({});
  EXPECT_THAT(host_.said.all(), SizeIs(1)) << "once, however often it was seen";
  EXPECT_THAT(Said(), AllOf(HasSubstr("a node of pool"), HasSubstr("\"rebalancing\"")));
}

TEST_F(StatesTest, ARefreshInAnUnknownStateWarnsAndLosesNothing) {
  Make();
  const Value pools = host_.state["node_pools"];
  Edit([](api::Cluster& c) { c.status = {api::ClusterState::kUnknown, "", ""}; });
  ASSERT_TRUE(host_.Refresh()) << Said();
  EXPECT_EQ(host_.state["node_pools"], pools);
  EXPECT_THAT(Said(), HasSubstr("Unknown state"));
  for (const api::ClusterState state : {api::ClusterState::kDeleting, api::ClusterState::kDeleted,
                                        api::ClusterState::kInvalid, api::ClusterState::kError}) {
    Edit([&](api::Cluster& c) { c.status = {state, "some state", ""}; });
    EXPECT_TRUE(host_.Refresh());
    EXPECT_FALSE(host_.state.is_null());
    EXPECT_EQ(Said(), "");
  }
}

TEST_F(StatesTest, AnAnswerWithoutWhatEveryClusterHasIsAnErrorAndLosesNothing) {
  Make();
  const Value before = host_.state;
  const api::Cluster whole = host_.cloud().cloud().clusters.begin()->second;
  const std::pair<const char*, std::function<void(api::Cluster&)>> cuts[] = {
      {"name", [](api::Cluster& c) { c.name = ""; }},
      {"region", [](api::Cluster& c) { c.region = ""; }},
      {"version", [](api::Cluster& c) { c.version = ""; }},
      {"node_pools", [](api::Cluster& c) { c.node_pools.clear(); }}};
  for (const auto& [missing, cut] : cuts) {
    Edit([&](api::Cluster& c) {
      c = whole;
      cut(c);
    });
    EXPECT_FALSE(host_.Refresh()) << missing;
    EXPECT_EQ(host_.state, before) << missing;
    EXPECT_THAT(Said(), HasSubstr(std::string("has no ") + missing));
  }
  Edit([&](api::Cluster& c) { c = whole; });
  EXPECT_TRUE(host_.Refresh());
}

TEST(CompleteTest, AClusterOnItsWayNeedsNoPoolsYet) {
  api::Cluster cluster;
  cluster.name = cluster.region = cluster.version = "x";
  cluster.status.state = api::ClusterState::kDeleting;
  EXPECT_THAT(CheckComplete(cluster), IsOk());
}

}  // namespace
}  // namespace kproto::testing
