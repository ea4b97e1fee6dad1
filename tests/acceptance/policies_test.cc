// SPDX-License-Identifier: MPL-2.0
// What a stack lets people, pods and Argo CD do, asked of a real API server and a real Argo CD;
// what becomes of changes by hand; and the ways in which a stack ends. One cluster and one stack,
// walked through its stages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr char kStack[] = "kproto_monitoring_stack.this";

// What the host said, in one line: it wraps and frames its messages.
std::string Said(const CommandResult& result) {
  std::string line;
  for (const absl::string_view word :
       absl::StrSplit(result.out + " " + result.err, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    if (word != "│" && word != "╷" && word != "╵") {
      absl::StrAppend(&line, word, " ");
    }
  }
  return line;
}

class PoliciesAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.Up();
    workspace_.Init();
    workspace_.SetVariable("git_repo_url", lab_.Env()["TF_VAR_git_repo_url"]);
  }

  void Kubectl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "kubectl");
    ExpectOk(workspace_.Do(std::move(arguments)));
  }
  // Something changed by hand: the plan shows it, an apply mends it.
  void ExpectMended(const std::string& what) {
    SCOPED_TRACE(what);
    const CommandResult plan = workspace_.Plan();
    EXPECT_EQ(plan.exit_code, 2) << plan.out << plan.err;
    EXPECT_THAT(Said(plan), HasSubstr(what));
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
  }
  // The message of the last operation on the parent Application, and of what it could not sync.
  std::string Refusal() {
    const Json parent =
        workspace_.Kubectl({"get", "application", "monitoring-apps", "-n", "argocd"});
    return parent.is_object()
               ? parent.value("/status/operationState"_json_pointer, Json::object()).dump()
               : "";
  }
  void Push(const std::string& file, const std::string& text);
  void ExpectPodSecurity();
  void ExpectRights();
  void ExpectDriftMended();
  void ExpectLimitsOfGit();

  lab::testing::LabProgram lab_;
  Workspace workspace_{lab_, "platform"};
};

// Commits `text` as `file` of the folder in Git; takes the file out when it is empty.
void PoliciesAcceptanceTest::Push(const std::string& file, const std::string& text) {
  TempDir clone;
  const std::string folder = clone / "platform";
  ExpectOk(workspace_.Do({"git", "clone", "-q", lab_.Env()["TF_VAR_git_repo_url"], folder}));
  const std::string path = absl::StrCat("k8s/apps/templates/", file);
  if (text.empty()) {
    ExpectOk(workspace_.Do({"git", "-C", folder, "rm", "-q", path}));
  } else {
    clone.Write(absl::StrCat("platform/", path), text);
    ExpectOk(workspace_.Do({"git", "-C", folder, "add", "-A"}));
  }
  ExpectOk(workspace_.Do({"git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@localhost",
                          "commit", "-qm", "push"}));
  ExpectOk(workspace_.Do({"git", "-C", folder, "push", "-q"}));
}

// The plan knows before the apply what admission would refuse, and admission agrees.
void PoliciesAcceptanceTest::ExpectPodSecurity() {
  SCOPED_TRACE("pod security");
  workspace_.Edit("main.tf", "enforce = \"privileged\"", "enforce = \"baseline\"");
  const CommandResult refused = workspace_.Plan();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(Said(refused), AllOf(HasSubstr("Pods of DaemonSet promtail violate the Pod Security "
                                             "Standard baseline"),
                                   HasSubstr("hostPath volumes")));
  workspace_.Edit("main.tf", "enforce = \"baseline\", audit", "enforce = \"privileged\", audit");

  const Json ns = workspace_.Kubectl({"get", "namespace", "argocd"});
  EXPECT_EQ(ns["metadata"]["labels"].value("pod-security.kubernetes.io/enforce", ""), "baseline");
  workspace_.Write("pod.yaml",
                   "apiVersion: v1\nkind: Pod\nmetadata: {name: escape}\n"
                   "spec:\n  volumes: [{name: root, hostPath: {path: /}}]\n"
                   "  containers: [{name: a, image: a}]\n");
  const CommandResult pod =
      workspace_.Do({"kubectl", "apply", "-n", "argocd", "--dry-run=server", "-f", "pod.yaml"});
  EXPECT_NE(pod.exit_code, 0);
  EXPECT_THAT(pod.err, HasSubstr("violates PodSecurity"));
  ExpectOk(workspace_.Do(
      {"kubectl", "apply", "-n", "monitoring", "--dry-run=server", "-f", "pod.yaml"}));

  Kubectl({"label", "namespace", "argocd", "--overwrite",
           "pod-security.kubernetes.io/enforce=privileged"});
  ExpectMended("\"privileged\" -> \"baseline\"");
}

