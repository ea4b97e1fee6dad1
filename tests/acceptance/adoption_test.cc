// SPDX-License-Identifier: MPL-2.0
// Stacks that the state does not know, by the real OpenTofu over the whole lab: one that kproto
// made and somebody forgot, and one made by hand, with Helm or with manifests. One cluster for each
// test, walked through its stages, because each needs what the one before has left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr char kStack[] = "kproto_monitoring_stack.this";
// The objects of a hook of Argo CD's chart, which `helm uninstall` leaves to their namespace.
constexpr char kHelmHook[] = "argocd-redis-secret-init";

constexpr char kCluster[] = R"(
terraform {
  required_providers { kproto = { source = "kproto/kproto" } }
}
provider "kproto" {}

resource "kproto_cluster" "this" {
  name    = "by-hand"
  region  = "nyc3"
  version = "1.34"
  node_pools = {
    primary    = { size = "s-4vcpu-8gb", count = 2 }
    monitoring = { size = "c-4", count = 1, dedicated = true }
  }
}
)";

constexpr char kStackByKproto[] = R"(
resource "kproto_monitoring_stack" "this" {
  cluster_id = kproto_cluster.this.id
  values_dir = "${path.module}/helm-values"
  grafana    = { expose = "load_balancer" }
  loki       = { volume_gib = 10 }
}
)";

class AdoptionAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override { lab_.Up(); }

  // The uids of all objects of a kind, by name: what was made anew has another.
  static std::map<std::string, std::string> Uids(Workspace& workspace, const std::string& kind,
                                                 const std::string& ns) {
    std::map<std::string, std::string> uids;
    const Json list = workspace.Kubectl({"get", kind, "-n", ns});
    if (!list.is_object()) {
      return uids;  // nor is the kind there any more
    }
    for (const Json& item : list.value("items", Json::array())) {
      uids[item["metadata"]["name"]] = item["metadata"]["uid"];
    }
    return uids;
  }
  static bool AllHealthy(Workspace& workspace) {
    const Json list = workspace.Kubectl({"get", "applications", "-n", "argocd"});
    const Json items = list.is_object() ? list.value("items", Json::array()) : Json::array();
    return items.size() == 3 && std::all_of(items.begin(), items.end(), [](const Json& item) {
             return item.value("/status/sync/status"_json_pointer, "") == "Synced" &&
                    item.value("/status/health/status"_json_pointer, "") == "Healthy";
           });
  }
  // The names of all objects of a kind in the namespaces of a stack, but for what every namespace
  // has.
  static std::vector<std::string> Left(Workspace& workspace, const std::string& kind) {
    std::vector<std::string> names;
    for (const char* ns : {"argocd", "monitoring"}) {
      for (const auto& [name, uid] : Uids(workspace, kind, ns)) {
        if (name != "kube-root-ca.crt" && name != "default" && name != kHelmHook) {
          names.push_back(absl::StrCat(ns, "/", name));
        }
      }
    }
    return names;
  }
  static void ExpectNothingLeft(Workspace& workspace) {
    for (const char* kind : {"applications.argoproj.io", "persistentvolumeclaims", "deployments",
                             "statefulsets", "daemonsets", "services", "configmaps", "secrets",
                             "roles", "rolebindings", "serviceaccounts"}) {
      EXPECT_THAT(Left(workspace, kind), IsEmpty()) << kind;
    }
    const Json definitions = workspace.Kubectl({"get", "customresourcedefinitions"});
    EXPECT_THAT(definitions.dump(), Not(HasSubstr("argoproj.io")));
    EXPECT_THAT(workspace.Do({"helm", "list", "-A", "-a", "-q"}).out, IsEmpty());
  }

  // Argo CD as somebody installs it with Helm, with settings of his own.
  static void InstallWithHelm(Workspace& workspace) {
    ExpectOk(workspace.Do(
        {"sh", "-c",
         "helm install argocd argo-cd -n argocd --create-namespace --wait "
         "--repo $KPROTO_CHART_MIRROR/argoproj.github.io/argo-helm --set dex.enabled=false"}));
  }
  // And as install.yaml does: without Helm's labels, under selectors of its own.
  static void InstallWithManifests(Workspace& workspace) {
    ExpectOk(workspace.Do({"kubectl", "create", "namespace", "argocd"}));
    ExpectOk(workspace.Do(
        {"sh", "-c",
         "helm template argocd argo-cd -n argocd "
         "--repo $KPROTO_CHART_MIRROR/argoproj.github.io/argo-helm "
         "--set redisSecretInit.enabled=false --set dex.enabled=false | "
         "grep -v -e 'app.kubernetes.io/instance:' -e 'app.kubernetes.io/managed-by: Helm' "
         "-e 'helm.sh/chart:' | kubectl apply --server-side -n argocd -f -"}));
  }
  // Applications without finalizers, in Argo CD's own project, with values as text.
  static void WriteApplications(Workspace& workspace);
  void ExpectTakenOver(Workspace& workspace);

  lab::testing::LabProgram lab_;
};

