// SPDX-License-Identifier: MPL-2.0
#include <algorithm>
#include <functional>
#include <set>

#include "lab/digitalocean/kubernetes_options.h"
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class UpgradesTest : public SimulatorTest {
 protected:
  // One pool for each of `counts`.
  std::string MakeRunning(const std::string& version, bool surge = false,
                          const std::vector<int>& counts = {2}) {
    Json body = ClusterBody();
    body["version"] = version;
    body["surge_upgrade"] = surge;
    const Json pool = body["node_pools"][0];
    body["node_pools"] = Json::array();
    for (const int count : counts) {
      body["node_pools"].push_back(pool);
      body["node_pools"].back()["name"] = "pool-" + std::to_string(body["node_pools"].size());
      body["node_pools"].back()["count"] = count;
    }
    const std::string id = MakeCluster(body);
    PassProvisioning();
    return id;
  }
  Json Available(const std::string& id) {
    return Get(ClusterPath(id) + "/upgrades").body["available_upgrade_versions"];
  }
  std::set<std::string> NodeIds(const std::string& id) {
    std::set<std::string> ids;
    const Json cluster = Cluster(id);
    for (const Json& pool : cluster["node_pools"]) {
      for (const Json& node : pool["nodes"]) {
        ids.insert(StringField(node, "id"));
      }
    }
    return ids;
  }
  int Nodes(const std::string& id, int pool) {
    return static_cast<int>(Cluster(id)["node_pools"][pool]["nodes"].size());
  }
  size_t Running(const std::string& id) {
    size_t count = 0;
    const Json cluster = Cluster(id);
    for (const Json& pool : cluster["node_pools"]) {
      for (const Json& node : pool["nodes"]) {
        count += StringField(Field(node, "status"), "state") == "running";
      }
    }
    return count;
  }
  // In small steps, with a look after each.
  void PassUntilRunning(
      const std::string& id, const std::function<void()>& look = [] {}) {
    for (int i = 0; i < 200 && State(id) == "upgrading"; ++i) {
      Pass(absl::Seconds(10));
      look();
    }
    EXPECT_EQ(State(id), "running");
  }
  Answer Upgrade(const std::string& id, const std::string& version) {
    return Post(ClusterPath(id) + "/upgrade", {{"version", version}});
  }
};

TEST_F(UpgradesTest, NullWhenThereIsNone) {
  EXPECT_TRUE(Available(MakeRunning("1.34.4-do.1")).is_null());
}

TEST_F(UpgradesTest, OneMinorAtATime) {
  const std::string id = MakeRunning("1.32");
  ASSERT_EQ(Available(id).size(), 1u);
  EXPECT_EQ(Available(id)[0]["slug"], "1.33.8-do.1");
  const Answer jump = Upgrade(id, "1.34.4-do.1");
  EXPECT_EQ(jump.status, 422);
  EXPECT_EQ(jump.Message(), "invalid upgrade path");
  EXPECT_EQ(Upgrade(id, "1.32.12-do.1").status, 422) << "to itself";
}

TEST_F(UpgradesTest, NewestPatchComesBeforeTheNextMinor) {
  const std::string id = MakeRunning("1.33");
  Admin("POST", "/lab/kubernetes_versions", {{"slug", "1.33.9-do.0"}});
  Admin("POST", "/lab/kubernetes_versions", {{"slug", "1.33.8-do.1"}, {"offered", false}});
  EXPECT_EQ(Available(id)[0]["slug"], "1.33.9-do.0");
  EXPECT_EQ(Upgrade(id, "1.34.4-do.1").Message(), "invalid upgrade path");
  EXPECT_EQ(Upgrade(id, "1.33.9-do.0").status, 202);
}

TEST_F(UpgradesTest, TakesTimeAndReplacesEveryNode) {
  const std::string id = MakeRunning("1.33");
  const std::set<std::string> before = NodeIds(id);
  EXPECT_EQ(Upgrade(id, "1.34.4-do.1").status, 202);
  EXPECT_EQ(State(id), "upgrading");
  EXPECT_EQ(Cluster(id)["version"], "1.33.8-do.1");
  EXPECT_EQ(Upgrade(id, "1.34.4-do.1").status, 422) << "one at a time";
  Pass(absl::Seconds(151));
  EXPECT_EQ(Cluster(id)["version"], "1.34.4-do.1");
  EXPECT_EQ(State(id), "upgrading") << "the nodes are still the old ones";
  PassUntilRunning(id);
  const std::set<std::string> after = NodeIds(id);
  EXPECT_EQ(after.size(), before.size());
  for (const std::string& node : after) {
    EXPECT_EQ(before.count(node), 0u);
  }
}

TEST_F(UpgradesTest, ASurgeAddsNodesBeforeItTakesAny) {
  const std::string id = MakeRunning("1.33", /*surge=*/true, {12});
  Upgrade(id, "1.34.4-do.1");
  Pass(absl::Seconds(151));
  EXPECT_EQ(Nodes(id, 0), 22) << "ten more, and none has gone";
  EXPECT_EQ(Cluster(id)["node_pools"][0]["count"], 12) << "they do not count";
  size_t fewest = 99;
  PassUntilRunning(id, [&] { fewest = std::min(fewest, Running(id)); });
  EXPECT_GE(fewest, 12u);
  EXPECT_EQ(Nodes(id, 0), 12);
}

TEST_F(UpgradesTest, WithoutASurgeOneNodeGoesAfterTheOther) {
  const std::string id = MakeRunning("1.33", /*surge=*/false, {3});
  Upgrade(id, "1.34.4-do.1");
  size_t fewest = 99;
  size_t most = 0;
  PassUntilRunning(id, [&] {
    fewest = std::min(fewest, Running(id));
    most = std::max(most, NodeIds(id).size());
  });
  EXPECT_EQ(fewest, 2u);
  EXPECT_EQ(most, 3u);
}

TEST_F(UpgradesTest, ASurgeTakesWhatTheDropletLimitLeaves) {
  options_.droplet_limit = 3;
  const std::string id = MakeRunning("1.33", /*surge=*/true, {2});
  Upgrade(id, "1.34.4-do.1");
  size_t most = 0;
  PassUntilRunning(id, [&] { most = std::max(most, NodeIds(id).size()); });
  EXPECT_EQ(most, 3u);
  EXPECT_EQ(Nodes(id, 0), 2);
}

TEST_F(UpgradesTest, PoolsAreUpgradedOneAtATime) {
  const std::string id = MakeRunning("1.33", /*surge=*/true, {2, 2});
  Upgrade(id, "1.34.4-do.1");
  bool both_at_once = false;
  PassUntilRunning(id, [&] { both_at_once |= Nodes(id, 0) != 2 && Nodes(id, 1) != 2; });
  EXPECT_FALSE(both_at_once);
}

TEST(VersionTest, ReadsSlugsAndOrdersThem) {
  EXPECT_GT(Version::Parse("1.34.4-do.1"), Version::Parse("1.34.4-do.0"));
  EXPECT_GT(Version::Parse("1.32.12-do.1"), Version::Parse("1.32.9-do.1"));
  for (const char* bad :
       {"", "1.34", "latest", "1.34.4", "2.1.1-do.1", "1.x.1-do.1", "1.1.1-do."}) {
    EXPECT_FALSE(Version::Parse(bad).valid) << bad;
  }
}

}  // namespace
}  // namespace kproto::lab
