// SPDX-License-Identifier: MPL-2.0
// Who may do what: rbac, network_policies, resource_quota.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/isolation.h"
#include "resources/monitoring_stack/objects_step.h"
#include "resources/monitoring_stack/rbac.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using monitoring_stack::PolicyCsv;
using monitoring_stack::RbacObjects;
using monitoring_stack::RbacWanted;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kRbacApi[] = "rbac.authorization.k8s.io/v1";

class StackPoliciesTest : public StackTest {
 protected:
  static Value Groups(std::vector<const char*> names) {
    Value::List list;
    for (const char* name : names) {
      list.push_back(Text(name));
    }
    return Value::OfSet(std::move(list));
  }
  std::optional<Json> Binding(const char* ns, const char* name) const {
    return world_.kubernetes->Find({kRbacApi, "RoleBinding", ns, name});
  }
  std::string ArgoCdPolicy() {
    return world_.helm.GetValues({}, {"argocd", "argocd"}, {})
        ->at("/configs/rbac/policy.csv"_json_pointer);
  }
};

TEST_F(StackPoliciesTest, PeopleGetTheirRolesInKubernetesAndArgoCd) {
  const Value config = Basic({{"rbac", Object({{"viewer_groups", Groups({"support", "devs"})},
                                               {"admin_groups", Groups({"platform"})}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Json viewers = *Binding("monitoring", "kproto-monitoring-viewer");
  EXPECT_EQ(viewers["roleRef"]["kind"], "ClusterRole");
  EXPECT_EQ(viewers["subjects"].size(), 2u);
  EXPECT_TRUE(Binding("argocd", "kproto-monitoring-admin").has_value());
  EXPECT_FALSE(Binding("monitoring", "kproto-monitoring-operator").has_value());
  EXPECT_THAT(ArgoCdPolicy(), AllOf(HasSubstr("g, \"devs\", role:monitoring-viewer"),
                                    HasSubstr("g, \"platform\", role:admin")));
  ExpectNoChange(config);

  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(Binding("monitoring", "kproto-monitoring-viewer").has_value());
  EXPECT_FALSE(world_.kubernetes->Find({kRbacApi, "ClusterRole", "", "kproto-monitoring-admin"}));
  ExpectNoChange(Basic());
}

TEST_F(StackPoliciesTest, ARightThatSomebodyAddedIsTakenBack) {
  const Value config = Basic({{"rbac", Object({{"viewer_groups", Groups({"devs"})}})}});
  host_.Apply(config);
  Json binding = *Binding("monitoring", "kproto-monitoring-viewer");
  binding["subjects"].push_back({{"kind", "Group"}, {"name", "intruders"}});
  world_.kubernetes->Put(binding);
  EXPECT_TRUE(WouldChange(config));
  EXPECT_THAT(DebugString(host_.state["drift"]),
              HasSubstr("RoleBinding monitoring/kproto-monitoring-viewer was changed"));
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(Binding("monitoring", "kproto-monitoring-viewer")->at("subjects").size(), 1u);
}

TEST_F(StackPoliciesTest, AnImportKnowsThem) {
  const Value config = Basic({{"rbac", Object({{"operator_groups", Groups({"ops"})}})},
                              {"network_policies", Value::Bool(true)},
                              {"resource_quota", Object({{"pods", Text("50")}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  Host other(resource_);
  other.Import("k8s");
  ASSERT_EQ(other.Errors(), "");
  for (const char* name : {"rbac", "network_policies", "resource_quota", "drift"}) {
    EXPECT_EQ(other.state[name], host_.state[name]) << name;
  }
}

TEST_F(StackPoliciesTest, GroupsThatCannotBeNamedInAPolicyAreRefused) {
  for (const char* group : {"system:authenticated", "a\nb", "a,b", "\"a"}) {
    host_.diagnostics = {};
    host_.Plan(Basic({{"rbac", Object({{"admin_groups", Groups({group})}})}}));
    EXPECT_THAT(host_.Errors(), HasSubstr("rbac.admin_groups")) << group;
  }
}

TEST_F(StackPoliciesTest, NetworkPoliciesAndAQuotaAreMadeKeptAndTakenAway) {
  const Value config = Basic({{"network_policies", Value::Bool(true)},
                              {"resource_quota", Object({{"requests.cpu", Text("8000m")}})},
                              {"grafana", Object({{"expose", Text("load_balancer")}})}});
  const kubernetes::ObjectKey quota{"v1", "ResourceQuota", "monitoring", "kproto"};
  const kubernetes::ObjectKey grafana{"networking.k8s.io/v1", "NetworkPolicy", "monitoring",
                                      "kproto-grafana"};
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(world_.kubernetes->Find(grafana).has_value());
  // As the API server writes an amount back.
  Json stored = *world_.kubernetes->Find(quota);
  stored["spec"]["hard"]["requests.cpu"] = "8";
  world_.kubernetes->Put(stored);
  ExpectNoChange(config);

  stored["spec"]["hard"]["requests.cpu"] = "2";
  world_.kubernetes->Put(stored);
  EXPECT_TRUE(WouldChange(config));
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.kubernetes->Find(quota).has_value());
  EXPECT_FALSE(world_.kubernetes->Find(grafana).has_value());
}

TEST_F(StackPoliciesTest, DestroyTakesThemAll) {
  const std::vector<kubernetes::ObjectKey> before = world_.kubernetes->Keys();
  host_.Apply(Basic({{"rbac", Object({{"operator_groups", Groups({"ops"})}})},
                     {"network_policies", Value::Bool(true)}}));
  host_.Destroy();
  ASSERT_EQ(host_.Errors(), "");
  world_.kubernetes->Remove({"argoproj.io/v1alpha1", "AppProject", "argocd", "default"});
  EXPECT_EQ(world_.kubernetes->Keys(), before);
}

TEST(RbacTest, NobodyButAdministratorsReadsSecretsAndNobodyActsOutsideTheStack) {
  for (const Json& object : RbacObjects({{"v"}, {"o"}, {"a"}}, "monitoring", "argocd")) {
    EXPECT_NE(object["kind"], "ClusterRoleBinding");
    if (object["kind"] == "ClusterRole" &&
        object["metadata"]["name"] != "kproto-monitoring-admin") {
      EXPECT_THAT(object["rules"].dump(), AllOf(Not(HasSubstr("secrets")), Not(HasSubstr("*"))));
    }
  }
}

TEST(RbacTest, PolicyCsvKeepsRolesToTheProject) {
  EXPECT_EQ(PolicyCsv({}, "monitoring"), "");
  const std::string csv = PolicyCsv({{"team a"}, {"ops"}, {}}, "monitoring");
  EXPECT_THAT(csv,
              HasSubstr("p, role:monitoring-viewer, applications, get, monitoring/*, allow\n"));
  EXPECT_THAT(csv, HasSubstr("p, role:monitoring-operator, applications, sync, monitoring/*, "));
  EXPECT_THAT(csv, Not(HasSubstr("role:monitoring-viewer, applications, sync")));
  EXPECT_THAT(csv, HasSubstr("g, \"team a\", role:monitoring-viewer\n"));
}

TEST(IncludesTest, WhatServersAddDoesNotCount) {
  using monitoring_stack::Includes;
  EXPECT_TRUE(Includes({{"a", 1}, {"b", 2}}, {{"a", 1}}));
  EXPECT_FALSE(Includes({{"a", 1}}, {{"a", 1}, {"b", 2}}));
  EXPECT_FALSE(Includes(Json::array({1, 2}), Json::array({1})));
  EXPECT_TRUE(Includes("1", "1000m"));
  EXPECT_FALSE(Includes("2", "1000m"));
  EXPECT_FALSE(Includes("a", "b"));
}

}  // namespace
}  // namespace kproto::testing
