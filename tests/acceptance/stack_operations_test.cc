// SPDX-License-Identifier: MPL-2.0
// What happens to a stack that runs, by the real OpenTofu over the whole lab: proved by a line that
// a real Loki takes and gives back, its administrator's password changed, its Argo CD handed over
// to itself. Behind Grafana's pod the lab has a stand-in with Grafana's semantics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;

constexpr char kGrafana[] = "/api/v1/namespaces/monitoring/services/grafana:80/proxy/";
constexpr char kLoki[] = "/api/v1/namespaces/monitoring/services/loki-gateway:80/proxy/";

class StackOperationsAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.Up();
    workspace_.Init();
    workspace_.SetVariable("git_repo_url", "");
  }

  // Adds arguments to the stack in main.tf.
  void Add(const std::string& arguments) {
    workspace_.Edit("main.tf", "  loki = {", absl::StrCat("  ", arguments, "\n  loki = {"));
  }
  Json Stack() { return workspace_.State()["kproto_monitoring_stack.this"]["values"]; }
  void SetPassword(const std::string& password, int version) {
    workspace_.SetVariable("grafana_admin_password", password);
    workspace_.SetVariable("grafana_admin_password_version", absl::StrCat(version));
  }

  // What Grafana answers to a login, through the API server.
  std::string LogIn(const std::string& password) {
    workspace_.Write("login.json", Json{{"user", "admin"}, {"password", password}}.dump());
    const CommandResult result = workspace_.Do(
        {"kubectl", "create", "--raw", absl::StrCat(kGrafana, "login"), "-f", "login.json"});
    return absl::StrCat(result.out, result.err);
  }
  void ExpectPassword(const std::string& password, const std::string& old) {
    SCOPED_TRACE(password);
    EXPECT_THAT(LogIn(password), HasSubstr("Logged in"));
    EXPECT_THAT(LogIn(old), AllOf(Not(HasSubstr("Logged in")),
                                  HasSubstr("asked for the client to provide credentials")));
  }
  void RestartGrafana();
  std::string Application(const std::string& name) {
    const Json live = workspace_.Kubectl({"get", "application", name, "-n", "argocd"});
    return live.is_object() ? absl::StrCat(live["status"]["sync"].value("status", ""), " ",
                                           live["status"]["health"].value("status", ""))
                            : "none";
  }

  lab::testing::LabProgram lab_;
  Workspace workspace_{lab_, "platform"};
};

// Its Secret says something else by now, which only a new database would believe.
void StackOperationsAcceptanceTest::RestartGrafana() {
  ExpectOk(workspace_.Do({"kubectl", "patch", "secret", "grafana-admin", "-n", "monitoring", "-p",
                          R"({"stringData": {"admin-password": "of-the-secret"}})"}));
  ExpectOk(workspace_.Do({"kubectl", "delete", "pod", "-n", "monitoring", "-l",
                          "app.kubernetes.io/name=grafana", "--wait=true"}));
  Eventually("Grafana answers again", [&] {
    return workspace_.Do({"kubectl", "get", "--raw", absl::StrCat(kGrafana, "api/health")})
               .exit_code == 0;
  });
}

TEST_F(StackOperationsAcceptanceTest, AStackIsProvedAndItsPasswordIsReallyChanged) {
  Add("verify = true");
  SetPassword("first-password", 1);
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_EQ(Stack()["verified"], true);
  {
    SCOPED_TRACE("what proved it");
    const CommandResult lines = workspace_.Do(
        {"kubectl", "get", "--raw",
         absl::StrCat(kLoki, "loki/api/v1/query_range?query=%7Bjob%3D%22kproto-verify%22%7D")});
    EXPECT_THAT(lines.out, HasSubstr("kproto ")) << lines.err;
    EXPECT_THAT(LogIn("first-password"), HasSubstr("Logged in"));
  }
  {
    SCOPED_TRACE("another password");
    SetPassword("second-password", 2);
    workspace_.ExpectPlan(2);
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
    ExpectPassword("second-password", "first-password");
    EXPECT_THAT(workspace_.Read("terraform.tfstate"), Not(HasSubstr("second-password")));
    EXPECT_EQ(Stack()["verified"], true);
  }
  {
    SCOPED_TRACE("the Secret alone changes nothing, which is why it has to be told");
    RestartGrafana();
    ExpectPassword("second-password", "of-the-secret");
  }
}

