// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/footprint.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/memory.h"
#include "tests/resources/monitoring_stack/checks/picture.h"

namespace kproto::monitoring_stack {
namespace {

using argocd::GroupKind;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

Footprint Of(const std::string& objects) {
  Picture picture;
  picture.Add("loki", "", objects);
  picture.Add("argocd", "", "kind: Secret\napiVersion: v1\nmetadata: {name: x}\n").by_argocd =
      false;
  return FootprintOf(picture.stack);
}

TEST(FootprintTest, HasTheKindsThatAreRenderedAndWhatControllersMakeOfThem) {
  const Footprint footprint =
      Of("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\n"
         "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\n---\n"
         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: kube-system}\n---\n"
         "apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n");
  EXPECT_THAT(footprint.cluster_kinds,
              ElementsAre(GroupKind{"rbac.authorization.k8s.io", "ClusterRole"}));
  EXPECT_THAT(footprint.namespaced_kinds,
              ElementsAre(GroupKind{"", "ConfigMap"}, GroupKind{"", "Pod"},
                          GroupKind{"apps", "Deployment"}, GroupKind{"apps", "ReplicaSet"}));
  EXPECT_THAT(footprint.namespaces, ElementsAre("kube-system", "monitoring"));
  EXPECT_THAT(footprint.images, ElementsAre());
}

TEST(FootprintTest, ACustomKindIsAllowedWhereverItMayBe) {
  const Footprint footprint =
      Of("apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: a}\n");
  EXPECT_THAT(footprint.cluster_kinds, Contains(GroupKind{"cert-manager.io", "Certificate"}));
  EXPECT_THAT(footprint.namespaced_kinds, Contains(GroupKind{"cert-manager.io", "Certificate"}));
}

TEST(FootprintTest, KnowsWhoseReplicasAnAutoscalerSets) {
  const Footprint footprint =
      Of("apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n"
         "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: gateway}}\n");
  EXPECT_THAT(footprint.scaled.at("loki"),
              ElementsAre(Footprint::Scaled{"apps", "Deployment", "gateway"}));
}

TEST(FootprintTest, SurvivesThePrivateState) {
  const Footprint footprint =
      Of("apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n"
         "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: write}}\n---\n"
         "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n");
  PrivateState memory;
  SetCheckedDigest("abc", memory);
  Remember(footprint, memory);
  EXPECT_EQ(RememberedFootprint(memory), footprint);
  EXPECT_EQ(CheckedDigest(memory), "abc");
  Remember(std::nullopt, memory);
  EXPECT_FALSE(RememberedFootprint(memory).has_value());
  EXPECT_FALSE(RememberedFootprint("not JSON").has_value());
}

}  // namespace
}  // namespace kproto::monitoring_stack