void PoliciesAcceptanceTest::ExpectRights() {
  SCOPED_TRACE("rights");
  const auto may = [&](const char* group, const char* verb, const char* resource, const char* ns) {
    const std::vector<std::string> parts = absl::StrSplit(resource, '/');
    const CommandResult result =
        workspace_.Do({"kubectl", "auth", "can-i", verb, parts[0],
                       absl::StrCat("--subresource=", parts.size() > 1 ? parts[1] : ""), "-n", ns,
                       "--as", "somebody", "--as-group", group});
    return result.out.substr(0, result.out.find('\n'));
  };
  EXPECT_EQ(may("engineers", "list", "pods", "monitoring"), "yes");
  EXPECT_EQ(may("engineers", "get", "pods/log", "monitoring"), "yes");
  EXPECT_EQ(may("engineers", "list", "applications.argoproj.io", "argocd"), "yes");
  EXPECT_EQ(may("engineers", "delete", "pods", "monitoring"), "no");
  EXPECT_EQ(may("engineers", "get", "secrets", "monitoring"), "no");
  EXPECT_EQ(may("ops", "delete", "pods", "monitoring"), "yes");
  EXPECT_EQ(may("ops", "create", "pods/portforward", "monitoring"), "yes");
  EXPECT_EQ(may("ops", "get", "secrets", "argocd"), "no");
  EXPECT_EQ(may("admins", "get", "secrets", "monitoring"), "yes");
  EXPECT_EQ(may("admins", "get", "secrets", "kube-system"), "no");
  EXPECT_EQ(may("strangers", "list", "pods", "monitoring"), "no");
  const Json policies = workspace_.Kubectl({"get", "networkpolicies", "-n", "monitoring"});
  EXPECT_THAT(policies["items"], SizeIs(2));
}

void PoliciesAcceptanceTest::ExpectDriftMended() {
  SCOPED_TRACE("drift");
  Kubectl({"delete", "networkpolicy", "kproto-within-the-stack", "-n", "monitoring"});
  ExpectMended("NetworkPolicy monitoring/kproto-within-the-stack is missing");
  Kubectl({"patch", "resourcequota", "kproto", "-n", "monitoring", "-p",
           R"({"spec": {"hard": {"pods": "400"}}})"});
  ExpectMended("ResourceQuota monitoring/kproto was changed");
  Kubectl({"patch", "rolebinding", "kproto-monitoring-viewer", "-n", "monitoring", "--type=json",
           "-p",
           R"([{"op": "add", "path": "/subjects/-", "value": {"kind": "Group", "name": "intruders",
               "apiGroup": "rbac.authorization.k8s.io"}}])"});
  ExpectMended("RoleBinding monitoring/kproto-monitoring-viewer was changed");
  Kubectl({"delete", "storageclass", "kproto-monitoring"});
  ExpectMended("StorageClass kproto-monitoring is missing");
  Kubectl({"delete", "secret", "grafana-admin", "-n", "monitoring"});
  ExpectMended("Secret grafana-admin is missing");
  Kubectl({"patch", "appproject", "monitoring", "-n", "argocd", "--type=merge", "-p",
           R"({"spec": {"clusterResourceWhitelist": [{"group": "*", "kind": "*"}]}})"});
  ExpectMended("AppProject monitoring was changed");
}

// Argo CD does what the folder in Git rendered when it was planned, and no more.
void PoliciesAcceptanceTest::ExpectLimitsOfGit() {
  SCOPED_TRACE("the limits of the folder in Git");
  const auto project = [&] {
    return workspace_.Kubectl({"get", "appproject", "monitoring", "-n", "argocd"})["spec"];
  };
  EXPECT_THAT(project().dump(), AllOf(Not(HasSubstr("\"*\"")), HasSubstr("\"Application\"")));
  const auto there = [&] {
    return workspace_.Kubectl({"get", "limitrange", "pushed", "-n", "argocd"}).is_object();
  };
  Push("pushed.yaml",
       "apiVersion: v1\nkind: LimitRange\nmetadata: {name: pushed, namespace: argocd}\n"
       "spec: {limits: [{type: Pod, max: {cpu: \"8\"}}]}\n");
  Eventually("Argo CD refuses a kind that was not rendered",
             [&] { return Refusal().find("LimitRange is not permitted") != std::string::npos; });
  EXPECT_FALSE(there());
  EXPECT_EQ(workspace_.Plan().exit_code, 2);
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_TRUE(there());
  EXPECT_THAT(project().dump(), HasSubstr("LimitRange"));

  // What is taken out of Git goes from the cluster, and then from the project.
  Push("pushed.yaml", "");
  EXPECT_EQ(workspace_.Plan().exit_code, 2);
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_FALSE(there());
  EXPECT_THAT(project().dump(), Not(HasSubstr("LimitRange")));
}

