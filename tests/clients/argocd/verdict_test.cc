// SPDX-License-Identifier: MPL-2.0
// The done-rule, case by case, on status objects as Argo CD 3.2 writes them.
#include "clients/argocd/application_state.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto::argocd {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = Verdict::Kind;

const absl::Time kNow = absl::FromUnixSeconds(1767225600);  // 2026-01-01T00:00:00Z

std::string At(absl::Duration ago) {
  return absl::FormatTime(absl::RFC3339_sec, kNow - ago, absl::UTCTimeZone());
}

Application Want() {
  Application want;
  want.name = "grafana";
  want.destination.ns = "monitoring";
  want.sources = {{.repo_url = "https://charts",
                   .chart = "grafana",
                   .target_revision = "12.11.1",
                   .helm = HelmSource{.values = {{"replicas", 1}, {"gone", nullptr}}}}};
  return want;
}

// Synced, Healthy, the operation succeeded: what done looks like.
Json Done() {
  const Json source = {{"repoURL", "https://charts"},
                       {"chart", "grafana"},
                       {"targetRevision", "12.11.1"},
                       {"helm", {{"valuesObject", {{"replicas", 1.0}}}}}};
  return {{"metadata", {{"name", "grafana"}}},
          {"status",
           {{"sync",
             {{"status", "Synced"},
              {"revision", "12.11.1"},
              {"comparedTo",
               {{"source", source},
                {"destination",
                 {{"server", "https://kubernetes.default.svc"}, {"namespace", "monitoring"}}}}}}},
            {"health", {{"status", "Healthy"}, {"lastTransitionTime", At(absl::Hours(1))}}},
            {"reconciledAt", At(absl::ZeroDuration())},
            {"operationState",
             {{"phase", "Succeeded"},
              {"message", "successfully synced"},
              {"finishedAt", At(absl::Minutes(1))},
              {"operation", {{"retry", {{"limit", 5}}}}},
              {"syncResult", {{"source", source}}}}}}}};
}

class VerdictTest : public ::testing::Test {
 protected:
  Verdict Judged(const VerdictOptions& options = {}) {
    return Judge(Want(), StateFrom(object_, kNow), options);
  }
  Json& status() { return object_["status"]; }
  void FailOperation(int retries) {
    status()["operationState"]["phase"] = "Failed";
    status()["operationState"]["message"] = "one or more objects failed to apply";
    status()["operationState"]["retryCount"] = retries;
    status()["sync"]["status"] = "OutOfSync";
  }
  void AddCondition(const char* type, absl::Duration ago) {
    status()["conditions"] = {
        {{"type", type}, {"message", "it broke"}, {"lastTransitionTime", At(ago)}}};
    status()["sync"]["status"] = "Unknown";
  }

  Json object_ = Done();
};

TEST_F(VerdictTest, SyncedHealthyAndSucceededIsDone) {
  EXPECT_EQ(Judged().kind, Kind::kDone);
  EXPECT_EQ(Judged().reason, "");
}

TEST_F(VerdictTest, AnOperationIsNotNeededWhenAllIsAsWanted) {
  status().erase("operationState");
  EXPECT_EQ(Judged().kind, Kind::kDone);
}

TEST_F(VerdictTest, NothingComparedYetIsNotDone) {
  object_ = {{"metadata", {{"name", "grafana"}}}};
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
}

TEST_F(VerdictTest, AVerdictOnOtherSourcesIsNotOurs) {
  status()["sync"]["comparedTo"]["source"]["helm"]["valuesObject"]["replicas"] = 2;
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  object_ = Done();
  status()["sync"]["comparedTo"]["source"]["targetRevision"] = "12.11.0";
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  object_ = Done();
  status()["sync"]["comparedTo"]["destination"]["namespace"] = "other";
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
}

TEST_F(VerdictTest, ManySourcesCompareInOrder) {
  Application want = Want();
  want.sources.push_back({.repo_url = "https://git", .target_revision = "main", .ref = "values"});
  EXPECT_EQ(Judge(want, StateFrom(object_, kNow)).kind, Kind::kProgressing);
  Json& compared = status()["sync"]["comparedTo"];
  compared["sources"] = {
      compared["source"],
      {{"repoURL", "https://git"}, {"targetRevision", "main"}, {"ref", "values"}}};
  compared["source"] = {{"repoURL", ""}};
  status()["sync"]["revisions"] = {"12.11.1", "abc"};
  EXPECT_EQ(Judge(want, StateFrom(object_, kNow)).kind, Kind::kDone);
  EXPECT_THAT(StateFrom(object_, kNow).revisions, ElementsAre("12.11.1", "abc"));
}

