// SPDX-License-Identifier: MPL-2.0
// The lab with everything real in it: a cluster made by the API, load balancers and volumes made by
// its Services and claims, Argo CD installed by Helm and syncing from the lab's Git server.
#include <signal.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "lab/kubernetes/api_client.h"
#include "lab/kubernetes/json.h"
#include "lab/process/leftovers.h"
#include "lab/process/wait.h"
#include "tests/lab/support/lab_program.h"

namespace kproto::lab {
namespace {

using nlohmann::json;
using testing::LabProgram;

absl::Time Soon() { return absl::Now() + absl::Seconds(120); }

// One lab for all cases: starting one takes longer than any of them.
class WholeLabTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    lab_ = new LabProgram();
    lab_->Up({"--time-factor", "60"});
    const json cluster = json::parse(R"({"name": "demo", "region": "nyc3", "version": "latest",
        "node_pools": [{"name": "primary", "size": "s-4vcpu-8gb", "count": 2}]})");
    id_ = Text(lab_->Api("POST", "/v2/kubernetes/clusters", cluster), {"kubernetes_cluster", "id"});
    ASSERT_FALSE(id_.empty());
    ASSERT_TRUE(WaitUntil([] { return NodesRunning() == 2; }, Soon()));
  }
  static void TearDownTestSuite() {
    delete lab_;
    lab_ = nullptr;
  }

  static int NodesRunning() {
    int running = 0;
    const json answer = lab_->Api("GET", "/v2/kubernetes/clusters/" + id_);
    for (const json& pool : Items(answer, {"kubernetes_cluster", "node_pools"})) {
      for (const json& node : Items(pool, {"nodes"})) {
        running += Text(node, {"status", "state"}) == "running" ? 1 : 0;
      }
    }
    return running;
  }

  static size_t Held(const char* kind) { return Items(lab_->DoJson("inventory"), {kind}).size(); }

  std::unique_ptr<ApiClient> Cluster() {
    const json credentials =
        lab_->Api("GET", absl::StrCat("/v2/kubernetes/clusters/", id_, "/credentials"));
    return std::make_unique<ApiClient>(
        AdminAccess{.server = Text(credentials, {"server"}),
                    .ca_path = absl::StrCat(lab_->directory(), "/clusters/", id_, "/ca.crt"),
                    .token = Text(credentials, {"token"})});
  }

  static LabProgram* lab_;
  static std::string id_;
};
LabProgram* WholeLabTest::lab_ = nullptr;
std::string WholeLabTest::id_;  // NOLINT: destroyed with the process

TEST_F(WholeLabTest, AServiceGetsALoadBalancerAndGivesItBack) {
  auto cluster = Cluster();
  const std::string services = "/api/v1/namespaces/default/services";
  const json service = json::parse(R"({"metadata": {"name": "web"},
      "spec": {"type": "LoadBalancer", "selector": {"a": "b"}, "ports": [{"port": 80}]}})");
  ASSERT_TRUE(cluster->Create(services, service).ok());
  std::string ip;
  ASSERT_TRUE(WaitUntil(
      [&] {
        const json live = cluster->Get(services + "/web").value_or(json());
        for (const json& ingress : Items(live, {"status", "loadBalancer", "ingress"})) {
          ip = Text(ingress, {"ip"});
        }
        return !ip.empty();
      },
      Soon()));
  const json held = lab_->DoJson("inventory")["load_balancers"];
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(Text(held[0], {"ip"}), ip);
  EXPECT_EQ(Text(held[0], {"owner"}), "demo");
  ASSERT_TRUE(cluster->Delete(services + "/web").ok());
  EXPECT_TRUE(WaitUntil([&] { return Held("load_balancers") == 0; }, Soon()));
  EXPECT_TRUE(WaitUntil([&] { return absl::IsNotFound(cluster->Get(services + "/web").status()); },
                        Soon()));
}

