// SPDX-License-Identifier: MPL-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class RestartTest : public SimulatorTest {
 protected:
  RestartTest() {
    std::string pattern = testing::TempDir() + "/simulator-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    options_.state_path = directory_ + "/state.json";
  }
  ~RestartTest() override {
    unlink(options_.state_path.c_str());
    rmdir(directory_.c_str());
  }
  std::string directory_;
};

TEST_F(RestartTest, LosesNothing) {
  const std::string id = MakeCluster();
  Post("/v2/vpcs", {{"name", "v"}, {"region", "nyc3"}});
  Post("/v2/load_balancers", LoadBalancerBody());
  Post("/v2/volumes", {{"name", "d"}, {"region", "nyc3"}, {"size_gigabytes", 1}});
  const Json before = simulator().Inventory();
  const Json cluster = Cluster(id);
  Restart();
  EXPECT_EQ(simulator().Inventory(), before);
  EXPECT_EQ(Cluster(id), cluster);
}

TEST_F(RestartTest, StatesGoOnWhereTheyWere) {
  const std::string id = MakeCluster();
  now_ += absl::Seconds(200);
  Restart();
  EXPECT_EQ(State(id), "provisioning");
  now_ += absl::Seconds(100);
  Restart();
  EXPECT_EQ(State(id), "running") << "time passed while it was down";
  Delete(ClusterPath(id));
  Restart();
  EXPECT_EQ(State(id), "deleting");
  now_ += absl::Seconds(61);
  EXPECT_EQ(Get(ClusterPath(id)).status, 404);
}

TEST_F(RestartTest, GivesNoIdTwice) {
  const std::string first = MakeCluster();
  Restart();
  EXPECT_NE(MakeCluster(), first) << "the same seed";
}

TEST_F(RestartTest, MakesDefaultsOnlyOnce) {
  const Json before = Get("/v2/vpcs").body["meta"];
  Restart();
  EXPECT_EQ(Get("/v2/vpcs").body["meta"], before);
  EXPECT_EQ(Get("/v2/projects").body["meta"]["total"], 1);
}

TEST_F(RestartTest, KeepsItsFileToItself) {
  MakeCluster();
  struct stat info;
  ASSERT_EQ(stat(options_.state_path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(RestartTest, RefusesABrokenFile) {
  std::ofstream(options_.state_path) << "{ not json";
  const auto simulator = Simulator::Create(options_);
  EXPECT_EQ(simulator.status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace kproto::lab
