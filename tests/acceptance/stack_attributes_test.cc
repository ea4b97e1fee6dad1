// SPDX-License-Identifier: MPL-2.0
// examples/tofu/own-applications walked through its attributes, by the real OpenTofu over the whole
// lab: a private Git repository, charts and manifests of the user's own, dashboards, metrics, drift
// that is only told, and a cluster that somebody deletes. One life in one test, because each of its
// stages needs what the one before has made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;

class StackAttributesAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.Up();
    PushAShop();
    // From here on the repository is private.
    std::ofstream(lab_.directory() + "/git/platform.git/kproto-password")
        << "reader:s3cr3t-token\n";
    workspace_.Init();
  }

  // What the folder of extra_applications.shop holds.
  void PushAShop() {
    TempDir clone;
    ExpectOk(workspace_.Do({"git", "clone", "-q", Repository(), clone / "platform"}));
    clone.Write(
        "platform/shop/settings.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {open: always}\n");
    ExpectOk(workspace_.Do({"git", "-C", clone / "platform", "add", "-A"}));
    ExpectOk(workspace_.Do({"git", "-C", clone / "platform", "-c", "user.name=t", "-c",
                            "user.email=t@localhost", "commit", "-qm", "shop"}));
    ExpectOk(workspace_.Do({"git", "-C", clone / "platform", "push", "-q"}));
  }
  std::string Repository() { return lab_.Env()["TF_VAR_git_repo_url"]; }

  // What the host said, in one line: it wraps and frames its messages.
  static std::string Said(const CommandResult& result) {
    std::string line;
    const std::string all = absl::StrCat(result.out, " ", result.err);
    for (const absl::string_view word :
         absl::StrSplit(all, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
      if (word != "│" && word != "╷" && word != "╵") {
        absl::StrAppend(&line, word, " ");
      }
    }
    return line;
  }
  bool IsThere(const std::string& kind, const std::string& name, const std::string& ns) {
    return workspace_.Kubectl({"get", kind, name, "-n", ns}).is_object();
  }
  // "Synced Healthy" of an Application; "" when there is none.
  std::string StateOf(const std::string& name) {
    const Json found = workspace_.Kubectl({"get", "application", name, "-n", "argocd"});
    return found.is_object() ? absl::StrCat(found["status"]["sync"].value("status", ""), " ",
                                            found["status"]["health"].value("status", ""))
                             : "";
  }

  void ExpectThatItRuns();

  lab::testing::LabProgram lab_;
  Workspace workspace_{lab_, "own-applications"};
};

void StackAttributesAcceptanceTest::ExpectThatItRuns() {
  for (const char* name :
       {"grafana", "loki", "promtail", "prometheus", "gateway", "second-gateway", "shop"}) {
    EXPECT_EQ(StateOf(name), "Synced Healthy") << name;
  }
  EXPECT_EQ(workspace_.Output("applications").value("shop", ""), "Healthy");
  EXPECT_TRUE(IsThere("configmap", "settings", "shop")) << "from the private repository";
  EXPECT_TRUE(IsThere("deployment", "gateway-alloy", "telemetry"));
  EXPECT_TRUE(IsThere("deployment", "second-gateway-alloy", "telemetry"));
  EXPECT_TRUE(IsThere("deployment", "prometheus-server", "monitoring"));
  EXPECT_FALSE(IsThere("deployment", "argocd-server", "argocd")) << "argocd.mode = \"core\"";

  const Json dashboard =
      workspace_.Kubectl({"get", "configmap", "grafana-dashboard-nodes", "-n", "monitoring"});
  EXPECT_THAT(dashboard["data"].value("nodes.json", ""),
              AllOf(HasSubstr("\"uid\": \"prometheus\""), Not(HasSubstr("DS_PROMETHEUS}"))));
  const Json grafana = workspace_.Kubectl({"get", "deployment", "grafana", "-n", "monitoring"});
  EXPECT_THAT(grafana["spec"].dump(), HasSubstr("/var/lib/grafana/dashboards/kproto/nodes"));

  const Json secret = workspace_.Kubectl({"get", "secret", "kproto-git-platform", "-n", "argocd"});
  EXPECT_EQ(secret["metadata"]["labels"].value("argocd.argoproj.io/secret-type", ""), "repository");
  EXPECT_THAT(workspace_.Read("terraform.tfstate"), Not(HasSubstr("s3cr3t-token")));
}

