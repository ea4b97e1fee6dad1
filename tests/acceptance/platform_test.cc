// SPDX-License-Identifier: MPL-2.0
// examples/tofu/platform from nothing to a Grafana URL and back, by the real OpenTofu over the
// whole lab: a real API server, Helm, Argo CD, Git. One life in one test, because each of its
// stages needs what the one before has made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

class PlatformAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.Up();
    workspace_.Init();
  }

  // Name → {sync, health} of every Application that Argo CD has.
  std::map<std::string, std::string> Applications() {
    std::map<std::string, std::string> states;
    const Json list = workspace_.Kubectl({"get", "applications", "-n", "argocd"});
    for (const Json& item : list["items"]) {
      states[item["metadata"]["name"]] =
          absl::StrCat(item["status"]["sync"].value("status", ""), " ",
                       item["status"]["health"].value("status", ""));
    }
    return states;
  }

  void ExpectRunning(size_t primary_nodes);
  void ExpectSettings();
  void PushAConfigMap();

  lab::testing::LabProgram lab_;
  Workspace workspace_{lab_, "platform"};
};

void PlatformAcceptanceTest::ExpectRunning(size_t primary_nodes) {
  SCOPED_TRACE("what runs");
  const Json nodes = workspace_.Kubectl({"get", "nodes"});
  size_t primary = 0, monitoring = 0;
  for (const Json& node : nodes["items"]) {
    const Json& labels = node["metadata"]["labels"];
    if (labels.value("doks.digitalocean.com/node-pool", "") == "primary") {
      ++primary;
      EXPECT_FALSE(node["spec"].contains("taints")) << node["spec"];
    } else {
      ++monitoring;
      EXPECT_EQ(labels.value("node-type", ""), "monitoring");
      EXPECT_EQ(node["spec"]["taints"][0].value("key", ""), "dedicated");
      EXPECT_EQ(node["spec"]["taints"][0].value("value", ""), "monitoring");
    }
  }
  EXPECT_EQ(primary, primary_nodes);
  EXPECT_EQ(monitoring, 2u);
  for (const char* name : {"grafana", "loki", "promtail"}) {
    EXPECT_EQ(Applications()[name], "Synced Healthy") << name;
  }
  const CommandResult releases = workspace_.Do({"helm", "list", "-A"});
  EXPECT_THAT(releases.out, HasSubstr("deployed")) << releases.err;
  EXPECT_THAT(releases.out, HasSubstr("argo-cd-"));
  const Json service = workspace_.Kubectl({"get", "service", "grafana", "-n", "monitoring"});
  EXPECT_EQ(
      workspace_.Output("grafana_url"),
      absl::StrCat("http://", service["status"]["loadBalancer"]["ingress"][0].value("ip", "")));
  EXPECT_THAT(Inventory(lab_, "vpcs"), SizeIs(1));
  EXPECT_THAT(Inventory(lab_, "clusters"), SizeIs(1));
  EXPECT_THAT(Inventory(lab_, "load_balancers"), SizeIs(1));
  EXPECT_THAT(Inventory(lab_, "volumes"), SizeIs(2));
}

// What the API server makes of the stack's own objects: volumes by its class, rights, a quota.
void PlatformAcceptanceTest::ExpectSettings() {
  const Json claims = workspace_.Kubectl({"get", "persistentvolumeclaims", "-n", "monitoring"});
  ASSERT_THAT(claims["items"], SizeIs(2));
  for (const Json& claim : claims["items"]) {
    EXPECT_EQ(claim["spec"].value("storageClassName", ""), "kproto-monitoring");
    EXPECT_EQ(claim["status"].value("phase", ""), "Bound");
  }
  const auto may = [&](const char* resource, const char* ns) {
    const CommandResult result = workspace_.Do({"kubectl", "auth", "can-i", "list", resource, "-n",
                                                ns, "--as", "somebody", "--as-group", "engineers"});
    return result.out.substr(0, result.out.find('\n'));
  };
  EXPECT_EQ(may("pods", "monitoring"), "yes");
  EXPECT_EQ(may("applications.argoproj.io", "argocd"), "yes");
  EXPECT_EQ(may("secrets", "monitoring"), "no");
  EXPECT_EQ(may("pods", "kube-system"), "no");
  const Json quota = workspace_.Kubectl({"get", "resourcequota", "kproto", "-n", "monitoring"});
  EXPECT_EQ(quota["spec"]["hard"].value("pods", ""), "40");
}

void PlatformAcceptanceTest::PushAConfigMap() {
  TempDir clone;
  const std::string url = lab_.Env()["TF_VAR_git_repo_url"];
  ExpectOk(workspace_.Do({"git", "clone", "-q", url, clone / "platform"}));
  clone.Write("platform/k8s/apps/templates/pushed.yaml",
              "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: pushed\n  namespace: argocd\n");
  ExpectOk(workspace_.Do({"git", "-C", clone / "platform", "add", "-A"}));
  ExpectOk(workspace_.Do({"git", "-C", clone / "platform", "-c", "user.name=t", "-c",
                          "user.email=t@localhost", "commit", "-qm", "push"}));
  ExpectOk(workspace_.Do({"git", "-C", clone / "platform", "push", "-q"}));
}