TEST_F(StackOperationsAcceptanceTest, AStackThatRunsAndDoesNotWorkFailsItsProof) {
  Add("verify = true\n  timeouts = { update = \"3m\" }");
  ExpectOk(workspace_.Apply());
  const std::string grafana = workspace_.Read("helm-values/dev/grafana.yaml");
  {
    SCOPED_TRACE("a datasource that leads nowhere");
    workspace_.Write("helm-values/dev/grafana.yaml", absl::StrCat(grafana, R"(
datasources:
  datasources.yaml:
    datasources:
      - {name: Elsewhere, uid: elsewhere, type: loki, url: "http://127.0.0.1:9"}
      - {name: Loki, uid: loki, type: loki, url: "http://loki-gateway", isDefault: true}
)"));
    const CommandResult apply = workspace_.Apply();
    EXPECT_NE(apply.exit_code, 0) << apply.out;
    EXPECT_THAT(apply.err, AllOf(HasSubstr("a datasource does not work"), HasSubstr("Elsewhere"),
                                 HasSubstr("Unable to connect with Loki")));
    EXPECT_NE(Stack()["verified"], true);
    // Left out of the file, it would stay in Grafana's database.
    workspace_.Edit("helm-values/dev/grafana.yaml", "http://127.0.0.1:9", "http://loki-gateway:80");
  }
  {
    SCOPED_TRACE("a Loki that does not start");
    const std::string loki = workspace_.Read("helm-values/dev/loki.yaml");
    workspace_.Write("helm-values/dev/loki.yaml",
                     absl::StrCat(loki, "  structuredConfig: {no_such_section: {}}\n"));
    const CommandResult apply = workspace_.Apply();
    EXPECT_NE(apply.exit_code, 0) << apply.out;
    EXPECT_THAT(apply.err, HasSubstr("the stack runs, but takes no logs"));
    EXPECT_EQ(Application("loki"), "Synced Healthy") << "Kubernetes and Argo CD see nothing amiss";
    workspace_.Write("helm-values/dev/loki.yaml", loki);
  }
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_EQ(Stack()["verified"], true);
}

TEST_F(StackOperationsAcceptanceTest, ArgoCdManagesItselfOnceHelmHasHandedItOver) {
  ExpectOk(workspace_.Apply());
  EXPECT_EQ(Application("argocd"), "none");
  {
    SCOPED_TRACE("from Helm to itself");
    Add("argocd = { manage = \"self\" }");
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
    EXPECT_EQ(Application("argocd"), "Synced Healthy");
    const CommandResult releases = workspace_.Do({"helm", "list", "-a", "-n", "argocd", "-q"});
    EXPECT_THAT(releases.out, IsEmpty()) << "two would fight over it";
    EXPECT_EQ(Application("grafana"), "Synced Healthy");
  }
  {
    SCOPED_TRACE("it mends what is taken from it");
    const std::string part = "argocd-applicationset-controller";
    ExpectOk(workspace_.Do({"kubectl", "delete", "deployment", part, "-n", "argocd"}));
    Eventually("it is there again", [&] {
      return workspace_.Kubectl({"get", "deployment", part, "-n", "argocd"}).is_object();
    });
  }
  {
    SCOPED_TRACE("the stack goes, and leaves the cluster as it was");
    ExpectOk(workspace_.Tofu({"destroy", "-auto-approve", "-target=kproto_monitoring_stack.this"}));
    for (const char* ns : {"argocd", "monitoring"}) {
      EXPECT_FALSE(workspace_.Kubectl({"get", "namespace", ns}).is_object()) << ns;
    }
    const CommandResult left =
        workspace_.Do({"sh", "-c",
                       "kubectl get crd,clusterrole,clusterrolebinding -o name | "
                       "grep -E 'argo|grafana|loki|promtail'"});
    EXPECT_THAT(left.out, IsEmpty());
  }
  ExpectOk(workspace_.Destroy());
  for (const char* kind : {"vpcs", "clusters", "load_balancers", "volumes"}) {
    EXPECT_THAT(Inventory(lab_, kind), IsEmpty()) << kind;
  }
}

}  // namespace
}  // namespace kproto::testing
