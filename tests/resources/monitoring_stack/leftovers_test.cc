// SPDX-License-Identifier: MPL-2.0
// Objects that Argo CD's chart renders no longer and that Helm failed to delete.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;

class LeftoversTest : public StackTest {
 protected:
  // The chart has a NetworkPolicy as long as a value says so.
  LeftoversTest() {
    world_.render_argocd = [](const helm::TemplateRequest& request) {
      const Json policy = request.values.value("/global/networkPolicy/create"_json_pointer, Json());
      return policy == true ? std::vector<Json>{Policy()} : std::vector<Json>{};
    };
  }
  static Json Policy() {
    return {{"apiVersion", "networking.k8s.io/v1"},
            {"kind", "NetworkPolicy"},
            {"metadata", {{"name", "argocd-redis"}, {"namespace", "argocd"}}}};
  }
  static kubernetes::ObjectKey Key() { return kubernetes::KeyOf(Policy()); }
  // As Helm makes it; and as it stays when an upgrade could not delete it.
  void PutPolicy(const char* release = "argocd", const char* keep = "") {
    Json object = Policy();
    object["metadata"]["annotations"] = {{"meta.helm.sh/release-name", release},
                                         {"meta.helm.sh/release-namespace", "argocd"},
                                         {"helm.sh/resource-policy", keep}};
    world_.kubernetes->Put(object);
  }
  void FailToDelete(const Value& config) {
    world_.kubernetes->log.FailMatching("delete NetworkPolicy argocd/argocd-redis",
                                        absl::PermissionDeniedError("not now"));
    host_.Apply(config);
    EXPECT_THAT(host_.Errors(), HasSubstr("not now"));
    world_.kubernetes->log.ClearFailures();
    host_.diagnostics = Diagnostics();
  }
  bool IsThere() { return world_.kubernetes->Find(Key()).has_value(); }
  Value With(bool policies) const { return Basic({{"network_policies", Value::Bool(policies)}}); }
};

TEST_F(LeftoversTest, AreDeletedOnceTheUpgradeIsDone) {
  host_.Apply(With(true));
  PutPolicy();
  host_.Apply(With(false));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(IsThere());
  ExpectNoChange(With(false));
}

TEST_F(LeftoversTest, AnUpgradeThatCouldNotDeleteThemIsNotDone) {
  host_.Apply(With(true));
  PutPolicy();
  FailToDelete(With(false));
  EXPECT_TRUE(IsThere());
  host_.Apply(With(false));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(IsThere());
  ExpectNoChange(With(false));
}

TEST_F(LeftoversTest, WhatIsSomebodyElsesOrToBeKeptStays) {
  host_.Apply(With(true));
  PutPolicy("another");
  host_.Apply(With(false));
  EXPECT_TRUE(IsThere());
  host_.Apply(With(true));
  PutPolicy("argocd", "keep");
  host_.Apply(With(false));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(IsThere());
}

TEST_F(LeftoversTest, ADestroyTakesWhatOnlyAnEarlierRevisionHas) {
  host_.Apply(With(true));
  PutPolicy();
  FailToDelete(With(false));
  host_.Destroy();
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(IsThere());
}

}  // namespace
}  // namespace kproto::testing
