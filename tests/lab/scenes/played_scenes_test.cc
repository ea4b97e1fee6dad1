// SPDX-License-Identifier: MPL-2.0
// Every scene on a real API server: it shows as it would in a real cluster, and when it is over
// nothing of it stays.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "lab/kubernetes/api_client.h"
#include "lab/kubernetes/json.h"
#include "lab/process/wait.h"
#include "tests/lab/support/lab_program.h"
#include "tests/lab/support/lab_tools.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::LabProgram;
using ::testing::Not;

constexpr char kPods[] = "/api/v1/namespaces/default/pods";
constexpr char kDeployments[] = "/apis/apps/v1/namespaces/default/deployments";

absl::Time Soon() { return absl::Now() + absl::Seconds(90); }

json Containers(const std::vector<std::string>& images) {
  json containers = json::array();
  for (const std::string& image : images) {
    containers.push_back({{"name", absl::StrCat("c", containers.size())}, {"image", image}});
  }
  return containers;
}

json Pod(const std::string& name, const std::vector<std::string>& images) {
  return {{"metadata", {{"name", name}}}, {"spec", {{"containers", Containers(images)}}}};
}

json Deployment(const std::string& name) {
  const json labels = {{"app", name}};
  return {{"metadata", {{"name", name}}},
          {"spec",
           {{"replicas", 0},
            {"selector", {{"matchLabels", labels}}},
            {"template",
             {{"metadata", {{"labels", labels}}},
              {"spec", {{"containers", Containers({"busybox"})}}}}}}}};
}

