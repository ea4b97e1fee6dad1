// SPDX-License-Identifier: MPL-2.0
// Who keeps Argo CD: Helm, Argo CD itself, somebody else; and the ways between them.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class StackModesTest : public StackTest {
 protected:
  Value Managed(const char* manage, Value::Map more = {}) const {
    more["manage"] = Text(manage);
    return Basic({{"argocd", Object(std::move(more))}});
  }
  // As `kubectl apply -f install.yaml` leaves it.
  void InstallByHand() {
    world_.kubernetes->Put(
        {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "argocd"}}}});
    for (const char* name : {"applications", "appprojects"}) {
      world_.kubernetes->Put(
          {{"apiVersion", "apiextensions.k8s.io/v1"},
           {"kind", "CustomResourceDefinition"},
           {"metadata", {{"name", absl::StrCat(name, ".argoproj.io")}}},
           {"status",
            {{"conditions", Json::array({{{"type", "Established"}, {"status", "True"}}})}}}});
    }
    world_.kubernetes->Put({{"apiVersion", "apps/v1"},
                            {"kind", "StatefulSet"},
                            {"metadata",
                             {{"name", "argocd-application-controller"},
                              {"namespace", "argocd"},
                              {"labels",
                               {{"app.kubernetes.io/part-of", "argocd"},
                                {"app.kubernetes.io/component", "application-controller"}}}}}});
  }
  bool HelmHasIt() const { return world_.helm.Find({"argocd", "argocd"}).has_value(); }
};

TEST_F(StackModesTest, ArgoCdManagesItselfOnceHelmHasHandedItOver) {
  const Value config = Managed("self");
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(HelmHasIt());
  const Json itself = *world_.Application("argocd");
  EXPECT_EQ(itself["spec"]["source"]["chart"], "argo-cd");
  EXPECT_EQ(itself["spec"]["syncPolicy"]["syncOptions"], Json::array({"ServerSideApply=true"}));
  EXPECT_FALSE(itself["metadata"].contains("finalizers"));
  EXPECT_EQ(host_.state["argocd"]["status"], Text("deployed"));
  EXPECT_EQ(host_.state["argocd"]["version"], Text("v9.3.7"));
  ExpectNoChange(config);

  // An upgrade is the Application's, not Helm's.
  world_.ForgetCalls();
  const Value upgraded = Managed("self", {{"chart_version", Text("0.9.0")}});
  host_.Apply(upgraded);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(world_.helm.log.calls(), Each(Not(HasSubstr("upgrade "))));
  EXPECT_EQ(world_.Application("argocd")->at("spec")["source"]["targetRevision"], "0.9.0");
  EXPECT_EQ(host_.state["argocd"]["version"], Text("v0.9.0"));
  ExpectNoChange(upgraded);

  host_.Destroy();
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_FALSE(HelmHasIt());
  EXPECT_FALSE(world_.Application("argocd").has_value());
  EXPECT_FALSE(world_.kubernetes->Find({"v1", "Namespace", "", "argocd"}).has_value());
}

TEST_F(StackModesTest, ItGoesThereAndBack) {
  host_.Apply(Managed("helm"));
  host_.Apply(Managed("self"));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(HelmHasIt());
  ExpectNoChange(Managed("self"));
  host_.Apply(Managed("helm"));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(HelmHasIt());
  EXPECT_FALSE(world_.Application("argocd").has_value());
  ExpectNoChange(Managed("helm"));
}

TEST_F(StackModesTest, SomebodyElsesArgoCdIsUsedAndLeftAlone) {
  InstallByHand();
  const Value config = Managed("external");
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(HelmHasIt());
  EXPECT_TRUE(world_.Application("grafana").has_value());
  EXPECT_TRUE(host_.state["argocd"]["status"].is_null());
  ExpectNoChange(config);
  host_.Destroy();
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_TRUE(world_.kubernetes->Find(
      {"apps/v1", "StatefulSet", "argocd", "argocd-application-controller"}));
  EXPECT_TRUE(world_.kubernetes->Find({"v1", "Namespace", "", "argocd"}));
  EXPECT_FALSE(world_.Application("grafana").has_value());
}

TEST_F(StackModesTest, AnExternalArgoCdHasToBeThere) {
  host_.Apply(Managed("external"));
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("argocd.manage"), HasSubstr("no application "
                                                                          "controller")));
}

TEST_F(StackModesTest, AnArgoCdWithoutHelmIsNotTakenUnasked) {
  InstallByHand();
  host_.Apply(Basic());
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("tofu import"), HasSubstr("external")));
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_THAT(world_.Writes(), IsEmpty());
}

TEST_F(StackModesTest, AnArgoCdWithoutHelmIsTakenOverByAnImport) {
  InstallByHand();
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  world_.ForgetCalls();
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(HelmHasIt());
  // Its selectors are not the chart's, and cannot be changed.
  EXPECT_THAT(world_.Writes(), Contains("delete StatefulSet argocd/argocd-application-controller"));
  ExpectNoChange(Basic());
}

TEST_F(StackModesTest, HandingOverToSomebodyElseIsAReplacement) {
  host_.Apply(Basic());
  EXPECT_THAT(host_.Plan(Managed("external")).requires_replace, Not(IsEmpty()));
}

}  // namespace
}  // namespace kproto::testing
