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

struct Scene {
  std::string target = "grafana", requests = "{cpu: 100m}", replicas;
  int least = 1, most = 3;
  bool metrics_server = true;
};

std::vector<std::string> With(const Scene& scene) {
  Picture picture;
  picture.Add(
      "grafana", "autoscaling: {enabled: true, maxReplicas: " + std::to_string(scene.most) + "}",
      "kind: Deployment\nmetadata: {name: grafana}\nspec:\n" + scene.replicas +
          "  template: {spec: {containers: [{name: grafana, resources: {requests: " +
          scene.requests +
          "}}]}}\n---\n"
          "kind: HorizontalPodAutoscaler\nmetadata: {name: grafana}\nspec:\n"
          "  scaleTargetRef: {kind: Deployment, name: " +
          scene.target + "}\n  minReplicas: " + std::to_string(scene.least) +
          "\n  maxReplicas: " + std::to_string(scene.most) +
          "\n  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, "
          "averageUtilization: 60}}}]\n");
  if (scene.metrics_server) {
    picture.Add("metrics-server", "",
                "kind: APIService\nmetadata: {name: v1beta1.metrics.k8s.io}\n");
  }
  picture.stack.on_digitalocean = true;
  picture.stack.cluster_is_new = true;
  return Lines(CheckAutoscaling, picture);
}

TEST(AutoscalingTest, WhatCanWorkIsLeftAlone) { EXPECT_THAT(With({}), IsEmpty()); }

TEST(AutoscalingTest, WithoutRequestsThereIsNoUtilization) {
  EXPECT_THAT(With({.requests = "{memory: 1Gi}"}),
              ElementsAre(AllOf(HasSubstr("cannot compute the use of cpu"),
                                HasSubstr("autoscaling.maxReplicas"),
                                HasSubstr("container grafana of Deployment grafana"),
                                HasSubstr("resources.requests.cpu"))));
}

TEST(AutoscalingTest, WithoutMetricsServerThereIsNothingToGoBy) {
  EXPECT_THAT(With({.metrics_server = false}), ElementsAre(HasSubstr("has no metrics to go by")));
}

TEST(AutoscalingTest, WhatIsScaledIsThereAndNobodyElseSetsItsReplicas) {
  EXPECT_THAT(With({.target = "loki"}), ElementsAre(HasSubstr("scales nothing")));
  EXPECT_THAT(With({.replicas = "  replicas: 2\n"}), ElementsAre(HasSubstr("both set replicas")));
}

TEST(AutoscalingTest, BoundsTheWrongWayRoundAreNamed) {
  EXPECT_THAT(With({.least = 5}), ElementsAre(HasSubstr("minReplicas is 5 and maxReplicas 3")));
}

}  // namespace
}  // namespace kproto::monitoring_stack