// One lab for all cases: starting one takes longer than any of them.
class PlayedScenesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    lab_ = new LabProgram();
    lab_->Up({"--time-factor", "60"});
    const json cluster = json::parse(R"({"name": "demo", "region": "nyc3", "version": "latest",
        "node_pools": [{"name": "primary", "size": "s-4vcpu-8gb", "count": 1},
                       {"name": "other", "size": "s-4vcpu-8gb", "count": 1}]})");
    id_ = Text(lab_->Api("POST", "/v2/kubernetes/clusters", cluster), {"kubernetes_cluster", "id"});
    ASSERT_FALSE(id_.empty());
    ASSERT_TRUE(WaitUntil([] { return lab_->DoJson("status")["clusters"][0]["nodes_ready"] == 2; },
                          Soon()));
    // Credentials come once the cloud says that it runs, and pods once this account is there.
    ASSERT_TRUE(WaitUntil(
        [] { return User()->Get("/api/v1/namespaces/default/serviceaccounts/default").ok(); },
        Soon()));
  }
  static void TearDownTestSuite() {
    delete lab_;
    lab_ = nullptr;
  }

  // As somebody who fetches the cluster's credentials now.
  static std::unique_ptr<ApiClient> User() {
    const json credentials =
        lab_->Api("GET", absl::StrCat("/v2/kubernetes/clusters/", id_, "/credentials"));
    return std::make_unique<ApiClient>(
        AdminAccess{.server = Text(credentials, {"server"}),
                    .ca_path = absl::StrCat(lab_->directory(), "/clusters/", id_, "/ca.crt"),
                    .token = Text(credentials, {"token"})});
  }

  static void Begin(std::vector<std::string> words) {
    words.insert(words.begin(), "scene");
    const CommandResult result = lab_->Do("fault", words);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr(absl::StrCat(words[1], " is on in cluster demo")));
    EXPECT_THAT(lab_->Do("fault", {"scenes"}).out, HasSubstr("demo"));
  }
  static void End(const std::string& scene) {
    const CommandResult result = lab_->Do("fault", {"scene", scene, "--clear"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(lab_->Do("fault", {"scenes"}).out, Not(HasSubstr("demo")));
  }

  static bool Eventually(const std::function<bool()>& condition) {
    return WaitUntil(condition, Soon());
  }
  static std::string Phase(ApiClient& user, const std::string& pod) {
    return Text(user.Get(absl::StrCat(kPods, "/", pod)).value_or(json()), {"status", "phase"});
  }
  // Of the first condition or container that waits.
  static std::string Waits(ApiClient& user, const std::string& pod) {
    const json live = user.Get(absl::StrCat(kPods, "/", pod)).value_or(json());
    for (const json& condition : Items(live, {"status", "conditions"})) {
      if (Text(condition, {"reason"}) == "Unschedulable") {
        return Text(condition, {"message"});
      }
    }
    for (const json& status : Items(live, {"status", "containerStatuses"})) {
      if (!Text(status, {"state", "waiting", "reason"}).empty()) {
        return absl::StrCat(Text(status, {"name"}), " ",
                            Text(status, {"state", "waiting", "reason"}), ": ",
                            Text(status, {"state", "waiting", "message"}));
      }
    }
    return "";
  }

  static LabProgram* lab_;
  static std::string id_;
};
LabProgram* PlayedScenesTest::lab_ = nullptr;
std::string PlayedScenesTest::id_;  // NOLINT: destroyed with the process

TEST_F(PlayedScenesTest, AnImageThatCannotBePulledKeepsItsPodsBackingOff) {
  auto user = User();
  ASSERT_THAT(user->Create(kPods, Pod("before", {"docker.io/grafana/grafana:1"})), IsOk());
  ASSERT_TRUE(Eventually([&] { return Phase(*user, "before") == "Running"; }));
  Begin({"image-pull-error"});
  ASSERT_THAT(user->Create(kPods, Pod("after", {"busybox", "docker.io/grafana/grafana:1"})),
              IsOk());
  ASSERT_THAT(user->Create(kPods, Pod("bystander", {"busybox"})), IsOk());
  ASSERT_TRUE(Eventually(
      [&] { return Waits(*user, "after").find("ImagePullBackOff") != std::string::npos; }));
  EXPECT_THAT(Waits(*user, "after"),
              AllOf(HasSubstr("c1 ImagePullBackOff: Back-off pulling image"),
                    HasSubstr("docker.io/grafana/grafana:1"), HasSubstr("not found")));
  ASSERT_TRUE(Eventually([&] { return Phase(*user, "bystander") == "Running"; }));
  EXPECT_EQ(Phase(*user, "after"), "Pending");
  EXPECT_EQ(Phase(*user, "before"), "Running");
  const auto events = user->Get(
      "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dafter%2Creason%3D"
      "Failed");
  ASSERT_THAT(events, IsOk());
  EXPECT_THAT(events->dump(), AllOf(HasSubstr("ErrImagePull"), HasSubstr("ImagePullBackOff")));
  End("image-pull-error");
  EXPECT_TRUE(Eventually([&] { return Phase(*user, "after") == "Running"; }));
}

TEST_F(PlayedScenesTest, CordonedNodesLeaveAPodToTheSchedulersWords) {
  auto user = User();
  Begin({"unschedulable-pod", "--cluster", "demo"});
  ASSERT_THAT(user->Create(kPods, Pod("waits", {"busybox"})), IsOk());
  ASSERT_TRUE(Eventually([&] { return !Waits(*user, "waits").empty(); }));
  EXPECT_THAT(Waits(*user, "waits"), HasSubstr("0/2 nodes are available: 2 node(s) were"));
  End("unschedulable-pod");
  EXPECT_TRUE(Eventually([&] { return Phase(*user, "waits") == "Running"; }));
  Begin({"unschedulable-pod", "other"});
  ASSERT_THAT(user->Create(kPods, Pod("goes", {"busybox"})), IsOk());
  EXPECT_TRUE(Eventually([&] { return Phase(*user, "goes") == "Running"; }));
  End("unschedulable-pod");
  EXPECT_THAT(lab_->Do("fault", {"scene", "unschedulable-pod", "nobodys"}).err,
              HasSubstr("no node of pool nobodys"));
}

TEST_F(PlayedScenesTest, APolicyRefusesWorkloadsByName) {
  auto user = User();
  ASSERT_THAT(user->Create(kDeployments, Deployment("grafana-old")), IsOk());
  Begin({"failed-sync"});
  const auto refused = user->Create(kDeployments, Deployment("grafana"));
  EXPECT_THAT(refused.status().message(), HasSubstr("not allowed here"));
  EXPECT_THAT(user->Create(kDeployments, Deployment("loki")), IsOk());
  const std::string old = absl::StrCat(kDeployments, "/grafana-old");
  EXPECT_FALSE(user->MergePatch(old, {{"spec", {{"paused", true}}}}).ok());
  EXPECT_THAT(user->MergePatch(old, {{"metadata", {{"labels", {{"a", "b"}}}}}}), IsOk());
  End("failed-sync");
  EXPECT_THAT(user->Create(kDeployments, Deployment("grafana")), IsOk());
}

TEST_F(PlayedScenesTest, AFinalizerKeepsAnObjectThatIsDeleted) {
  auto user = User();
  const std::string maps = "/api/v1/namespaces/default/configmaps";
  ASSERT_THAT(user->Create(maps, {{"metadata", {{"name", "held"}}}}), IsOk());
  Begin({"stuck-finalizer", "configmap/default/held"});
  ASSERT_THAT(user->Delete(maps + "/held"), IsOk());
  const auto live = user->Get(maps + "/held");
  ASSERT_THAT(live, IsOk());
  EXPECT_FALSE(Text(*live, {"metadata", "deletionTimestamp"}).empty());
  EXPECT_THAT(live->dump(), HasSubstr("lab.kproto.io/stuck"));
  End("stuck-finalizer");
  EXPECT_TRUE(absl::IsNotFound(user->Get(maps + "/held").status()));
  EXPECT_THAT(lab_->Do("fault", {"scene", "stuck-finalizer", "planet/x/y"}).err,
              HasSubstr("configmap"));
}

TEST_F(PlayedScenesTest, AReleaseIsPendingAndHelmItselfSaysSo) {
  const auto helm = [&](std::vector<std::string> words) {
    words.insert(words.begin(), testing::RealTools().Path("helm"));
    auto environment = Environment();
    environment["KUBECONFIG"] = lab_->Env()["KUBECONFIG"];
    const auto result = kproto::Run({.argv = words, .environment = environment});
    EXPECT_THAT(result, IsOk());
    return result.ok() ? result->out + result->err : "";
  };
  Begin({"stuck-release"});
  EXPECT_THAT(helm({"list", "--all", "-n", "argocd"}), HasSubstr("pending-install"));
  End("stuck-release");
  EXPECT_THAT(helm({"list", "--all", "-n", "argocd"}), Not(HasSubstr("pending")));

  const std::string chart = absl::StrCat(lab_->directory(), "/probe");
  helm({"create", chart});
  helm({"install", "probe", chart, "-n", "argocd", "--set", "replicaCount=0"});
  Begin({"stuck-release", "argocd/probe"});
  EXPECT_THAT(helm({"list", "--all", "-n", "argocd"}), HasSubstr("pending-upgrade"));
  EXPECT_THAT(helm({"upgrade", "probe", chart, "-n", "argocd"}),
              HasSubstr("another operation (install/upgrade/rollback) is in progress"));
  End("stuck-release");
  EXPECT_THAT(helm({"upgrade", "probe", chart, "-n", "argocd", "--set", "replicaCount=0"}),
              HasSubstr("has been upgraded"));
}

TEST_F(PlayedScenesTest, TokensOfBeforeAndOfNowAreRefused) {
  auto before = User();
  ASSERT_THAT(before->Get("/api/v1/namespaces"), IsOk());
  Begin({"expired-token"});
  EXPECT_THAT(User()->Get("/api/v1/namespaces").status().message(), HasSubstr("401"));
  // The API server remembers for seconds whom it has let in.
  EXPECT_TRUE(Eventually([&] { return !before->Get("/api/v1/namespaces").ok(); }));
  End("expired-token");
  EXPECT_THAT(User()->Get("/api/v1/namespaces"), IsOk());
}

TEST_F(PlayedScenesTest, AnApiServerThatIsAwayComesBackWithWhatItHad) {
  auto user = User();
  ASSERT_THAT(user->Create("/api/v1/namespaces", {{"metadata", {{"name", "kept"}}}}), IsOk());
  Begin({"api-server-away"});
  EXPECT_TRUE(absl::IsUnavailable(user->Get("/api/v1/namespaces/kept").status()));
  End("api-server-away");
  EXPECT_THAT(user->Get("/api/v1/namespaces/kept"), IsOk());
}

TEST_F(PlayedScenesTest, WhatIsNotUnderstoodIsSaid) {
  EXPECT_THAT(lab_->Do("fault", {"scene"}).err, HasSubstr("usage"));
  EXPECT_THAT(lab_->Do("fault", {"scene", "flood"}).err, HasSubstr("image-pull-error"));
  EXPECT_THAT(lab_->Do("fault", {"scene", "expired-token", "--cluster", "other"}).err,
              HasSubstr("there is no cluster other; there is: demo"));
}

}  // namespace
}  // namespace kproto::lab