TEST_F(WholeLabTest, AClaimGetsAVolumeGrowsItAndGivesItBack) {
  auto cluster = Cluster();
  const std::string claims = "/api/v1/namespaces/default/persistentvolumeclaims";
  const json claim = json::parse(R"({"metadata": {"name": "data"}, "spec": {
      "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}})");
  ASSERT_TRUE(cluster->Create(claims, claim).ok());
  ASSERT_TRUE(WaitUntil(
      [&] {
        return Text(cluster->Get(claims + "/data").value_or(json()), {"status", "phase"}) ==
               "Bound";
      },
      Soon()));
  EXPECT_EQ(lab_->DoJson("inventory")["volumes"][0]["size_gigabytes"], 10);
  const json more = json::parse(R"({"spec": {"resources": {"requests": {"storage": "12Gi"}}}})");
  ASSERT_TRUE(cluster->MergePatch(claims + "/data", more).ok());
  EXPECT_TRUE(WaitUntil(
      [&] { return lab_->DoJson("inventory")["volumes"][0]["size_gigabytes"] == 12; }, Soon()));
  ASSERT_TRUE(cluster->Delete(claims + "/data").ok());
  EXPECT_TRUE(WaitUntil([&] { return Held("volumes") == 0; }, Soon()));
}

TEST_F(WholeLabTest, ArgoCdSyncsFromGitOnceItIsInstalledAndNotBefore) {
  auto cluster = Cluster();
  auto env = Environment();
  for (const auto& [name, value] : lab_->Env()) {
    env[name] = value;
  }
  // PATH comes as two words; the tools' directory is the first.
  const std::string tools = env["PATH"].substr(0, env["PATH"].find('\''));
  const auto helm = kproto::Run(
      {.argv = {tools + "/helm", "upgrade", "--install", "argocd", "argo-cd", "--repo",
                env["KPROTO_CHART_MIRROR"] + "/argoproj.github.io/argo-helm", "--version", "9.3.7",
                "--namespace", "argocd", "--create-namespace", "--wait", "--timeout", "3m"},
       .environment = env});
  ASSERT_TRUE(helm.ok()) << helm.status();
  ASSERT_EQ(helm->exit_code, 0) << helm->err;
  ASSERT_TRUE(
      WaitUntil([&] { return lab_->DoJson("status")["clusters"][0]["argocd"] == true; }, Soon()));

  const std::string argo = "/apis/argoproj.io/v1alpha1/namespaces/argocd/";
  const json project = json::parse(R"({"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject",
      "metadata": {"name": "p"}, "spec": {"sourceRepos": ["*"],
      "destinations": [{"server": "*", "namespace": "*"}]}})");
  const json application = {
      {"apiVersion", "argoproj.io/v1alpha1"},
      {"kind", "Application"},
      {"metadata", {{"name", "apps"}}},
      {"spec",
       {{"project", "p"},
        {"source",
         {{"repoURL", env["TF_VAR_git_repo_url"]},
          {"path", "k8s/apps"},
          {"targetRevision", "main"}}},
        {"destination", {{"server", "https://kubernetes.default.svc"}, {"namespace", "argocd"}}},
        {"syncPolicy", {{"automated", json::object()}}}}}};
  ASSERT_TRUE(cluster->Create(argo + "appprojects", project).ok());
  ASSERT_TRUE(cluster->Create(argo + "applications", application).ok());
  EXPECT_TRUE(WaitUntil(
      [&] {
        return Text(cluster->Get(argo + "applications/apps").value_or(json()),
                    {"status", "sync", "status"}) == "Synced";
      },
      Soon()));

  const auto removed = kproto::Run(
      {.argv = {tools + "/helm", "uninstall", "argocd", "-n", "argocd"}, .environment = env});
  ASSERT_TRUE(removed.ok() && removed->exit_code == 0);
  EXPECT_TRUE(
      WaitUntil([&] { return lab_->DoJson("status")["clusters"][0]["argocd"] == false; }, Soon()));
}

// Last in this file, as it ends what the others use.
TEST_F(WholeLabTest, ZKillingTheLabLeavesNoProcessAndDownNoFile) {
  ASSERT_GT(Leftovers(lab_->directory()).size(), 4U);
  kill(lab_->DoJson("status")["pid"].get<pid_t>(), SIGKILL);
  EXPECT_TRUE(WaitUntil([] { return Leftovers(lab_->directory()).empty(); }, Soon()));
  EXPECT_EQ(lab_->Do("down").exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(lab_->directory()));
}

}  // namespace
}  // namespace kproto::lab
