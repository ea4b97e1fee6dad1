// SPDX-License-Identifier: MPL-2.0
// What a cluster lacks to be well, and what a person is told of one that is not.
#include "resources/cluster/health.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

api::Cluster Running() {
  api::Cluster cluster;
  cluster.id = "c-1";
  cluster.status = {api::ClusterState::kRunning, "running", ""};
  api::NodePool pool;
  pool.id = "p-1";
  pool.name = "primary";
  pool.count = 2;
  for (const char* id : {"n-1", "n-2"}) {
    pool.nodes.push_back(
        {.id = id, .name = id, .state = api::NodeState::kRunning, .state_text = "running"});
  }
  cluster.node_pools = {pool};
  return cluster;
}

std::string Lacks(const api::Cluster& cluster, const Awaited& awaited = {}) {
  return WhatIsMissing(cluster, awaited, Degraded::kNotAccepted);
}

TEST(WhatIsMissingTest, NamesTheFirstThingThatIsNotAsItShallBe) {
  api::Cluster cluster = Running();
  EXPECT_EQ(Lacks(cluster), "");
  cluster.node_pools[0].count = 3;
  EXPECT_EQ(Lacks(cluster), "pool primary has 2 of 3 nodes");
  cluster.node_pools[0].nodes[1].state = api::NodeState::kUnknown;
  cluster.node_pools[0].nodes[1].state_text = "pondering";
  cluster.node_pools[0].nodes[1].message = "no capacity";
  EXPECT_EQ(Lacks(cluster), "node n-2 is pondering: no capacity");
  cluster.status = {api::ClusterState::kUpgrading, "upgrading", ""};
  EXPECT_EQ(Lacks(cluster), "the cluster is upgrading");
}

TEST(WhatIsMissingTest, WhatIsToGoMustBeGone) {
  EXPECT_EQ(Lacks(Running(), {.gone_pools = {"p-1"}}), "pool primary is still there");
  EXPECT_EQ(Lacks(Running(), {.gone_nodes = {"n-2"}}), "node n-2 is still there (running)");
}

TEST(WhatIsMissingTest, WhatIsIgnoredMayBeInAnyState) {
  api::Cluster cluster = Running();
  cluster.node_pools[0].nodes[0].state = api::NodeState::kProvisioning;
  EXPECT_EQ(Lacks(cluster, {.ignored_nodes = {"n-1"}}), "");
  EXPECT_EQ(Lacks(cluster, {.ignored_pools = {"p-1"}}), "");
  EXPECT_NE(Lacks(cluster, {.ignored_nodes = {"n-2"}}), "");
}

TEST(WhatIsMissingTest, NodesThatAreNotAwaitedMayBeInAnyState) {
  api::Cluster cluster = Running();
  cluster.node_pools[0].count = 3;
  cluster.node_pools[0].nodes[0].state = api::NodeState::kProvisioning;
  EXPECT_EQ(Lacks(cluster, {.nodes = false}), "");
  EXPECT_EQ(Lacks(cluster, {.gone_pools = {"p-1"}, .nodes = false}), "pool primary is still there");
  cluster.status = {api::ClusterState::kProvisioning, "provisioning", ""};
  EXPECT_EQ(Lacks(cluster, {.nodes = false}), "the cluster is provisioning");
}

TEST(WhatIsMissingTest, ADegradedClusterIsWellEnoughOnlyWhereThatIsAccepted) {
  api::Cluster cluster = Running();
  cluster.status = {api::ClusterState::kDegraded, "degraded", "a node is away"};
  EXPECT_EQ(Lacks(cluster), "the cluster is degraded: a node is away");
  EXPECT_EQ(WhatIsMissing(cluster, {}, Degraded::kAccepted), "");
}

TEST(ClusterHealthTest, ADegradedClusterIsAWarningWithItsMessages) {
  ClusterHost host;
  ASSERT_TRUE(host.Apply(SmallPlatform())) << Text(host.said);
  host.cloud().Edit([](FakeCloud& now) {
    api::Cluster& cluster = now.clusters.begin()->second;
    cluster.status = {api::ClusterState::kDegraded, "degraded", "1 node is not ready"};
    cluster.node_pools[0].nodes[0].state = api::NodeState::kUnknown;
    cluster.node_pools[0].nodes[0].state_text = "notready";
    now.messages[cluster.id] = {{"kubelet stopped answering", "2026-01-01T00:00:00Z"}};
  });
  ASSERT_TRUE(host.Refresh());
  EXPECT_THAT(Text(host.said), AllOf(HasSubstr("The cluster is degraded"),
                                     HasSubstr("1 node is not ready"), HasSubstr("is notready"),
                                     HasSubstr("2026-01-01T00:00:00Z kubelet stopped answering"),
                                     HasSubstr("replace_nodes"), HasSubstr("[status]")));
  EXPECT_EQ(*host.model().status, "degraded");
  // Messages that cannot be read are left out; the warning stays.
  host.cloud().FailNext("ListStatusMessages", absl::UnavailableError("no answer"));
  ASSERT_TRUE(host.Refresh());
  EXPECT_THAT(Text(host.said), HasSubstr("1 node is not ready"));
}

}  // namespace
}  // namespace kproto::testing