TEST_F(StackAttributesAcceptanceTest, WhatPeopleBringAlongRunsIsWatchedAndGoes) {
  {
    SCOPED_TRACE("a repository that asks for a password that is wrong");
    workspace_.SetVariable("git_repo_url", Repository());
    workspace_.SetVariable("git_password", "wrong");
    const CommandResult plan = workspace_.Plan();
    EXPECT_EQ(plan.exit_code, 1);
    EXPECT_THAT(Said(plan), AllOf(HasSubstr("A Git repository cannot be read"),
                                  HasSubstr("it refuses this username and password")));
  }
  {
    SCOPED_TRACE("a manifest that Argo CD could not run");
    workspace_.SetVariable("git_password", "s3cr3t-token");
    workspace_.Edit("apps/second-gateway.yaml", "namespace: telemetry", "namespace: \"\"");
    EXPECT_THAT(Said(workspace_.Plan()), AllOf(HasSubstr("second-gateway.yaml, line"),
                                               HasSubstr("spec.destination.namespace is missing")));
    workspace_.Edit("apps/second-gateway.yaml", "namespace: \"\"", "namespace: telemetry");
  }
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  ExpectThatItRuns();
  {
    SCOPED_TRACE("drift that is told and left, then mended");
    ExpectOk(workspace_.Do({"kubectl", "delete", "application", "gateway", "-n", "argocd"}));
    const CommandResult plan = workspace_.Plan();
    EXPECT_THAT(Said(plan), AllOf(HasSubstr("Application gateway is missing"),
                                  HasSubstr("without changing any real infrastructure")));
    workspace_.Edit("main.tf", "applications = \"warn\"", "applications = \"fix\"");
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
    EXPECT_EQ(StateOf("gateway"), "Synced Healthy");
  }
  {
    SCOPED_TRACE("an edited dashboard and a manifest less");
    workspace_.Edit("dashboards/logs.json", "Everything", "All that was said");
    ExpectOk(workspace_.Do({"rm", "apps/second-gateway.yaml"}));
    workspace_.Edit("main.tf", "  apps_dir = \"${path.module}/apps\"\n", "");
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
    EXPECT_FALSE(IsThere("deployment", "second-gateway-alloy", "telemetry"));
    const Json logs =
        workspace_.Kubectl({"get", "configmap", "grafana-dashboard-logs", "-n", "monitoring"});
    EXPECT_THAT(logs["data"].value("logs.json", ""), HasSubstr("All that was said"));
  }
  {
    SCOPED_TRACE("a cluster that somebody deletes");
    const std::string id =
        workspace_.State()["kproto_cluster.this"]["values"].value("id", std::string());
    lab_.Api("DELETE", "/v2/kubernetes/clusters/" + id);
    Eventually("the cluster is gone", [&] { return Inventory(lab_, "clusters").empty(); });
    const CommandResult plan = workspace_.Plan();
    EXPECT_EQ(plan.exit_code, 1);
    EXPECT_THAT(Said(plan), AllOf(HasSubstr("The cluster of the stack is gone"),
                                  HasSubstr("cluster_gone = \"forget\"")));
    workspace_.Edit("main.tf", "  on_drift =", "  cluster_gone = \"forget\"\n  on_drift =");
    const CommandResult anew = workspace_.Plan();
    EXPECT_EQ(anew.exit_code, 2) << anew.err;
    EXPECT_THAT(anew.out, HasSubstr("must be replaced"));
  }
  ExpectOk(workspace_.Destroy());
  EXPECT_THAT(Inventory(lab_, "clusters"), IsEmpty());
}

}  // namespace
}  // namespace kproto::testing
