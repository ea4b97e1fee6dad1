// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class NodePoolsTest : public SimulatorTest {
 protected:
  void SetUp() override {
    cluster_ = MakeCluster();
    PassProvisioning();
    pool_ = StringField(Cluster(cluster_)["node_pools"][0], "id");
  }
  std::string Pools() { return ClusterPath(cluster_) + "/node_pools"; }
  Json Pool(const std::string& id) { return Field(Get(Pools() + "/" + id).body, "node_pool"); }
  static int64_t Count(const Json& pool, const std::string& state) {
    int64_t count = 0;
    for (const Json& node : pool["nodes"]) {
      count += node["status"]["state"] == state ? 1 : 0;
    }
    return count;
  }
  std::string cluster_, pool_;
};

TEST_F(NodePoolsTest, GrowsByOneNodeThatTakesTime) {
  EXPECT_EQ(Put(Pools() + "/" + pool_, {{"name", "primary"}, {"count", 3}}).status, 202);
  EXPECT_EQ(Count(Pool(pool_), "running"), 2);
  EXPECT_EQ(Count(Pool(pool_), "provisioning"), 1);
  Pass(absl::Seconds(91));
  EXPECT_EQ(Count(Pool(pool_), "running"), 3);
}

TEST_F(NodePoolsTest, ShrinksAndDrainsFirst) {
  EXPECT_EQ(Put(Pools() + "/" + pool_, {{"name", "primary"}, {"count", 1}}).status, 202);
  EXPECT_EQ(Count(Pool(pool_), "deleting"), 1);
  EXPECT_EQ(Pool(pool_)["count"], 1);
  Pass(absl::Seconds(31));
  EXPECT_EQ(Pool(pool_)["nodes"].size(), 1u);
}

TEST_F(NodePoolsTest, ReadsTaintKeysWithoutCase) {
  const Json taint = {{"Key", "dedicated"}, {"Value", "monitoring"}, {"Effect", "NoSchedule"}};
  const Answer answer = Post(Pools(), {{"name", "monitoring"},
                                       {"size", "c-4"},
                                       {"count", 1},
                                       {"labels", {{"node-type", "monitoring"}}},
                                       {"taints", {taint}}});
  ASSERT_EQ(answer.status, 201) << answer.body;
  const Json pool = answer.body["node_pool"];
  EXPECT_EQ(pool["taints"][0],
            (Json{{"key", "dedicated"}, {"value", "monitoring"}, {"effect", "NoSchedule"}}));
  EXPECT_EQ(pool["labels"]["node-type"], "monitoring");
  EXPECT_EQ(pool["min_nodes"], 0);
  const std::string id = StringField(pool, "id");
  EXPECT_EQ(Put(Pools() + "/" + id, {{"name", "monitoring"},
                                     {"count", 1},
                                     {"labels", Json::object()},
                                     {"taints", Json::array()}})
                .status,
            202);
  EXPECT_TRUE(Pool(id)["labels"].empty());
  EXPECT_TRUE(Pool(id)["taints"].empty());
}

TEST_F(NodePoolsTest, SizeDoesNotChange) {
  Put(Pools() + "/" + pool_, {{"name", "primary"}, {"count", 2}, {"size", "c-4"}});
  EXPECT_EQ(Pool(pool_)["size"], "s-2vcpu-4gb");
}

TEST_F(NodePoolsTest, AutoscaleNeedsAMinimumOfOne) {
  const Answer refused =
      Put(Pools() + "/" + pool_,
          {{"name", "primary"}, {"auto_scale", true}, {"min_nodes", 0}, {"max_nodes", 4}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.Message(),
            "validation error: worker_node_pool_spec.min nodes must be greater than or equal to 1");
  const Answer answer =
      Put(Pools() + "/" + pool_,
          {{"name", "primary"}, {"auto_scale", true}, {"min_nodes", 3}, {"max_nodes", 4}});
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body["node_pool"]["count"], 3);
}

