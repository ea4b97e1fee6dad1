// SPDX-License-Identifier: MPL-2.0
#include "resources/clusters/data_source.h"

#include "tests/resources/reading_test.h"

namespace kproto::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ClusterDataTest : public ReadingTest {
 protected:
  // Made by hand, so that names may be the same.
  void Add(const std::string& id, const std::string& name, const std::string& region,
           std::vector<std::string> tags = {}) {
    cloud().Edit([&](FakeCloud& cloud) {
      api::Cluster cluster;
      cluster.id = id;
      cluster.name = name;
      cluster.region = region;
      cluster.version = "1.33.5-do.0";
      cluster.status = {api::ClusterState::kRunning, "running", ""};
      cluster.tags = std::move(tags);
      cluster.created_at = "2026-01-01T00:00:00Z";
      api::NodePool pool;
      pool.id = "pool-" + id;
      pool.name = "workers";
      pool.size = "c-4";
      pool.count = 3;
      pool.labels = {{"team", "a"}};
      pool.taints = {{"dedicated", "x", "NoSchedule"}};
      pool.nodes = {{.id = "n1", .name = "workers-1", .state_text = "running"}};
      cluster.node_pools = {pool};
      cloud.clusters[id] = cluster;
    });
  }

  ClusterDataSource one_{connections};
  ClustersDataSource all_{connections};
};

TEST_F(ClusterDataTest, OneIsFoundByNameOrIdAndDescribedWhole) {
  Add("c1", "web", "nyc3", {"k8s", "k8s:c1", "kproto:abc", "prod"});
  cloud().Edit([](FakeCloud& cloud) {
    api::Cluster& cluster = cloud.clusters["c1"];
    cluster.maintenance_policy = api::MaintenancePolicy{"sunday", "04:00", "4h0m0s"};
    cluster.control_plane_firewall = api::ControlPlaneFirewall{true, {"10.0.0.0/8"}};
    cluster.plugins = {{"routing_agent", true}};
  });
  const Value state = Read(one_, {{"name", Value::String("web")}});
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_EQ(state, Read(one_, {{"id", Value::String("c1")}}));
  EXPECT_EQ(state["version"].string(), "1.33.5-do.0");
  EXPECT_THAT(Texts(state["tags"]), ElementsAre("prod"));
  EXPECT_TRUE(state["endpoint"].is_null());
  EXPECT_EQ(state["maintenance_policy"]["day"].string(), "sunday");
  EXPECT_THAT(Texts(state["control_plane_firewall"]["allowed_addresses"]),
              ElementsAre("10.0.0.0/8"));
  EXPECT_TRUE(state["plugins"]["routing_agent"].bool_value());
  const Value& pool = state["node_pools"]["workers"];
  EXPECT_EQ(*pool["count"].number().AsInt64(), 3);
  EXPECT_TRUE(pool["max_nodes"].is_null());
  EXPECT_EQ(pool["labels"]["team"].string(), "a");
  EXPECT_EQ(pool["taints"].list()[0]["effect"].string(), "NoSchedule");
  EXPECT_EQ(pool["nodes"].list()[0]["name"].string(), "workers-1");
}

TEST_F(ClusterDataTest, SeveralOfOneNameAreListedAndNoneIsChosen) {
  Add("c1", "web", "nyc3");
  Add("c2", "web", "ams3");
  Read(one_, {{"name", Value::String("web")}});
  EXPECT_THAT(Said(), HasSubstr("2 clusters have the name \"web\""));
  EXPECT_THAT(Said(), HasSubstr("c1 in nyc3, made 2026-01-01T00:00:00Z"));
  EXPECT_THAT(Said(), HasSubstr("c2 in ams3"));
  EXPECT_THAT(Said(), HasSubstr("[name]"));
  EXPECT_EQ(Read(one_, {{"id", Value::String("c2")}})["region"].string(), "ams3");
}

TEST_F(ClusterDataTest, NotFoundListsWhatThereIs) {
  Read(one_, {{"name", Value::String("web")}});
  EXPECT_THAT(Said(), HasSubstr("no cluster has the name \"web\"; there are: none"));
  Add("c1", "web", "nyc3");
  Read(one_, {{"id", Value::String("web")}});
  EXPECT_THAT(Said(), HasSubstr("no cluster has the id \"web\"; there are: web (c1)"));
  EXPECT_THAT(Said(), HasSubstr("[id]"));
}

TEST_F(ClusterDataTest, ReadingMakesNoToken) {
  Add("c1", "web", "nyc3");
  Read(one_, {{"name", Value::String("web")}});
  EXPECT_THAT(cloud().calls(), ElementsAre("ListClusters"));
}

TEST_F(ClusterDataTest, EitherIdOrNameIsNeeded) {
  Read(one_, {});
  EXPECT_THAT(Said(), HasSubstr("Give either id or name"));
  Read(one_, {{"id", Value::String("a")}, {"name", Value::String("b")}});
  EXPECT_THAT(Said(), HasSubstr("Give either id or name"));
}

TEST_F(ClusterDataTest, AllAreListedByNameWithTheirNodesCounted) {
  Add("c2", "web", "ams3");
  Add("c1", "web", "nyc3");
  Add("c3", "data", "nyc3");
  const Value state = Read(all_, {});
  EXPECT_THAT(Texts(state["ids"]), ElementsAre("c3", "c1", "c2"));
  EXPECT_EQ(*state["clusters"].list()[0]["node_count"].number().AsInt64(), 3);
  EXPECT_EQ(state, Read(all_, {}));
}

TEST_F(ClusterDataTest, FiltersGoByRegionTagAndBeginningOfTheName) {
  Add("c1", "web-a", "nyc3", {"Prod"});
  Add("c2", "web-b", "ams3");
  Add("c3", "data", "nyc3");
  EXPECT_THAT(Texts(Read(all_, {{"region", Value::String("nyc3")}})["ids"]),
              ElementsAre("c3", "c1"));
  EXPECT_THAT(Texts(Read(all_, {{"tag", Value::String("prod")}})["ids"]), ElementsAre("c1"));
  EXPECT_THAT(Texts(Read(all_, {{"name_prefix", Value::String("web-")}})["ids"]),
              ElementsAre("c1", "c2"));
}

TEST_F(ClusterDataTest, NoneIsAnAnswerButARegionThatIsNoneIsAMistake) {
  EXPECT_THAT(Texts(Read(all_, {{"region", Value::String("ams3")}})["ids"]), IsEmpty());
  EXPECT_THAT(Said(), IsEmpty());
  Read(all_, {{"region", Value::String("nyc9")}});
  EXPECT_THAT(Said(), HasSubstr("there is no region \"nyc9\"; there are: nyc3, ams3"));
}

}  // namespace
}  // namespace kproto::testing
