// SPDX-License-Identifier: MPL-2.0
#include "clients/argocd/argocd.h"

#include <memory>
#include <string>
#include <vector>

#include "base/hint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_kubernetes.h"
#include "tests/support/status_matchers.h"

namespace kproto::argocd {
namespace {

using ::kproto::testing::FakeClock;
using ::kproto::testing::FakeKubernetes;
using ::kproto::testing::IsOk;
using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using Code = absl::StatusCode;

class ArgoCdTest : public ::testing::Test {
 protected:
  ArgoCdTest() : argocd_(MakeArgoCd(&kubernetes_, &clock_)) {
    for (const char* name : {"argocd", "monitoring"}) {
      kubernetes_.Put(
          {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}});
    }
    want_.name = "loki";
    want_.destination.ns = "monitoring";
    want_.sources = {{.repo_url = "https://charts", .chart = "loki", .target_revision = "18.11.0"}};
    want_.automated = Automated{.prune = true};
    want_.sync_options = {"ServerSideApply=true"};
  }

  std::string Time(absl::Duration after) {
    return absl::FormatTime(absl::RFC3339_sec, clock_.Now() + after, absl::UTCTimeZone());
  }

  // Plays the application controller: compares the Application's spec as it is now.
  void Reconcile(const std::string& sync, const std::string& health, Json more = Json::object()) {
    Json object = *kubernetes_.Find(key_);
    Json compared = {{"destination", object["spec"]["destination"]},
                     {"source", object["spec"]["source"]}};
    object["metadata"].erase("annotations");
    object.erase("operation");
    object["status"] = {
        {"sync", {{"status", sync}, {"revision", "18.11.0"}, {"comparedTo", compared}}},
        {"health", {{"status", health}, {"lastTransitionTime", Time(absl::ZeroDuration())}}},
        {"reconciledAt", Time(absl::ZeroDuration())}};
    object["status"].update(more);
    kubernetes_.Put(object);
  }

  Json OperationState(const std::string& phase, absl::Duration after) {
    return {{"operationState",
             {{"phase", phase},
              {"message", "one or more objects failed to apply"},
              {"finishedAt", Time(after)},
              {"syncResult",
               {{"resources",
                 {{{"kind", "StatefulSet"},
                   {"namespace", "monitoring"},
                   {"name", "loki"},
                   {"status", "SyncFailed"},
                   {"message", "is invalid: spec: Forbidden"}}}}}}}}};
  }

