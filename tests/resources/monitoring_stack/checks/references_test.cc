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

constexpr char kPods[] =
    "kind: Deployment\nmetadata: {name: grafana}\nspec: {template: {spec: {imagePullSecrets: "
    "[{name: "
    "registry-auth}], volumes: [{name: v, secret: {secretName: told, optional: true}}, {name: w, "
    "secret: {secretName: grafana-admin}}]}}}\n";

TEST(ReferencesTest, ASecretThatNobodyMakesIsNamed) {
  Picture picture;
  picture.Add("grafana", "image: {pullSecrets: [registry-auth]}", kPods);
  picture.stack.planned.ns = "monitoring";
  picture.stack.cluster_is_new = true;
  const Findings findings = All(CheckReferences, picture);
  ASSERT_EQ(findings.size(), 1);
  EXPECT_EQ(findings[0].summary, "Nothing makes the Secret registry-auth");
  EXPECT_THAT(findings[0].cause, HasSubstr("in namespace monitoring to pull images with"));
  EXPECT_EQ(findings[0].severity, Severity::kError);
  picture.stack.cluster_is_new = false;
  EXPECT_EQ(All(CheckReferences, picture)[0].severity, Severity::kWarning);

  picture.Add("loki", "", "kind: Secret\nmetadata: {name: registry-auth}\n");
  EXPECT_THAT(Lines(CheckReferences, picture), IsEmpty());
}

TEST(ReferencesTest, AnIngressThatNobodyServesIsNamed) {
  Picture picture;
  picture.Add("grafana", "ingress: {ingressClassName: nginx}",
              "kind: Ingress\nmetadata: {name: grafana}\nspec: {ingressClassName: nginx}\n");
  EXPECT_THAT(Lines(CheckReferences, picture),
              ElementsAre(AllOf(HasSubstr("Nobody serves the Ingress grafana"),
                                HasSubstr("ingress.ingressClassName"), HasSubstr("\"nginx\""))));
  picture.Add("nginx", "", "kind: IngressClass\nmetadata: {name: nginx}\n");
  EXPECT_THAT(Lines(CheckReferences, picture), IsEmpty());
}

}  // namespace
}  // namespace kproto::monitoring_stack
