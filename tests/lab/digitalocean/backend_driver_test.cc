// SPDX-License-Identifier: MPL-2.0
#include <gmock/gmock.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "lab/digitalocean/cloud_time.h"
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

// Records what it is told and answers what the test says.
class FakeBackend : public ClusterBackend {
 public:
  void Start(const ClusterSpec& spec) override { started.push_back(spec); }
  bool Ready(const std::string&) override { return ready; }
  absl::StatusOr<ClusterAccess> Mint(const std::string&, absl::Time expiry) override {
    if (!ready) {
      return absl::UnavailableError("not yet");
    }
    minted.push_back(expiry);
    return ClusterAccess{server, "ca", "secret"};
  }
  void SetNodes(const std::string&, const std::vector<NodeSpec>& nodes) override {
    sets.push_back(nodes);
  }
  bool NodeReady(const std::string&, const std::string&) override { return nodes_ready; }
  void Stop(const std::string& id) override {
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(&may_stop));
    stopped.push_back(id);
  }
  void LetStop() {
    absl::MutexLock lock(&mutex);
    may_stop = true;
  }
  // Waits until Stop has been called and has returned.
  size_t Stopped() {
    absl::MutexLock lock(&mutex);
    const auto any = [this] { return !stopped.empty(); };
    mutex.AwaitWithTimeout(absl::Condition(&any), absl::Seconds(20));
    return stopped.size();
  }

  std::vector<ClusterSpec> started;
  std::vector<std::vector<NodeSpec>> sets;
  std::vector<absl::Time> minted;
  bool ready = false, nodes_ready = false;
  std::string server = "https://127.0.0.1:4000";
  absl::Mutex mutex;
  bool may_stop = false;
  std::vector<std::string> stopped;
};

class BackendDriverTest : public SimulatorTest {
 protected:
  BackendDriverTest() { options_.backend = &backend_; }
  ~BackendDriverTest() override {
    backend_.LetStop();
    Restart();  // the simulator goes before its backend
  }
  FakeBackend backend_;
};

TEST_F(BackendDriverTest, StartsEachClusterOnceAndGivesItsNodes) {
  const std::string id = MakeCluster();
  Pass(absl::Seconds(1));
  Pass(absl::Seconds(1));
  EXPECT_THAT(backend_.sets, testing::Each(testing::IsEmpty())) << "nodes take time to start";
  backend_.sets.clear();
  Pass(kFirstNodesProvisioning - kNodeJoinsBefore);
  Pass(absl::Seconds(1));
  ASSERT_EQ(backend_.started.size(), 1u);
  EXPECT_EQ(backend_.started[0].id, id);
  EXPECT_EQ(backend_.started[0].kubernetes_version, "1.34.4");
  EXPECT_EQ(backend_.started[0].service_subnet, "10.245.0.0/16");
  ASSERT_EQ(backend_.sets.size(), 1u);
  ASSERT_EQ(backend_.sets[0].size(), 2u);
  const NodeSpec& node = backend_.sets[0][0];
  EXPECT_THAT(node.name, testing::StartsWith("primary-"));
  EXPECT_THAT(node.provider_id, testing::StartsWith("digitalocean://4"));
  EXPECT_EQ(node.vcpus, 2);
  EXPECT_EQ(node.memory_mib, 4096);
  EXPECT_EQ(node.labels.at("doks.digitalocean.com/node-pool"), "primary");
  EXPECT_EQ(node.labels.at("doks.digitalocean.com/version"), "1.34.4-do.1");
  EXPECT_EQ(node.labels.at("kubernetes.io/hostname"), node.name);
  EXPECT_EQ(node.labels.at("node.kubernetes.io/instance-type"), "s-2vcpu-4gb");
  EXPECT_EQ(node.labels.at("topology.kubernetes.io/region"), "nyc3");
}

TEST_F(BackendDriverTest, RunsOnlyWhenTheControlPlaneAnswers) {
  const std::string id = MakeCluster();
  Pass(absl::Minutes(30));
  EXPECT_EQ(State(id), "provisioning");
  backend_.ready = true;
  Pass(absl::Seconds(1));
  EXPECT_EQ(State(id), "running");
  EXPECT_EQ(Cluster(id)["endpoint"], "https://127.0.0.1:4000");
  EXPECT_EQ(Cluster(id)["node_pools"][0]["nodes"][0]["status"]["state"], "provisioning");
  backend_.nodes_ready = true;
  Pass(absl::Seconds(1));
  EXPECT_EQ(Cluster(id)["node_pools"][0]["nodes"][0]["status"]["state"], "running");
}