  FakeClock clock_;
  FakeKubernetes kubernetes_;
  std::unique_ptr<ArgoCd> argocd_;
  Application want_;
  const kubernetes::ObjectKey key_ = ApplicationKey("argocd", "loki");
};

TEST_F(ArgoCdTest, AppliesReadsAndDeletes) {
  EXPECT_THAT(argocd_->GetApplication("argocd", "loki", {}), IsOkAndHolds(Eq(std::nullopt)));
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  const auto observed = argocd_->GetApplication("argocd", "loki", {});
  ASSERT_THAT(observed, IsOk());
  EXPECT_EQ((*observed)->application.sources[0].chart, "loki");
  EXPECT_FALSE((*observed)->state.compared);
  EXPECT_THAT(argocd_->DeleteApplication("argocd", "loki", {}), IsOk());
  EXPECT_TRUE((*argocd_->GetApplication("argocd", "loki", {}))->state.deleting);
  kubernetes_.Then([&] { kubernetes_.Remove(key_); });
  EXPECT_THAT(argocd_->WaitDeleted("argocd", "loki", {}), IsOk());
  EXPECT_THAT(argocd_->DeleteApplication("argocd", "loki", {}), IsOk());
}

TEST_F(ArgoCdTest, AppliesProjects) {
  AppProject project;
  project.name = "monitoring";
  project.source_repos = {"*"};
  ASSERT_THAT(argocd_->ApplyProject(project, {}), IsOk());
  EXPECT_THAT((*argocd_->GetProject("argocd", "monitoring", {}))->source_repos, ElementsAre("*"));
  project.finalizers = {};
  ASSERT_THAT(argocd_->ApplyProject(project, {}), IsOk());
  EXPECT_THAT(argocd_->DeleteProject("argocd", "monitoring", {}), IsOk());
  EXPECT_THAT(argocd_->GetProject("argocd", "monitoring", {}), IsOkAndHolds(Eq(std::nullopt)));
}

TEST_F(ArgoCdTest, WithoutItsKindsThereAreNoApplications) {
  kubernetes_.HideKind("Application");
  EXPECT_THAT(argocd_->ApplyApplication(want_, {}), StatusIs(Code::kNotFound));
}

TEST_F(ArgoCdTest, RefreshAndSyncAskTheController) {
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  ASSERT_THAT(argocd_->Refresh("argocd", "loki", RefreshType::kHard, {}), IsOk());
  ASSERT_THAT(argocd_->Sync("argocd", "loki", {}), IsOk());
  const Json object = *kubernetes_.Find(key_);
  EXPECT_EQ(object["metadata"]["annotations"]["argocd.argoproj.io/refresh"], "hard");
  EXPECT_EQ(object["operation"]["sync"], Json({{"prune", true},
                                               {"syncStrategy", {{"hook", Json::object()}}},
                                               {"syncOptions", {"ServerSideApply=true"}}}));
  EXPECT_THAT(argocd_->Sync("argocd", "loki", {}), StatusIs(Code::kAborted));
  EXPECT_THAT(argocd_->Sync("argocd", "none", {}), StatusIs(Code::kNotFound));
}

TEST_F(ArgoCdTest, WaitsUntilHealthyAndTellsTheReasons) {
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  kubernetes_.Then([&] { Reconcile("OutOfSync", "Missing"); });
  kubernetes_.Then([&] { Reconcile("Synced", "Progressing"); });
  kubernetes_.Then([&] { Reconcile("Synced", "Healthy"); });
  std::vector<std::string> reasons;
  HealthWait wait;
  wait.progress = [&](const std::string& reason) { reasons.push_back(reason); };
  const auto state = argocd_->WaitHealthy(want_, wait, {});
  ASSERT_THAT(state, IsOk());
  EXPECT_THAT(state->revisions, ElementsAre("18.11.0"));
  EXPECT_THAT(reasons, ElementsAre(HasSubstr("compare"), "OutOfSync", "health Progressing"));
}

TEST_F(ArgoCdTest, AStaleVerdictIsNotTaken) {
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  Reconcile("Synced", "Healthy");
  want_.sources[0].target_revision = "18.12.0";
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  EXPECT_THAT(argocd_->WaitHealthy(want_, {}, {}), StatusIs(Code::kDeadlineExceeded));
  kubernetes_.Then([&] { Reconcile("Synced", "Healthy"); });
  EXPECT_THAT(argocd_->WaitHealthy(want_, {}, {}), IsOk());
}

TEST_F(ArgoCdTest, AFailureTellsWhatArgoCdThePodsAndTheSchedulerSay) {
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  kubernetes_.Put({{"apiVersion", "v1"},
                   {"kind", "Pod"},
                   {"metadata",
                    {{"namespace", "monitoring"},
                     {"name", "loki-0"},
                     {"labels", {{"app.kubernetes.io/instance", "loki"}}}}},
                   {"status",
                    {{"phase", "Pending"},
                     {"conditions",
                      {{{"type", "PodScheduled"},
                        {"status", "False"},
                        {"message", "0/5 nodes are available"}}}}}}});
  kubernetes_.Then(
      [&] { Reconcile("OutOfSync", "Missing", OperationState("Failed", absl::Seconds(1))); });
  EXPECT_THAT(argocd_->WaitHealthy(want_, {}, {}),
              StatusIs(Code::kFailedPrecondition,
                       AllOf(HasSubstr("Application argocd/loki failed: sync Failed"),
                             HasSubstr("StatefulSet monitoring/loki: SyncFailed: is invalid"),
                             HasSubstr("Pod monitoring/loki-0: not scheduled: 0/5 nodes"))));
}

TEST_F(ArgoCdTest, AFailureFromBeforeIsTriedAgainOnce) {
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  Reconcile("OutOfSync", "Missing", OperationState("Failed", -absl::Minutes(5)));
  kubernetes_.Then([&] {
    EXPECT_TRUE(kubernetes_.Find(key_)->contains("operation"));
    Reconcile("Synced", "Healthy", OperationState("Succeeded", absl::Seconds(1)));
  });
  EXPECT_THAT(argocd_->WaitHealthy(want_, {}, {}), IsOk());
}

TEST_F(ArgoCdTest, AComparisonErrorIsLookedAtTwice) {
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  const Json error = {{"conditions",
                       {{{"type", "ComparisonError"},
                         {"message", "chart loki 18.11.0: Cannot run Scalable targets"},
                         {"lastTransitionTime", Time(absl::ZeroDuration())}}}}};
  kubernetes_.Then([&] { Reconcile("Unknown", "Unknown", error); });
  kubernetes_.Then([&] {
    EXPECT_EQ((*kubernetes_.Find(key_))["metadata"]["annotations"]["argocd.argoproj.io/refresh"],
              "hard");
    Reconcile("Unknown", "Unknown", error);  // six seconds later, the same again
  });
  EXPECT_THAT(argocd_->WaitHealthy(want_, {}, {}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("Cannot run Scalable targets")));
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(6)));
}

