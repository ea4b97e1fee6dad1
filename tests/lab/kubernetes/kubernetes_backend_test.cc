// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/kubernetes_backend.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lab/kubernetes/json.h"
#include "lab/process/leftovers.h"
#include "lab/process/wait.h"
#include "tests/lab/support/lab_tools.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::TempDir;
using nlohmann::json;

absl::Time Soon() { return absl::Now() + absl::Seconds(90); }

const ClusterSpec kSpec = {.id = "c1",
                           .name = "demo",
                           .region = "nyc3",
                           .kubernetes_version = "1.34.4",
                           .cluster_subnet = "10.244.0.0/16",
                           .service_subnet = "10.245.0.0/16"};

NodeSpec Node(const std::string& name) {
  return {.name = name,
          .provider_id = absl::StrCat("digitalocean://", 1000 + name.back()),
          .labels = {{"doks.digitalocean.com/node-pool", "primary"}},
          .vcpus = 2,
          .memory_mib = 4096};
}

class KubernetesBackendTest : public ::testing::Test {
 protected:
  void Begin() {
    backend_ = std::make_unique<KubernetesBackend>(
        &spawner_, &testing::RealTools(),
        KubernetesBackend::Options{.directory = dir_ / "clusters",
                                   .stages = testing::LabFolder() + "/kubernetes/stages.yaml"});
    backend_->Start(kSpec);
  }

  bool BecomesReady() {
    return WaitUntil([&] { return backend_->Ready("c1"); }, Soon());
  }
  bool NodeBecomesReady(const std::string& name) {
    return WaitUntil([&] { return backend_->NodeReady("c1", name); }, Soon());
  }

  // As a user of the cluster: with a minted token, by what the credentials say.
  std::unique_ptr<ApiClient> User(absl::Duration lifetime) {
    auto access = backend_->Mint("c1", absl::Now() + lifetime);
    EXPECT_THAT(access, IsOk());
    dir_.Write("user-ca.crt", access->certificate_authority_pem);
    return std::make_unique<ApiClient>(AdminAccess{
        .server = access->server, .ca_path = dir_ / "user-ca.crt", .token = access->token});
  }

  TempDir dir_;
  Spawner spawner_{dir_.path()};
  std::unique_ptr<KubernetesBackend> backend_;
};

TEST_F(KubernetesBackendTest, AClusterLivesThroughARestartOfTheLabAndEndsWithoutATrace) {
  Begin();
  EXPECT_FALSE(backend_->Mint("c1", absl::Now() + absl::Hours(1)).ok()) << "not ready yet";
  ASSERT_TRUE(BecomesReady());
  backend_->SetNodes("c1", {Node("primary-a"), Node("primary-b")});
  ASSERT_TRUE(NodeBecomesReady("primary-a"));
  ASSERT_TRUE(NodeBecomesReady("primary-b"));

  auto user = User(absl::Hours(1));
  const auto classes = user->Get("/apis/storage.k8s.io/v1/storageclasses/do-block-storage");
  ASSERT_THAT(classes, IsOk());
  EXPECT_EQ(Text(*classes, {"provisioner"}), "dobs.csi.digitalocean.com");

  // A pod is scheduled and runs; when its node goes, it goes.
  const json pod = {{"metadata", {{"name", "p"}}},
                    {"spec",
                     {{"containers", json::array({{{"name", "c"}, {"image", "busybox"}}})},
                      {"nodeName", "primary-b"}}}};
  ASSERT_TRUE(
      WaitUntil([&] { return user->Create("/api/v1/namespaces/default/pods", pod).ok(); }, Soon()))
      << "the default service account comes from the controller manager";
  const std::string path = "/api/v1/namespaces/default/pods/p";
  EXPECT_TRUE(WaitUntil(
      [&] {
        return Text(user->Get(path).value_or(json()), {"status", "phase"}) == "Running";
      },
      Soon()));
  backend_->SetNodes("c1", {Node("primary-a")});
  EXPECT_TRUE(WaitUntil([&] { return absl::IsNotFound(user->Get(path).status()); }, Soon()));
  EXPECT_TRUE(WaitUntil([&] { return !backend_->NodeReady("c1", "primary-b"); }, Soon()));

  // The lab goes down and comes back: same data, same address, same authority.
  const std::string server = backend_->Status()[0].server;
  ASSERT_THAT(user->Create("/api/v1/namespaces", {{"metadata", {{"name", "kept"}}}}), IsOk());
  backend_.reset();
  EXPECT_TRUE(Leftovers(dir_.path()).empty());
  Begin();
  ASSERT_TRUE(BecomesReady());
  EXPECT_EQ(backend_->Status()[0].server, server);
  EXPECT_THAT(user->Get("/api/v1/namespaces/kept"), IsOk()) << "an old token still serves";

  backend_->Stop("c1");
  EXPECT_FALSE(backend_->Ready("c1"));
  EXPECT_TRUE(WaitUntil([&] { return Leftovers(dir_.path()).empty(); }, Soon()));
  EXPECT_TRUE(WaitUntil([&] { return !std::filesystem::exists(dir_ / "clusters/c1"); }, Soon()));
}

TEST_F(KubernetesBackendTest, ATokenExpiresWhenItSays) {
  Begin();
  ASSERT_TRUE(BecomesReady());
  auto user = User(absl::Seconds(3));
  EXPECT_THAT(user->Get("/api/v1/namespaces"), IsOk());
  EXPECT_TRUE(WaitUntil([&] { return !user->Get("/api/v1/namespaces").ok(); }, Soon()));
  EXPECT_THAT(User(absl::Minutes(1))->Get("/api/v1/namespaces"), IsOk());
}

TEST_F(KubernetesBackendTest, AnUnknownClusterIsNoCrash) {
  Begin();
  EXPECT_FALSE(backend_->Ready("other"));
  EXPECT_FALSE(backend_->NodeReady("other", "n"));
  EXPECT_TRUE(absl::IsNotFound(backend_->Mint("other", absl::Now()).status()));
  backend_->SetNodes("other", {});
  backend_->Stop("other");
}

}  // namespace
}  // namespace kproto::lab