TEST_F(PlatformAcceptanceTest, GoesFromNothingToGrafanaAndBack) {
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  ExpectRunning(3);

  {
    SCOPED_TRACE("no secret is in the state");
    const Json secret = workspace_.Kubectl({"get", "secret", "grafana-admin", "-n", "monitoring"});
    const std::string state = workspace_.Read("terraform.tfstate");
    for (const auto& [key, value] : secret["data"].items()) {
      if (key.find("password") != std::string::npos) {
        const CommandResult plain =
            workspace_.Do({"sh", "-c", "printf %s \"$0\" | base64 -d", value.get<std::string>()});
        EXPECT_GE(plain.out.size(), 12u);
        EXPECT_THAT(state, Not(HasSubstr(plain.out)));
      }
    }
    EXPECT_THAT(state, Not(HasSubstr("Bearer")));
  }
  {
    SCOPED_TRACE("three to four nodes");
    workspace_.Edit("main.tf", "count = 3", "count = 4");
    const CommandResult plan = workspace_.Plan();
    EXPECT_THAT(plan.out, HasSubstr("= 3 -> 4"));
    EXPECT_THAT(plan.out, HasSubstr("0 to add, 1 to change, 0 to destroy"));
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
    ExpectRunning(4);
  }
  {
    SCOPED_TRACE("an edited values file");
    workspace_.Edit("helm-values/dev/grafana.yaml", "cpu: 100m", "cpu: 111m");
    EXPECT_EQ(workspace_.Plan().exit_code, 2);
    ExpectOk(workspace_.Apply());
    const Json deployment =
        workspace_.Kubectl({"get", "deployment", "grafana", "-n", "monitoring"});
    EXPECT_THAT(deployment.dump(), HasSubstr("111m"));
    workspace_.ExpectPlan(0);
  }
  {
    SCOPED_TRACE("a push to the Git repository");
    PushAConfigMap();
    Eventually("the pushed object is in the cluster", [&] {
      return workspace_.Kubectl({"get", "configmap", "pushed", "-n", "argocd"}).is_object();
    });
  }
  {
    SCOPED_TRACE("a Helm release changed by hand");
    ExpectOk(workspace_.Do({"sh", "-c",
                            "helm upgrade argocd argo-cd -n argocd --reuse-values --repo "
                            "$KPROTO_CHART_MIRROR/argoproj.github.io/argo-helm "
                            "--set notifications.enabled=false"}));
    EXPECT_EQ(workspace_.Plan().exit_code, 2);
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
  }
  {
    SCOPED_TRACE("destroy");
    ExpectOk(workspace_.Destroy());
    for (const char* kind : {"vpcs", "clusters", "droplets", "load_balancers", "volumes"}) {
      EXPECT_THAT(Inventory(lab_, kind), IsEmpty()) << kind;
    }
  }
}

TEST_F(PlatformAcceptanceTest, WithoutGitAnApplicationDeletedByHandIsShownAndMended) {
  workspace_.SetVariable("git_repo_url", "");
  workspace_.Edit("main.tf", "  loki = {",
                  "  storage          = { reclaim_policy = \"Delete\" }\n"
                  "  rbac             = { viewer_groups = [\"engineers\"] }\n"
                  "  network_policies = true\n"
                  "  resource_quota   = { pods = \"40\" }\n"
                  "  loki = {");
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_EQ(Applications().size(), 3u);
  ExpectSettings();
  ExpectOk(workspace_.Do({"kubectl", "delete", "application", "promtail", "-n", "argocd"}));
  EXPECT_EQ(workspace_.Plan().exit_code, 2);
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_EQ(Applications()["promtail"], "Synced Healthy");
  {
    SCOPED_TRACE("another collector, and hosts behind an ingress controller");
    workspace_.Edit("main.tf", "collector   = \"promtail\"",
                    "collector   = \"alloy\"\n"
                    "  ingress = {\n"
                    "    grafana_host   = \"grafana.example.com\"\n"
                    "    argocd_host    = \"argocd.example.com\"\n"
                    "    cluster_issuer = \"letsencrypt\"\n"
                    "  }");
    workspace_.Edit("main.tf", "\"load_balancer\"", "\"none\"");
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
    const auto applications = Applications();
    EXPECT_EQ(applications.count("promtail"), 0u);
    EXPECT_EQ(applications.at("alloy"), "Synced Healthy");
    EXPECT_EQ(applications.at("nginx-ingress"), "Synced Healthy");
    EXPECT_EQ(applications.at("grafana"), "Synced Healthy");
    EXPECT_EQ(workspace_.Output("grafana_url"), "https://grafana.example.com");
    EXPECT_THAT(Inventory(lab_, "load_balancers"), SizeIs(1));
    const Json project =
        workspace_.Kubectl({"get", "appproject", "monitoring", "-n", "argocd"})["spec"];
    EXPECT_THAT(project.dump(), HasSubstr("IngressClass"));
    EXPECT_THAT(project["clusterResourceWhitelist"].dump(), Not(HasSubstr("*")));
  }
  ExpectOk(workspace_.Destroy());
  EXPECT_THAT(Inventory(lab_, "volumes"), IsEmpty());
}

TEST_F(PlatformAcceptanceTest, AProviderKilledWhileHelmWorksIsGoneOnWith) {
  auto apply = workspace_.Begin({"apply", "-auto-approve"});
  // Helm keeps each revision in a Secret that is labelled with its status.
  workspace_.WaitDuring(apply, "Helm has begun", [&] {
    const Json records =
        workspace_.Kubectl({"get", "secret", "-n", "argocd", "-l", "status=pending-install"});
    return records.is_object() && !records["items"].empty();
  });
  workspace_.KillProvider();
  EXPECT_NE(apply.get().exit_code, 0);
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  ExpectRunning(3);
  const CommandResult history = workspace_.Do({"helm", "list", "-a", "-n", "argocd"});
  EXPECT_THAT(history.out, HasSubstr("deployed"));
}

}  // namespace
}  // namespace kproto::testing