TEST_F(BackendDriverTest, AnAnsweringControlPlaneDoesNotMakeItFaster) {
  backend_.ready = backend_.nodes_ready = true;
  const std::string id = MakeCluster();
  Pass(absl::Seconds(100));
  EXPECT_EQ(State(id), "provisioning");
  EXPECT_EQ(Cluster(id)["endpoint"], "");
}

TEST_F(BackendDriverTest, SetsNodesWhenAPoolChanges) {
  backend_.ready = backend_.nodes_ready = true;
  const std::string id = MakeCluster();
  PassProvisioning();
  const size_t before = backend_.sets.size();
  const std::string pool = StringField(Cluster(id)["node_pools"][0], "id");
  const std::string path = ClusterPath(id) + "/node_pools/" + pool;
  Put(path, {{"name", "primary"}, {"count", 3}});
  Pass(kNodeProvisioning - kNodeJoinsBefore);
  ASSERT_EQ(backend_.sets.size(), before + 1);
  EXPECT_EQ(backend_.sets.back().size(), 3u);
  Put(path, {{"name", "primary"},
             {"count", 3},
             {"labels", {{"a", "b"}}},
             {"taints", {{{"key", "k"}, {"value", "v"}, {"effect", "NoSchedule"}}}}});
  Pass(absl::Seconds(1));
  ASSERT_EQ(backend_.sets.size(), before + 2);
  EXPECT_EQ(backend_.sets.back()[0].labels.at("a"), "b");
  EXPECT_EQ(backend_.sets.back()[0].taints.at(0).key, "k");
}

TEST_F(BackendDriverTest, MintsWithTheExpiryAskedFor) {
  backend_.ready = true;
  const std::string id = MakeCluster();
  PassProvisioning();
  const Json body = Get(ClusterPath(id) + "/credentials?expiry_seconds=60").body;
  EXPECT_EQ(body["token"], "secret");
  EXPECT_EQ(body["certificate_authority_data"], "Y2E=");
  EXPECT_EQ(backend_.minted.back(), now_ + absl::Seconds(60));
  backend_.ready = false;
  EXPECT_EQ(Get(ClusterPath(id) + "/credentials").status, 503);
}

TEST_F(BackendDriverTest, IsGoneOnlyWhenTheControlPlaneIs) {
  backend_.ready = true;
  const std::string id = MakeCluster();
  PassProvisioning();
  Delete(ClusterPath(id));
  Pass(absl::Minutes(10));
  EXPECT_EQ(State(id), "deleting") << "Stop has not returned";
  backend_.LetStop();
  EXPECT_EQ(backend_.Stopped(), 1u);
  // The driver notes the end just after Stop has returned, on its own thread.
  const absl::Time patience = absl::Now() + absl::Seconds(20);
  while (Get(ClusterPath(id)).status != 404 && absl::Now() < patience) {
  }
  EXPECT_EQ(Get(ClusterPath(id)).status, 404);
}

TEST_F(BackendDriverTest, StartsEverythingAgainAfterARestart) {
  options_.state_path = absl::StrCat(testing::TempDir(), "/backend-state-", getpid(), ".json");
  backend_.ready = backend_.nodes_ready = true;
  const std::string id = MakeCluster();
  PassProvisioning();
  backend_.started.clear();
  backend_.sets.clear();
  backend_.server = "https://127.0.0.1:5000";
  Restart();
  EXPECT_EQ(State(id), "running");
  Pass(absl::Seconds(1));
  ASSERT_EQ(backend_.started.size(), 1u);
  EXPECT_EQ(backend_.sets.at(0).size(), 2u);
  EXPECT_EQ(Cluster(id)["endpoint"], "https://127.0.0.1:5000") << "the port may be another one";
  std::remove(options_.state_path.c_str());
}

}  // namespace
}  // namespace kproto::lab
