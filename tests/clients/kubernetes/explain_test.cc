// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/explain.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_kubernetes.h"

namespace kproto::kubernetes {
namespace {

using ::kproto::testing::FakeKubernetes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Json Pod(const std::string& name, Json status) {
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", {{"namespace", "m"}, {"name", name}, {"labels", {{"app", name}}}}},
          {"status", std::move(status)}};
}

Json Event(const std::string& name, const std::string& pod, const std::string& reason,
           const std::string& time) {
  return {{"apiVersion", "v1"},
          {"kind", "Event"},
          {"metadata", {{"namespace", "m"}, {"name", name}}},
          {"type", "Warning"},
          {"reason", reason},
          {"message", absl::StrCat(reason, " of ", pod)},
          {"involvedObject", {{"kind", "Pod"}, {"name", pod}}},
          {"lastTimestamp", time}};
}

const Json kUnschedulable = {{"phase", "Pending"},
                             {"conditions",
                              {{{"type", "PodScheduled"},
                                {"status", "False"},
                                {"reason", "Unschedulable"},
                                {"message", "0/5 nodes are available: 3 node(s) didn't match"}}}}};

const Json kHealthy = {{"phase", "Running"},
                       {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}};

Json Container(Json state, Json last = Json::object()) {
  return {{"phase", "Running"},
          {"containerStatuses",
           {{{"name", "main"}, {"ready", false}, {"state", state}, {"lastState", last}}}}};
}

TEST(ExplainTest, SaysWhyAPodIsNotScheduled) {
  EXPECT_THAT(PodStatusOf(Pod("a", kUnschedulable)).problems,
              ElementsAre("not scheduled: 0/5 nodes are available: 3 node(s) didn't match"));
}

TEST(ExplainTest, SaysWhatContainersWaitFor) {
  const Json pulling = Container(
      {{"waiting", {{"reason", "ImagePullBackOff"}, {"message", "Back-off pulling image \"x\""}}}});
  EXPECT_THAT(PodStatusOf(Pod("a", pulling)).problems,
              ElementsAre("container main: ImagePullBackOff: Back-off pulling image \"x\""));
  const Json starting = Container({{"waiting", {{"reason", "ContainerCreating"}}}});
  EXPECT_THAT(PodStatusOf(Pod("a", starting)).problems, IsEmpty());
}

TEST(ExplainTest, SaysHowAContainerEndedLastTime) {
  const Json crashing = Container(
      {{"waiting", {{"reason", "CrashLoopBackOff"}, {"message", "back-off 5m"}}}},
      {{"terminated", {{"exitCode", 1}, {"reason", "Error"}, {"message", "bad config\nline 2"}}}});
  EXPECT_THAT(
      PodStatusOf(Pod("a", crashing)).problems,
      ElementsAre("container main: CrashLoopBackOff: back-off 5m; last time terminated with "
                  "exit code 1: bad config line 2"));
  const Json killed = Container({{"terminated", {{"exitCode", 137}, {"reason", "OOMKilled"}}}});
  EXPECT_THAT(PodStatusOf(Pod("a", killed)).problems,
              ElementsAre("container main: terminated with exit code 137 (OOMKilled)"));
}

TEST(ExplainTest, AHealthyPodHasNoProblems) {
  const PodStatus status = PodStatusOf(Pod("a", kHealthy));
  EXPECT_TRUE(status.ready);
  EXPECT_THAT(status.problems, IsEmpty());
}

TEST(ExplainTest, AnythingMayBeMissing) {
  for (const Json& pod :
       {Json(), Json({{"status", 1}}), Json({{"status", {{"conditions", {1, "x"}}}}}),
        Json({{"status", {{"containerStatuses", {nullptr}}}}})}) {
    EXPECT_THAT(PodStatusOf(pod).problems, IsEmpty()) << pod;
  }
}

TEST(ExplainTest, WarningsComeNewestFirst) {
  FakeKubernetes kubernetes;
  kubernetes.Put(Event("e1", "a", "Old", "2026-01-01T00:00:00Z"));
  kubernetes.Put(Event("e2", "a", "New", "2026-01-02T00:00:00Z"));
  kubernetes.Put(Event("e3", "b", "Other", "2026-01-03T00:00:00Z"));
  Json normal = Event("e4", "a", "Fine", "2026-01-04T00:00:00Z");
  normal["type"] = "Normal";
  kubernetes.Put(normal);
  const auto events = Warnings(kubernetes, "m", "a", {});
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ((*events)[0].reason, "New");
  EXPECT_EQ((*events)[1].reason, "Old");
}

TEST(ExplainTest, TellsOfPodsThatAreNotReadyAndNothingElse) {
  FakeKubernetes kubernetes;
  kubernetes.Put(Pod("good", kHealthy));
  kubernetes.Put(Pod("bad", kUnschedulable));
  kubernetes.Put(Event("e1", "bad", "FailedMount", "2026-01-01T00:00:00Z"));
  kubernetes.Put(Event("e2", "bad", "FailedMount", "2026-01-02T00:00:00Z"));
  kubernetes.Put(Event("e3", "good", "Unhealthy", "2026-01-02T00:00:00Z"));
  const std::string text = Explain(kubernetes, "m", "", 5, {});
  EXPECT_EQ(text,
            "Pod m/bad: not scheduled: 0/5 nodes are available: 3 node(s) didn't match\n"
            "Pod/bad: FailedMount: FailedMount of bad");
  EXPECT_EQ(Explain(kubernetes, "m", "app=good", 5, {}), "");
  EXPECT_THAT(Explain(kubernetes, "m", "", 1, {}), HasSubstr("… and 1 more"));
}

TEST(ExplainTest, ACleanBillAndASilentClusterAreBothEmpty) {
  FakeKubernetes kubernetes;
  EXPECT_EQ(Explain(kubernetes, "m", "", 5, {}), "");
  kubernetes.log.FailMatching("list", absl::UnavailableError("away"));
  EXPECT_EQ(Explain(kubernetes, "m", "", 5, {}), "");
}

}  // namespace
}  // namespace kproto::kubernetes
