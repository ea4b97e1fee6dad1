// SPDX-License-Identifier: MPL-2.0
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "tests/resources/monitoring_stack/checks/picture.h"

namespace kproto::monitoring_stack {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A Deployment that goes where `placement` says.
std::string Pods(const std::string& placement) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: grafana}\n"
         "spec:\n  replicas: 1\n  template:\n    metadata: {labels: {app: grafana}}\n    spec:\n" +
         placement + "      containers: [{name: grafana}]\n";
}

constexpr char kOnMonitoring[] =
    "      nodeSelector: {node-type: monitoring}\n"
    "      tolerations: [{key: dedicated, operator: Equal, value: monitoring}]\n";

TEST(SchedulingTest, ASelectorThatNoPoolHasIsNamed) {
  Picture bad;
  bad.Add("grafana", "nodeSelector: {node-type: monitoring}", Pods(kOnMonitoring));
  bad.AddPool("primary", "s-4vcpu-8gb", 2);
  EXPECT_THAT(Lines(CheckScheduling, bad),
              ElementsAre(AllOf(HasSubstr("No node can run the pods of Deployment grafana"),
                                HasSubstr("| nodeSelector |"),
                                HasSubstr("pool primary has no label node-type=monitoring"),
                                HasSubstr("dedicated = true"))));

  Picture good;
  good.Add("grafana", "nodeSelector: {node-type: monitoring}", Pods(kOnMonitoring));
  good.AddPool("primary", "s-4vcpu-8gb", 2);
  good.AddPool("monitoring", "c-4", 1, true);
  EXPECT_THAT(Lines(CheckScheduling, good), IsEmpty());
}

TEST(SchedulingTest, ATaintThatIsNotToleratedIsNamed) {
  Picture bad;
  bad.Add("grafana", "", Pods("      nodeSelector: {node-type: monitoring}\n"));
  bad.AddPool("monitoring", "c-4", 1, true);
  EXPECT_THAT(Lines(CheckScheduling, bad),
              ElementsAre(HasSubstr("has the taint dedicated=monitoring:NoSchedule")));
  Picture good;
  good.Add("grafana", "", Pods("      tolerations: [{operator: Exists}]\n"));
  good.AddPool("monitoring", "c-4", 1, true);
  EXPECT_THAT(Lines(CheckScheduling, good), IsEmpty());
}

TEST(SchedulingTest, RequiredAffinityCountsAndLabelsOfSingleNodesAreNotJudged) {
  const std::string affinity =
      "      affinity:\n        nodeAffinity:\n"
      "          requiredDuringSchedulingIgnoredDuringExecution:\n"
      "            nodeSelectorTerms:\n"
      "              - matchExpressions: [{key: KEY, operator: In, values: [monitoring]}]\n";
  const auto with = [&](const std::string& key) {
    Picture picture;
    std::string text = affinity;
    text.replace(text.find("KEY"), 3, key);
    picture.Add("grafana", "", Pods(text));
    picture.AddPool("primary", "s-4vcpu-8gb", 2);
    return Lines(CheckScheduling, picture);
  };
  EXPECT_THAT(with("node-type"), ElementsAre(HasSubstr("node-type In monitoring")));
  EXPECT_THAT(with("topology.kubernetes.io/zone"), IsEmpty());
}

TEST(SchedulingTest, CopiesThatKeepApartNeedAsManyNodes) {
  const std::string apart =
      "      affinity:\n        podAntiAffinity:\n"
      "          requiredDuringSchedulingIgnoredDuringExecution:\n"
      "            - labelSelector: {matchLabels: {app: grafana}}\n"
      "              topologyKey: kubernetes.io/hostname\n";
  const auto with = [&](int64_t nodes) {
    Picture picture;
    std::string pods = Pods(apart);
    pods.replace(pods.find("replicas: 1"), 11, "replicas: 3");
    picture.Add("grafana", "replicas: 3", pods);
    picture.AddPool("primary", "s-4vcpu-8gb", nodes);
    return Lines(CheckScheduling, picture);
  };
  EXPECT_THAT(with(2), ElementsAre(AllOf(HasSubstr("| replicas |"), HasSubstr("3 pods"),
                                         HasSubstr("2 nodes"))));
  EXPECT_THAT(with(3), IsEmpty());
}

TEST(SchedulingTest, WithoutPoolsNothingIsSaid) {
  Picture picture;
  picture.Add("grafana", "", Pods(kOnMonitoring));
  EXPECT_THAT(Lines(CheckScheduling, picture), IsEmpty());
}

}  // namespace
}  // namespace kproto::monitoring_stack
