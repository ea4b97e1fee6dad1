// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/kubernetes_options.h"
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class UpgradesTest : public SimulatorTest {
 protected:
  std::string MakeRunning(const std::string& version) {
    Json body = ClusterBody();
    body["version"] = version;
    const std::string id = MakeCluster(body);
    PassProvisioning();
    return id;
  }
  Json Available(const std::string& id) {
    return Get(ClusterPath(id) + "/upgrades").body["available_upgrade_versions"];
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
  const Json before = Cluster(id)["node_pools"][0]["nodes"];
  EXPECT_EQ(Upgrade(id, "1.34.4-do.1").status, 202);
  EXPECT_EQ(State(id), "upgrading");
  EXPECT_EQ(Cluster(id)["version"], "1.33.8-do.1");
  EXPECT_EQ(Upgrade(id, "1.34.4-do.1").status, 422) << "one at a time";
  Pass(absl::Seconds(151));
  EXPECT_EQ(Cluster(id)["version"], "1.34.4-do.1");
  EXPECT_EQ(State(id), "upgrading") << "the new nodes are not there yet";
  Pass(absl::Seconds(91));
  EXPECT_EQ(State(id), "running");
  const Json after = Cluster(id)["node_pools"][0]["nodes"];
  ASSERT_EQ(after.size(), before.size());
  for (const Json& node : after) {
    for (const Json& old : before) {
      EXPECT_NE(node["id"], old["id"]);
    }
  }
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