void AdoptionAcceptanceTest::WriteApplications(Workspace& workspace) {
  const std::string mirror = workspace.Do({"sh", "-c", "printf %s $KPROTO_CHART_MIRROR"}).out;
  std::string text = R"(
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default, namespace: argocd}
spec:
  sourceRepos: ["*"]
  destinations: [{server: "*", namespace: "*"}]
  clusterResourceWhitelist: [{group: "*", kind: "*"}]
)";
  for (const auto& [name, repository, version, values] :
       {std::tuple("grafana", "grafana-community.github.io", "12.*", R"(
          adminPassword: changeme
          persistence: {enabled: true, size: 5Gi}
          deploymentStrategy: {type: Recreate}
          service: {type: LoadBalancer})"),
        std::tuple("loki", "grafana-community.github.io", "6.*", R"(
          deploymentMode: SingleBinary
          singleBinary: {replicas: 1, persistence: {enabled: true, size: 10Gi}}
          read: {replicas: 0}
          write: {replicas: 0}
          backend: {replicas: 0}
          chunksCache: {enabled: false}
          resultsCache: {enabled: false}
          lokiCanary: {enabled: false}
          test: {enabled: false}
          loki:
            auth_enabled: false
            commonConfig: {replication_factor: 1}
            storage: {type: filesystem}
            schemaConfig:
              configs:
                - from: "2024-04-01"
                  store: tsdb
                  object_store: filesystem
                  schema: v13
                  index: {prefix: loki_index_, period: 24h})"),
        std::tuple("promtail", "grafana.github.io", "6.*", R"(
          config: {logLevel: debug})")}) {
    absl::StrAppend(&text, "---\n",
                    absl::StrReplaceAll(R"(apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: NAME, namespace: argocd}
spec:
  project: default
  destination: {name: in-cluster, namespace: monitoring}
  source:
    repoURL: REPOSITORY/helm-charts
    chart: NAME
    targetRevision: "VERSION"
    helm:
      values: |VALUES
  syncPolicy:
    automated: {prune: true, selfHeal: true}
    syncOptions: [CreateNamespace=true]
)",
                                        {{"NAME", name},
                                         {"REPOSITORY", absl::StrCat(mirror, "/", repository)},
                                         {"VERSION", version},
                                         {"VALUES", values}}));
  }
  workspace.Write("applications.yaml", text);
  ExpectOk(workspace.Do({"kubectl", "apply", "-f", "applications.yaml"}));
  Eventually("the hand-made stack runs", [&] { return AllHealthy(workspace); });
}

// From a stack made by hand to one of kproto's and away, with nothing made anew on the way.
void AdoptionAcceptanceTest::ExpectTakenOver(Workspace& workspace) {
  const std::map<std::string, std::map<std::string, std::string>> before = {
      {"applications", Uids(workspace, "applications", "argocd")},
      {"persistentvolumeclaims", Uids(workspace, "persistentvolumeclaims", "monitoring")},
      {"services", Uids(workspace, "services", "monitoring")},
      {"namespaces", Uids(workspace, "namespaces", "monitoring")}};
  EXPECT_THAT(before.at("persistentvolumeclaims"), SizeIs(2));
  workspace.Write("main.tf", absl::StrCat(kCluster, kStackByKproto));
  workspace.Write("helm-values/grafana.yaml", "replicas: 1\n");
  ExpectOk(workspace.Tofu({"import", kStack, "by-hand"}));

  const CommandResult careless = workspace.Plan();
  EXPECT_EQ(careless.exit_code, 1) << careless.out;
  EXPECT_THAT(careless.err, HasSubstr("The volume of grafana would be given up"));
  workspace.Write("helm-values/grafana.yaml", "persistence: {enabled: true, size: 5Gi}\n");
  const CommandResult plan = workspace.Plan();
  EXPECT_EQ(plan.exit_code, 2) << plan.out << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("0 to add, 1 to change, 0 to destroy"));
  const std::string said = plan.out + plan.err;
  EXPECT_THAT(said, AllOf(HasSubstr("takes over what kproto has not made"),
                          HasSubstr("Application grafana (project default -> monitoring"),
                          HasSubstr("Application loki"), HasSubstr("Application promtail"),
                          HasSubstr("a finalizer")));
  ExpectOk(workspace.Apply());
  workspace.ExpectPlan(0);
  for (const auto& [kind, uids] : before) {
    const auto now =
        Uids(workspace, kind, kind == std::string("applications") ? "argocd" : "monitoring");
    for (const auto& [name, uid] : uids) {
      EXPECT_EQ(now.count(name) > 0 ? now.at(name) : "gone", uid) << kind << " " << name;
    }
  }
  EXPECT_TRUE(AllHealthy(workspace));
  const Json applications = workspace.Kubectl({"get", "applications", "-n", "argocd"});
  for (const Json& application : applications["items"]) {
    EXPECT_EQ(application["spec"]["project"], "monitoring");
    EXPECT_THAT(application["metadata"]["finalizers"], SizeIs(1));
    EXPECT_THAT(application["spec"].dump(),
                AllOf(Not(HasSubstr("\"values\":")), Not(HasSubstr("in-cluster"))));
  }
  {
    SCOPED_TRACE("the password that Grafana's database has is kept");
    const Json secret = workspace.Kubectl({"get", "secret", "grafana-admin", "-n", "monitoring"});
    EXPECT_EQ(secret["data"].value("admin-password", ""), "Y2hhbmdlbWU=");  // changeme
  }
  ExpectOk(workspace.Tofu({"destroy", "-auto-approve", "-target", kStack}));
  ExpectNothingLeft(workspace);
  EXPECT_THAT(Inventory(lab_, "load_balancers"), IsEmpty());
  EXPECT_THAT(Inventory(lab_, "volumes"), IsEmpty());
}