TEST_F(NodePoolsTest, NamesAreUniqueInTheCluster) {
  const Json body = {{"name", "primary"}, {"size", "c-4"}, {"count", 1}};
  EXPECT_EQ(Post(Pools(), body).status, 422);
}

TEST_F(NodePoolsTest, DeletesAPoolButNotTheLastOne) {
  EXPECT_EQ(Delete(Pools() + "/" + pool_).status, 422);
  Post(Pools(), {{"name", "second"}, {"size", "c-4"}, {"count", 1}});
  EXPECT_EQ(Delete(Pools() + "/" + pool_).status, 204);
  EXPECT_EQ(Get(Pools() + "/" + pool_).status, 200) << "it drains";
  Pass(absl::Seconds(31));
  EXPECT_EQ(Get(Pools() + "/" + pool_).status, 404);
  EXPECT_EQ(Cluster(cluster_)["node_pools"].size(), 1u);
}

TEST_F(NodePoolsTest, ReplacesANode) {
  const std::string node = StringField(Pool(pool_)["nodes"][0], "id");
  EXPECT_EQ(Delete(Pools() + "/" + pool_ + "/nodes/" + node + "?replace=1").status, 202);
  EXPECT_EQ(Pool(pool_)["count"], 2);
  Pass(absl::Seconds(91));
  EXPECT_EQ(Count(Pool(pool_), "running"), 2);
  const Json pool = Pool(pool_);
  for (const Json& each : pool["nodes"]) {
    EXPECT_NE(each["id"], node);
  }
  EXPECT_EQ(Delete(Pools() + "/" + pool_ + "/nodes/none").status, 404);
}

TEST_F(NodePoolsTest, ANodeThatIsReplacedTwiceHasOneSuccessor) {
  const std::string node = StringField(Pool(pool_)["nodes"][0], "id");
  const std::string path = Pools() + "/" + pool_ + "/nodes/" + node;
  EXPECT_EQ(Delete(path + "?replace=1").status, 202);
  EXPECT_EQ(Delete(path + "?replace=1").status, 202) << "a retry of a lost answer";
  EXPECT_EQ(Post(Pools() + "/" + pool_ + "/recycle", {{"nodes", {node}}}).status, 202);
  Pass(absl::Seconds(91));
  EXPECT_EQ(Pool(pool_)["nodes"].size(), 2u);
  EXPECT_EQ(Pool(pool_)["count"], 2);
}

TEST_F(NodePoolsTest, ANodeThatIsNotReplacedMakesThePoolSmaller) {
  const std::string node = StringField(Pool(pool_)["nodes"][0], "id");
  EXPECT_EQ(Delete(Pools() + "/" + pool_ + "/nodes/" + node + "?skip_drain=1").status, 202);
  EXPECT_EQ(Pool(pool_)["count"], 1);
}

TEST_F(NodePoolsTest, DeletingAPoolTwiceIsNoError) {
  Post(Pools(), {{"name", "second"}, {"size", "c-4"}, {"count", 1}});
  EXPECT_EQ(Delete(Pools() + "/" + pool_).status, 204);
  EXPECT_EQ(Delete(Pools() + "/" + pool_).status, 204) << "a retry of a lost answer";
}

TEST_F(NodePoolsTest, ADeletedDropletComesBack) {
  const std::string droplet = StringField(Pool(pool_)["nodes"][0], "droplet_id");
  EXPECT_EQ(Delete("/v2/droplets/" + droplet).status, 204);
  EXPECT_EQ(Count(Pool(pool_), "provisioning"), 1);
  Pass(absl::Seconds(91));
  EXPECT_EQ(Count(Pool(pool_), "running"), 2);
}

TEST_F(NodePoolsTest, HoldsTheDropletLimitWhenGrowing) {
  const Answer answer = Put(Pools() + "/" + pool_, {{"name", "primary"}, {"count", 60}});
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.Message(),
            "validation error: 58 additional nodes but not enough available droplet limit");
}

}  // namespace
}  // namespace kproto::lab
