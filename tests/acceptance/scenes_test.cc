// SPDX-License-Identifier: MPL-2.0
// A stack in a cluster that fails, scene by scene: what a user is told, that nothing of the state
// is lost, and that once the cause is gone a plain apply (or destroy) is all it takes. One lab and
// one stack for all, since each scene ends where it began.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kStack[] = "kproto_monitoring_stack.this";

// OpenTofu wraps and indents what it prints; in one line it can be searched.
std::string Told(const std::string& printed) {
  const std::string plain = absl::StrReplaceAll(printed, {{"│", " "}, {"╵", " "}, {"╷", " "}});
  return absl::StrJoin(absl::StrSplit(plain, absl::ByAnyChar(" \n"), absl::SkipEmpty()), " ");
}

// Diagnostics, each of which begins a line in a frame; the word may stand in the text as well.
int Errors(const CommandResult& result) {
  int count = 0;
  for (absl::string_view line : absl::StrSplit(result.err, '\n')) {
    absl::ConsumePrefix(&line, "│ ");
    count += absl::StartsWith(line, "Error: ") ? 1 : 0;
  }
  return count;
}

class ScenesAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.Up();
    workspace_.Init();
    workspace_.SetVariable("git_repo_url", "");
    workspace_.Write("time.tf",
                     "variable \"patience\" {\n  type    = string\n  default = \"10m\"\n}\n");
    workspace_.Edit("main.tf", "  loki = {",
                    "  timeouts = { update = var.patience, delete = var.patience }\n  loki = {");
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
  }

  void Play(const std::vector<std::string>& words) { Scene(words); }
  void Clear(const std::string& scene) { Scene({scene, "--clear"}); }

  // Something to do for Grafana's Deployment: another amount of CPU.
  void ChangeGrafana() {
    const std::string before = absl::StrCat("cpu: ", cpu_, "m");
    workspace_.Edit("helm-values/dev/grafana.yaml", before, absl::StrCat("cpu: ", ++cpu_, "m"));
  }

  // One error that says all of `words`, and a state that still holds the stack.
  template <typename Matcher>
  void ExpectFailure(const CommandResult& result, Matcher words) {
    const std::string told = Told(result.err);
    EXPECT_NE(result.exit_code, 0) << result.out;
    EXPECT_EQ(Errors(result), 1) << told;
    EXPECT_THAT(told, words);
    EXPECT_THAT(told, Not(HasSubstr("bug in the provider")));
    EXPECT_TRUE(workspace_.State().contains(kStack));
  }

  template <typename Matcher>
  void ExpectImpatientApplyFails(Matcher words) {
    workspace_.SetVariable("patience", "45s");
    ExpectFailure(workspace_.Apply(), words);
    workspace_.SetVariable("patience", "10m");
  }

  void ExpectConverges() {
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
  }

  lab::testing::LabProgram lab_;
  Workspace workspace_{lab_, "platform"};

 private:
  void Scene(std::vector<std::string> words) {
    words.insert(words.begin(), "scene");
    const CommandResult result = lab_.Do("fault", words);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  int cpu_ = 100;
};

TEST_F(ScenesAcceptanceTest, EachFailureIsNamedAndLeavesNothingToDoButApply) {
  {
    SCOPED_TRACE("an image that cannot be pulled");
    Play({"image-pull-error"});
    ChangeGrafana();
    ExpectImpatientApplyFails(
        AllOf(HasSubstr("Could not update the monitoring stack"), HasSubstr("timed out after"),
              HasSubstr("Application argocd/grafana"), HasSubstr("Pod monitoring/grafana-"),
              HasSubstr("ImagePullBackOff: Back-off pulling image \"docker.io/grafana/grafana"),
              HasSubstr("not found"), HasSubstr("The next apply goes on from here")));
    Clear("image-pull-error");
    ExpectConverges();
  }
  {
    SCOPED_TRACE("a pod that fits no node");
    Play({"unschedulable-pod"});
    ChangeGrafana();
    ExpectImpatientApplyFails(
        AllOf(HasSubstr("Application argocd/grafana"), HasSubstr("Pod monitoring/grafana-"),
              HasSubstr("not scheduled: 0/5 nodes are available: 5 node(s) were unschedulable")));
    Clear("unschedulable-pod");
    ExpectConverges();
  }
  {
    SCOPED_TRACE("an object that the API server refuses");
    Play({"failed-sync"});
    ChangeGrafana();
    ExpectImpatientApplyFails(AllOf(HasSubstr("Application argocd/grafana"),
                                    HasSubstr("kproto-lab-failed-sync"),
                                    HasSubstr("workloads called grafana* are not allowed here")));
    Clear("failed-sync");
    ExpectConverges();
  }
  {
    SCOPED_TRACE("a release that a killed helm has left");
    Play({"stuck-release"});
    EXPECT_EQ(workspace_.Plan().exit_code, 2);
    const CommandResult apply = workspace_.Apply();
    ExpectOk(apply);
    EXPECT_THAT(Told(apply.out), AllOf(HasSubstr("A stuck Helm release was recovered"),
                                       HasSubstr("pending-upgrade"), HasSubstr("rolled back")));
    workspace_.ExpectPlan(0);
    EXPECT_THAT(workspace_.Do({"helm", "list", "--all", "-n", "argocd"}).out,
                AllOf(HasSubstr("deployed"), Not(HasSubstr("pending"))));
    Clear("stuck-release");
    workspace_.ExpectPlan(0);
  }
  {
    SCOPED_TRACE("credentials that the cluster does not accept");
    Play({"expired-token"});
    ExpectFailure(workspace_.Plan(),
                  AllOf(HasSubstr("Could not reach the cluster of the stack"), HasSubstr("401"),
                        HasSubstr("does not accept these credentials")));
    ExpectFailure(workspace_.Destroy(), HasSubstr("does not accept these credentials"));
    Clear("expired-token");
    workspace_.ExpectPlan(0);
  }
  {
    SCOPED_TRACE("an API server that is away");
    Play({"api-server-away"});
    ExpectFailure(
        workspace_.Plan(),
        AllOf(HasSubstr("Could not reach the cluster of the stack"), HasSubstr("127.0.0.1"),
              HasSubstr("API server does not answer"), HasSubstr("the state is kept")));
    Clear("api-server-away");
    workspace_.ExpectPlan(0);
  }
  {
    SCOPED_TRACE("a finalizer that nobody clears");
    Play({"stuck-finalizer"});
    workspace_.SetVariable("patience", "45s");
    ExpectOk(workspace_.Apply());
    ExpectFailure(workspace_.Destroy(),
                  AllOf(HasSubstr("Could not destroy the monitoring stack"),
                        HasSubstr("Deployment monitoring/grafana, held by lab.kproto.io/stuck (set "
                                  "by kproto-lab"),
                        HasSubstr("kubectl patch deployment grafana -n monitoring")));
    Clear("stuck-finalizer");
    workspace_.SetVariable("patience", "10m");
    ExpectOk(workspace_.Destroy());
    EXPECT_TRUE(workspace_.State().empty());
    for (const char* kind : {"vpcs", "clusters", "load_balancers", "volumes"}) {
      EXPECT_THAT(Inventory(lab_, kind), IsEmpty()) << kind;
    }
  }
}

}  // namespace
}  // namespace kproto::testing
