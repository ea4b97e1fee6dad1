// SPDX-License-Identifier: MPL-2.0
// Nodes that are replaced because somebody asks for it, or because they carry labels that their
// pool no longer has.
#include "resources/cluster/node_actions.h"

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
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;
using Ids = std::vector<std::string>;

class NodeActionsTest : public ::testing::Test {
 protected:
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Said(); }
  std::string Said() { return Text(host_.said); }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  api::Cluster Live() { return cloud().cloud().clusters.begin()->second; }
  ClusterPool& Pool(const std::string& name) { return *(*config_.node_pools)[name]; }
  Ids Nodes(const std::string& pool_name) {
    Ids ids;
    for (const api::NodePool& pool : Live().node_pools) {
      for (const api::Node& node : pool.nodes) {
        if (pool.name == pool_name) {
          ids.push_back(node.id);
        }
      }
    }
    return ids;
  }
  Ids Replaced() {
    Ids ids;
    for (const std::string& call : cloud().calls()) {
      if (absl::StartsWith(call, "DeleteNode ")) {
        ids.push_back(call.substr(11));
      }
    }
    return ids;
  }
  void ExpectNoChange() {
    ASSERT_TRUE(host_.Refresh()) << Said();
    EXPECT_EQ(host_.Plan(config_).planned, host_.state) << "not a plan without changes";
  }
  // An apply that is interrupted when it is about to delete its second node.
  void InterruptAtTheSecondNode() {
    std::stop_source stop;
    host_.context.stop = stop.get_token();
    cloud().OnCall([&](const std::string& call) {
      if (absl::StartsWith(call, "DeleteNode ") && Replaced().size() == 1) {
        stop.request_stop();
      }
    });
    EXPECT_FALSE(host_.Apply(config_));
    cloud().OnCall({});
    host_.context.stop = {};
  }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
};

// ---- replace_nodes -----------------------------------------------------------------------------

TEST_F(NodeActionsTest, ListedNodesAreReplacedOneByOneAndOnce) {
  Make();
  const Ids before = Nodes("primary");
  ASSERT_THAT(before, SizeIs(2));
  config_.replace_nodes = SetOf<std::string>{{before[0], before[1]}};
  cloud().ForgetCalls();
  size_t fewest = 99;
  cloud().OnCall([&](const std::string& call) {
    if (absl::StartsWith(call, "DeleteNode ")) {
      size_t running = 0;
      const api::Cluster live = Live();
      for (const api::Node& node : live.node_pools[1].nodes) {
        running += node.state == api::NodeState::kRunning;
      }
      fewest = std::min(fewest, running);
    }
  });
  Make();
  cloud().OnCall({});
  EXPECT_EQ(fewest, 2u) << "the second one waits until the first one's place is taken";
  EXPECT_THAT(Replaced(), UnorderedElementsAreArray(before));
  EXPECT_THAT(Nodes("primary"), SizeIs(2));
  ExpectNoChange();
  EXPECT_EQ(Said(), "") << "what is done needs no warning";
  config_.replace_nodes = {};
  Make();
  EXPECT_THAT(Replaced(), SizeIs(2));
}

TEST_F(NodeActionsTest, ThePlanShowsWhichPoolChanges) {
  Make();
  config_.replace_nodes = SetOf<std::string>{{Nodes("primary")[0]}};
  const auto planned = ClusterModel::Fields().Decode(host_.Plan(config_).planned);
  ASSERT_THAT(planned, IsOk());
  EXPECT_TRUE(planned->node_pools->at("primary")->nodes.is_unknown());
  EXPECT_EQ(EncodeAttr(planned->node_pools->at("monitoring")),
            host_.state["node_pools"]["monitoring"]);
}