TEST_F(ArgoCdTest, ATimeoutTellsTheLastReason) {
  EXPECT_THAT(argocd_->WaitHealthy(want_, {}, {}),
              StatusIs(Code::kDeadlineExceeded, HasSubstr("not ready in time: does not exist")));
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  Reconcile("Synced", "Progressing");
  EXPECT_THAT(argocd_->WaitHealthy(want_, {}, {}),
              StatusIs(Code::kDeadlineExceeded, HasSubstr("health Progressing")));
}

TEST_F(ArgoCdTest, AStopAndLostRightsArePassedOn) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(argocd_->WaitHealthy(want_, {}, {absl::InfiniteFuture(), stop.get_token()}),
              StatusIs(Code::kCancelled));
  kubernetes_.log.FailCall(1, absl::PermissionDeniedError("no"));
  EXPECT_THAT(argocd_->WaitHealthy(want_, {}, {}), StatusIs(Code::kPermissionDenied));
}

TEST_F(ArgoCdTest, AnApplicationThatDoesNotGoNamesWhatHoldsIt) {
  ASSERT_THAT(argocd_->ApplyApplication(want_, {}), IsOk());
  Reconcile(
      "Synced", "Healthy",
      {{"resources",
        {{{"version", "v1"}, {"kind", "Service"}, {"namespace", "monitoring"}, {"name", "loki"}},
         {{"version", "v1"},
          {"kind", "ConfigMap"},
          {"namespace", "monitoring"},
          {"name", "gone"}}}},
       {"conditions", {{{"type", "DeletionError"}, {"message", "stuck"}}}}});
  kubernetes_.Put({{"apiVersion", "v1"},
                   {"kind", "Service"},
                   {"metadata",
                    {{"namespace", "monitoring"},
                     {"name", "loki"},
                     {"finalizers", {"example.com/lb"}},
                     {"managedFields",
                      {{{"manager", "lb-operator"},
                        {"time", "2026-01-02T03:04:05Z"},
                        {"fieldsV1",
                         {{"f:metadata",
                           {{"f:finalizers", {{"v:\"example.com/lb\"", Json::object()}}}}}}}}}}}}});
  ASSERT_THAT(argocd_->DeleteApplication("argocd", "loki", {}), IsOk());
  EXPECT_THAT(argocd_->WaitDeleted("argocd", "loki", {}),
              StatusIs(Code::kDeadlineExceeded,
                       AllOf(HasSubstr(kResourcesFinalizer), HasSubstr("DeletionError: stuck"),
                             HasSubstr("still there: Service monitoring/loki, held by "
                                       "example.com/lb (set by lb-operator at 2026-01-02T"),
                             Not(HasSubstr("gone")))));
  EXPECT_THAT(HintOf(argocd_->WaitDeleted("argocd", "loki", {})),
              HasSubstr("kubectl patch service loki -n monitoring"));
}

}  // namespace
}  // namespace kproto::argocd