TEST_F(PoliciesAcceptanceTest, PeoplePodsAndArgoCdDoWhatTheyMay) {
  workspace_.Edit("main.tf", "  loki = {",
                  "  pod_security     = { enforce = \"privileged\", audit = \"baseline\" }\n"
                  "  argocd           = { pod_security = { enforce = \"baseline\" } }\n"
                  "  storage          = { reclaim_policy = \"Delete\" }\n"
                  "  rbac = {\n"
                  "    viewer_groups   = [\"engineers\"]\n"
                  "    operator_groups = [\"ops\"]\n"
                  "    admin_groups    = [\"admins\"]\n"
                  "  }\n"
                  "  network_policies = true\n"
                  "  resource_quota   = { pods = \"40\" }\n"
                  "  loki = {");
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  ExpectPodSecurity();
  ExpectRights();
  ExpectDriftMended();
  ExpectLimitsOfGit();
  {
    SCOPED_TRACE("without pod security the labels go");
    workspace_.Edit(
        "main.tf", "  pod_security     = { enforce = \"privileged\", audit = \"baseline\" }\n", "");
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
    const Json ns = workspace_.Kubectl({"get", "namespace", "monitoring"});
    EXPECT_THAT(ns["metadata"]["labels"].dump(), Not(HasSubstr("pod-security")));
  }
  {
    SCOPED_TRACE("a destroy names what holds it up, and goes on");
    workspace_.Edit("main.tf", "  loki = {", "  timeouts = { delete = \"45s\" }\n  loki = {");
    ExpectOk(workspace_.Apply());
    Kubectl({"patch", "persistentvolumeclaim", "storage-loki-0", "-n", "monitoring", "--type=json",
             "-p",
             R"([{"op": "add", "path": "/metadata/finalizers/-", "value": "example.com/held"}])"});
    const CommandResult held = workspace_.Tofu({"destroy", "-auto-approve", "-target", kStack});
    EXPECT_NE(held.exit_code, 0);
    EXPECT_THAT(Said(held), AllOf(HasSubstr("PersistentVolumeClaim monitoring/storage-loki-0"),
                                  HasSubstr("example.com/held")));
    EXPECT_FALSE(workspace_.State()[kStack].is_null()) << "what is left is still known";
    Kubectl({"patch", "persistentvolumeclaim", "storage-loki-0", "-n", "monitoring", "--type=merge",
             "-p", R"({"metadata": {"finalizers": null}})"});
    ExpectOk(workspace_.Tofu({"destroy", "-auto-approve", "-target", kStack}));
    EXPECT_THAT(Inventory(lab_, "volumes"), IsEmpty());
    EXPECT_THAT(Inventory(lab_, "load_balancers"), IsEmpty());
  }
  {
    SCOPED_TRACE("a cluster that was deleted behind kproto's back");
    workspace_.Edit("main.tf", "delete = \"45s\"", "delete = \"30m\"");
    workspace_.SetVariable("git_repo_url", "");
    ExpectOk(workspace_.Apply());
    const std::string id = workspace_.State()["kproto_cluster.this"]["values"].value("id", "");
    lab_.Api("DELETE", absl::StrCat("/v2/kubernetes/clusters/", id));
    Eventually("the cluster is gone", [&] { return Inventory(lab_, "clusters").empty(); });
    const CommandResult plan = workspace_.Plan();
    EXPECT_EQ(plan.exit_code, 1) << "not made anew in silence";
    EXPECT_THAT(Said(plan), AllOf(HasSubstr("The cluster of the stack is gone"), HasSubstr(id),
                                  HasSubstr("cluster_gone = \"forget\"")));
    ExpectOk(workspace_.Destroy());
    EXPECT_TRUE(workspace_.State().empty());
  }
}

}  // namespace
}  // namespace kproto::testing