TEST_F(VerdictTest, OutOfSyncNamesTheResources) {
  status()["sync"]["status"] = "OutOfSync";
  status()["resources"] = {
      {{"kind", "Service"}, {"namespace", "m"}, {"name", "g"}, {"status", "OutOfSync"}},
      {{"kind", "ConfigMap"}, {"namespace", "m"}, {"name", "c"}, {"status", "Synced"}}};
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  EXPECT_EQ(Judged().reason, "OutOfSync: Service m/g");
}

TEST_F(VerdictTest, HealthyIsNotEnoughWhileMissingResourcesMayHide) {
  status()["sync"]["status"] = "OutOfSync";
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
}

TEST_F(VerdictTest, WhatIsUnderWayIsWaitedFor) {
  status()["operationState"]["phase"] = "Running";
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  object_ = Done();
  object_["operation"] = {{"sync", Json::object()}};
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  object_ = Done();
  object_["metadata"]["annotations"]["argocd.argoproj.io/refresh"] = "hard";
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  object_ = Done();
  object_["metadata"]["deletionTimestamp"] = At(absl::ZeroDuration());
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
}

TEST_F(VerdictTest, AFailedOperationWithoutRetriesLeftIsFinal) {
  FailOperation(5);
  EXPECT_EQ(Judged().kind, Kind::kFailed);
  EXPECT_THAT(Judged().reason, HasSubstr("one or more objects failed to apply"));
  FailOperation(4);
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  status()["operationState"]["operation"]["retry"]["limit"] = -1;
  FailOperation(1000);
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
}

TEST_F(VerdictTest, AHookThatFailedIsAFailureEvenWhenSynced) {
  FailOperation(5);
  status()["sync"]["status"] = "Synced";
  EXPECT_EQ(Judged().kind, Kind::kFailed);
}

TEST_F(VerdictTest, AFailureWithOtherSourcesIsHistory) {
  FailOperation(5);
  status()["operationState"]["syncResult"]["source"]["targetRevision"] = "12.11.0";
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
}

TEST_F(VerdictTest, AFailureFromBeforeThisApplyIsHistory) {
  FailOperation(5);
  EXPECT_EQ(Judged({.applied_at = kNow - absl::Seconds(30)}).kind, Kind::kProgressing);
  EXPECT_EQ(Judged({.applied_at = kNow - absl::Minutes(2)}).kind, Kind::kFailed);
}

TEST_F(VerdictTest, AComparisonErrorCountsWhenItPersists) {
  AddCondition("ComparisonError", absl::Seconds(1));
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  EXPECT_EQ(Judged().reason, "ComparisonError: it broke");
  AddCondition("ComparisonError", absl::Seconds(10));
  EXPECT_EQ(Judged().kind, Kind::kFailed);
  EXPECT_EQ(Judged({.applied_at = kNow - absl::Seconds(2)}).kind, Kind::kProgressing);
}

TEST_F(VerdictTest, AComparisonErrorOfOtherSourcesDoesNotCount) {
  AddCondition("ComparisonError", absl::Hours(1));
  status()["sync"]["comparedTo"]["source"]["targetRevision"] = "0";
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
}

TEST_F(VerdictTest, AnInvalidSpecCountsWhenItIsOld) {
  AddCondition("InvalidSpecError", absl::Seconds(10));
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  AddCondition("InvalidSpecError", absl::Seconds(30));
  EXPECT_EQ(Judged().kind, Kind::kFailed);
}

TEST_F(VerdictTest, DegradedIsForgivenForAWhile) {
  status()["health"] = {{"status", "Degraded"}, {"lastTransitionTime", At(absl::Minutes(1))}};
  EXPECT_EQ(Judged().kind, Kind::kProgressing);
  status()["health"]["lastTransitionTime"] = At(absl::Minutes(3));
  EXPECT_EQ(Judged().kind, Kind::kFailed);
  EXPECT_EQ(Judged({.applied_at = kNow - absl::Minutes(1)}).kind, Kind::kProgressing);
}

TEST_F(VerdictTest, OtherHealthIsWaitedFor) {
  for (const char* health : {"Progressing", "Missing", "Suspended", "Unknown", "", "New"}) {
    status()["health"]["status"] = health;
    EXPECT_EQ(Judged().kind, Kind::kProgressing) << health;
  }
}

TEST_F(VerdictTest, AnyStatusCanBeRead) {
  for (const Json& object :
       {Json(), Json(1), Json({{"status", 1}}),
        Json({{"status", {{"sync", 1}, {"conditions", {1}}}}}),
        Json({{"status",
               {{"sync", {{"comparedTo", 1}}}, {"operationState", "x"}, {"resources", {2}}}}}),
        Json({{"status", {{"sync", {{"comparedTo", {{"source", 1}, {"destination", 2}}}}}}}})}) {
    EXPECT_EQ(Judge(Want(), StateFrom(object, kNow)).kind, Kind::kProgressing) << object;
  }
}

}  // namespace
}  // namespace kproto::argocd