TEST_F(NodeActionsTest, AnIdThatIsNoNodeIsAWarningWithThoseThatAre) {
  Make();
  config_.replace_nodes = SetOf<std::string>{{"node-typo"}};
  Make();
  EXPECT_THAT(Said(), AllOf(HasSubstr("No such node"), HasSubstr("\"node-typo\""),
                            HasSubstr(Nodes("primary")[0]), HasSubstr("[replace_nodes]")));
  EXPECT_THAT(Replaced(), IsEmpty());
}

TEST_F(NodeActionsTest, ABrokenNodeOfADegradedClusterIsReplacedWithoutWaitingForIt) {
  Make();
  const std::string broken = Nodes("primary")[0];
  cloud().Edit([&](FakeCloud& now) {
    api::Cluster& cluster = now.clusters.begin()->second;
    cluster.status = {api::ClusterState::kDegraded, "degraded", "a node is away"};
    for (api::NodePool& pool : cluster.node_pools) {
      for (api::Node& node : pool.nodes) {
        if (node.id == broken) {
          node.state = api::NodeState::kUnknown;
          node.state_text = "notready";
        }
      }
    }
  });
  cloud().OnCall([&](const std::string& call) {
    if (absl::StartsWith(call, "GetCluster") && !Replaced().empty()) {
      cloud().Edit([](FakeCloud& now) {
        now.clusters.begin()->second.status = {api::ClusterState::kRunning, "running", ""};
      });
    }
  });
  config_.replace_nodes = SetOf<std::string>{{broken}};
  config_.skip_drain = true;
  Make();
  cloud().OnCall({});
  EXPECT_THAT(Replaced(), ElementsAre(broken));
  EXPECT_EQ(*host_.model().status, "running");
  ExpectNoChange();
}

TEST_F(NodeActionsTest, AnInterruptedReplacementGoesOnWithTheNodesThatAreLeft) {
  Make();
  const Ids before = Nodes("primary");
  config_.replace_nodes = SetOf<std::string>{{before[0], before[1]}};
  cloud().ForgetCalls();
  cloud().FailNext("DeleteNode", absl::UnavailableError("lost"), FailWhen::kAfter);
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Replaced(), SizeIs(1));
  Make();
  EXPECT_THAT(Replaced(), UnorderedElementsAreArray(before)) << "none of them twice";
  ExpectNoChange();
}

TEST_F(NodeActionsTest, ANodeOnItsWayOutIsOnlyWaitedFor) {
  Make();
  const std::string leaving = Nodes("primary")[0];
  const auto edit = [&](const std::function<void(api::Node&)>& change) {
    cloud().Edit([&](FakeCloud& now) {
      for (api::NodePool& pool : now.clusters.begin()->second.node_pools) {
        for (api::Node& node : pool.nodes) {
          if (node.id == leaving) {
            change(node);
          }
        }
      }
    });
  };
  edit([](api::Node& node) {
    node.state = api::NodeState::kDraining;
    node.state_text = "draining";
  });
  int waits = 0;
  host_.clock().OnSleep([&] {
    if (++waits == 3) {
      edit([](api::Node& node) {
        node.id = "its-successor";
        node.state = api::NodeState::kRunning;
      });
    }
  });
  config_.replace_nodes = SetOf<std::string>{{leaving}};
  Make();
  EXPECT_EQ(waits, 3);
  EXPECT_THAT(Replaced(), IsEmpty());
}

// ---- label_strategy ----------------------------------------------------------------------------

class LabelStrategyTest : public NodeActionsTest {
 protected:
  void SetUp() override {
    Pool("primary").labels = MapOf<std::string>{{"tier", "web"}, {"team", "a"}};
    Make();
    nodes_ = Nodes("primary");
    cloud().ForgetCalls();
  }
  void RemoveTier() { Pool("primary").labels = MapOf<std::string>{{"team", "a"}}; }
  Attr<SetOf<std::string>> Stale(size_t node) {
    return host_.model().node_pools->at("primary")->nodes->at(node)->stale_labels;
  }
  const Attr<SetOf<std::string>> tier_ = SetOf<std::string>{{"tier"}};