TEST_F(AdoptionAcceptanceTest, AStackMadeByHandIsTakenOverWithoutBeingMadeAnew) {
  Workspace workspace(lab_);
  workspace.Write("main.tf", kCluster);
  workspace.Init();
  ExpectOk(workspace.Apply());
  {
    SCOPED_TRACE("Argo CD by Helm");
    InstallWithHelm(workspace);
    WriteApplications(workspace);
    ExpectTakenOver(workspace);
    const Json namespaces = workspace.Kubectl({"get", "namespaces", "argocd", "monitoring"});
    EXPECT_THAT(namespaces["items"], SizeIs(2)) << "they were there before";
    ExpectOk(workspace.Do({"kubectl", "delete", "namespace", "argocd", "monitoring"}));
  }
  {
    SCOPED_TRACE("Argo CD by manifests");
    InstallWithManifests(workspace);
    WriteApplications(workspace);
    ExpectTakenOver(workspace);
  }
  ExpectOk(workspace.Destroy());
  EXPECT_THAT(Inventory(lab_, "clusters"), IsEmpty());
}

TEST_F(AdoptionAcceptanceTest, AStackWithEverythingIsImportedAsItWasApplied) {
  Workspace workspace(lab_, "platform");
  workspace.Init();
  workspace.SetVariable("git_repo_url", "");
  workspace.Edit("main.tf", "collector   = \"promtail\"",
                 "collector   = \"alloy\"\n"
                 "  metrics_server = {}\n"
                 "  ingress = {\n"
                 "    grafana_host   = \"grafana.example.com\"\n"
                 "    argocd_host    = \"argocd.example.com\"\n"
                 "    cluster_issuer = \"letsencrypt\"\n"
                 "  }\n"
                 "  storage          = { reclaim_policy = \"Delete\" }\n"
                 "  rbac             = { viewer_groups = [\"engineers\"] }\n"
                 "  network_policies = true\n"
                 "  resource_quota   = { pods = \"40\" }\n"
                 "  checks           = { references = \"warning\" }\n"
                 "  timeouts         = { create = \"40m\" }");
  workspace.Edit("main.tf", "\"load_balancer\"", "\"none\"");
  ExpectOk(workspace.Apply());
  workspace.ExpectPlan(0);
  const Json made = workspace.State()[kStack]["values"];
  {
    SCOPED_TRACE("forgotten and imported");
    ExpectImport(workspace, kStack, "k8s-prototype");
    EXPECT_EQ(workspace.State()[kStack]["values"], made);
  }
  {
    SCOPED_TRACE("without the record of its configuration");
    ExpectOk(workspace.Do(
        {"kubectl", "delete", "configmap", "kproto-configuration", "-n", "monitoring"}));
    ExpectOk(workspace.Tofu({"state", "rm", kStack}));
    ExpectOk(workspace.Tofu({"import", kStack, "k8s-prototype"}));
    const Json imported = workspace.State()[kStack]["values"];
    for (const char* part : {"collector", "ingress", "metrics_server", "storage", "rbac",
                             "network_policies", "resource_quota", "argocd", "applications"}) {
      EXPECT_EQ(imported[part], made[part]) << part;
    }
    // Which values files there are, no object shows: the plan sets them, and nothing else happens.
    const auto before = Uids(workspace, "applications", "argocd");
    EXPECT_EQ(workspace.Plan().exit_code, 2);
    ExpectOk(workspace.Apply());
    workspace.ExpectPlan(0);
    EXPECT_EQ(Uids(workspace, "applications", "argocd"), before);
    ExpectImport(workspace, kStack, "k8s-prototype");
  }
  {
    SCOPED_TRACE("as an App-of-Apps from Git");
    workspace.SetVariable("git_repo_url", lab_.Env()["TF_VAR_git_repo_url"]);
    ExpectOk(workspace.Apply());
    workspace.ExpectPlan(0);
    ExpectImport(workspace, kStack, "k8s-prototype");
  }
  ExpectOk(workspace.Destroy());
  for (const char* kind : {"vpcs", "clusters", "droplets", "load_balancers", "volumes"}) {
    EXPECT_THAT(Inventory(lab_, kind), IsEmpty()) << kind;
  }
}

}  // namespace
}  // namespace kproto::testing
