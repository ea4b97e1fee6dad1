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

std::vector<std::string> With(const std::string& version, const std::string& object,
                              const std::string& argocd = "v3.5.1") {
  Picture picture;
  picture.stack.kube_version = version;
  picture.Add("grafana", "", object + "\nmetadata: {name: grafana}\n");
  picture.Add("argocd", "");
  picture.SetChart("argocd", "", "", argocd);
  return Lines(CheckKubernetes, picture);
}

constexpr char kBudget[] = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget";

TEST(KubernetesRuleTest, AnApiThatIsGoneIsNamedWithItsSuccessor) {
  EXPECT_THAT(With("1.34", kBudget),
              ElementsAre(AllOf(HasSubstr("Kubernetes 1.34 has no policy/v1beta1"),
                                HasSubstr("PodDisruptionBudget grafana"),
                                HasSubstr("ended with 1.24"), HasSubstr("policy/v1"))));
  EXPECT_THAT(With("1.34", "apiVersion: policy/v1\nkind: PodDisruptionBudget"), IsEmpty());
  EXPECT_THAT(With("", kBudget), IsEmpty());
  EXPECT_THAT(With("1.24.3", kBudget, "v3.2.11"), IsEmpty());
}

TEST(KubernetesRuleTest, AnArgoCdThatIsNotTestedWithItIsNamed) {
  const std::string object = "apiVersion: v1\nkind: Service";
  EXPECT_THAT(With("1.32.1", object), ElementsAre(AllOf(HasSubstr("Argo CD 3.5.1 is not tested"),
                                                        HasSubstr("1.33 to 1.36"))));
  EXPECT_THAT(With("1.36", object), IsEmpty());
  EXPECT_THAT(With("1.40", object, "v3.2.11"), IsEmpty());
}

TEST(KubernetesRuleTest, ReadsVersionsInEveryForm) {
  EXPECT_EQ(MinorVersion("1.34"), "1.34");
  EXPECT_EQ(MinorVersion("1.34.1-do.0"), "1.34");
  EXPECT_EQ(MinorVersion("v1.33.0"), "1.33");
  EXPECT_EQ(MinorVersion("latest"), "");
  EXPECT_EQ(MinorVersion(""), "");
}

}  // namespace
}  // namespace kproto::monitoring_stack
