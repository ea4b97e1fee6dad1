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

constexpr char kMonitor[] =
    "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: grafana}\n";
constexpr char kDefinition[] =
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "metadata: {name: servicemonitors.monitoring.coreos.com}\n"
    "spec: {group: monitoring.coreos.com, names: {kind: ServiceMonitor}}\n";

TEST(CrdsTest, ACustomResourceThatNobodyDefinesIsNamed) {
  Picture picture;
  picture.Add("grafana", "", kMonitor);
  picture.stack.cluster_is_new = true;
  const Findings findings = All(CheckCrds, picture);
  ASSERT_EQ(findings.size(), 1);
  EXPECT_THAT(findings[0].summary, HasSubstr("defines ServiceMonitor (monitoring.coreos.com)"));
  EXPECT_THAT(findings[0].cure, HasSubstr("prometheus-operator-crds"));
  EXPECT_EQ(findings[0].severity, Severity::kError);
  picture.stack.cluster_is_new = false;
  EXPECT_EQ(All(CheckCrds, picture)[0].severity, Severity::kWarning);

  picture.Add("prometheus-operator-crds", "", kDefinition);
  EXPECT_THAT(Lines(CheckCrds, picture), IsEmpty());
}

TEST(CrdsTest, WhatKubernetesBringsNeedsNoDefinition) {
  Picture picture;
  picture.Add("grafana", "",
              "apiVersion: networking.k8s.io/v1\nkind: Ingress\n---\napiVersion: apps/v1\nkind: "
              "Deployment\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\n");
  EXPECT_THAT(Lines(CheckCrds, picture), IsEmpty());
}

TEST(CrdsTest, ADefinitionTooLargeForAnAnnotationIsNamed) {
  const auto with = [](size_t size, const std::string& annotations, bool by_argocd) {
    Picture picture;
    RenderedComponent& component = picture.Add("alloy", "", kDefinition);
    component.objects[0]["spec"]["text"] = std::string(size, 'x');
    component.objects[0]["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] =
        annotations;
    component.by_argocd = by_argocd;
    return Lines(CheckCrds, picture);
  };
  EXPECT_THAT(with(300000, "", true), ElementsAre(HasSubstr("too large for Argo CD to apply")));
  EXPECT_THAT(with(300000, "ServerSideApply=true", true), IsEmpty());
  EXPECT_THAT(with(300000, "", false), IsEmpty());
  EXPECT_THAT(with(200000, "", true), IsEmpty());
}

}  // namespace
}  // namespace kproto::monitoring_stack