  Ids nodes_;
};

TEST_F(LabelStrategyTest, ARemovedLabelIsSeenOnLiveNodesAndWarnedOf) {
  RemoveTier();
  host_.said = Diagnostics();
  host_.Plan(config_);
  EXPECT_THAT(Said(), AllOf(HasSubstr("Labels stay on live nodes"), HasSubstr("of pool primary"),
                            HasSubstr("tier"), HasSubstr("label_strategy = \"rolling\""),
                            HasSubstr("[node_pools[\"primary\"].labels]")));
  Make();
  EXPECT_THAT(Replaced(), IsEmpty());
  EXPECT_EQ(Stale(0), tier_);
  EXPECT_EQ(Stale(1), tier_);
  ExpectNoChange();
  EXPECT_THAT(Said(), HasSubstr("Labels stay on live nodes")) << "as long as they do";
  Pool("primary").label_strategy = "keep";
  Make();
  EXPECT_EQ(Said(), "") << "somebody has decided";
}

TEST_F(LabelStrategyTest, RollingReplacesTheNodesThatKeepIt) {
  RemoveTier();
  Pool("primary").label_strategy = "rolling";
  Make();
  EXPECT_THAT(Replaced(), UnorderedElementsAreArray(nodes_));
  EXPECT_TRUE(Stale(0).is_null());
  ExpectNoChange();
  EXPECT_EQ(Said(), "");
}

TEST_F(LabelStrategyTest, RollingMendsWhatAnEarlierRemovalLeft) {
  RemoveTier();
  Make();
  Pool("primary").label_strategy = "rolling";
  Make();
  EXPECT_THAT(Replaced(), UnorderedElementsAreArray(nodes_));
  ExpectNoChange();
}

TEST_F(LabelStrategyTest, ANewOrChangedLabelReplacesNothing) {
  Pool("primary").label_strategy = "rolling";
  Pool("primary").labels = MapOf<std::string>{{"tier", "db"}, {"team", "a"}, {"more", "yes"}};
  Make();
  EXPECT_THAT(Replaced(), IsEmpty());
  EXPECT_TRUE(Stale(0).is_null());
}

TEST_F(LabelStrategyTest, ALabelThatComesBackIsNotStale) {
  RemoveTier();
  Make();
  Pool("primary").labels = MapOf<std::string>{{"tier", "web"}, {"team", "a"}};
  Make();
  EXPECT_TRUE(Stale(0).is_null());
}

TEST_F(LabelStrategyTest, TheLabelOfADedicatedPoolCountsToo) {
  Pool("monitoring").dedicated = false;
  Pool("monitoring").label_strategy = "rolling";
  const Ids before = Nodes("monitoring");
  Make();
  EXPECT_THAT(Replaced(), UnorderedElementsAreArray(before));
}

TEST_F(LabelStrategyTest, AKilledRollIsFinishedByTheNextApply) {
  RemoveTier();
  Pool("primary").label_strategy = "rolling";
  const Value before = host_.state;
  const PrivateState private_before = host_.private_state;
  InterruptAtTheSecondNode();
  // Killed: the host has nothing but the state from before the apply.
  host_.state = before;
  host_.private_state = private_before;
  Make();
  EXPECT_THAT(Replaced(), IsSupersetOf(nodes_));
  for (const std::string& id : nodes_) {
    EXPECT_THAT(Nodes("primary"), Not(::testing::Contains(id)));
  }
  ExpectNoChange();
}

TEST_F(LabelStrategyTest, LabelsTakenAwayElsewhereAreSeenToo) {
  cloud().Edit([](FakeCloud& now) {
    for (api::NodePool& pool : now.clusters.begin()->second.node_pools) {
      pool.labels.erase("tier");
    }
  });
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(Stale(0), tier_);
}

}  // namespace
}  // namespace kproto::testing
