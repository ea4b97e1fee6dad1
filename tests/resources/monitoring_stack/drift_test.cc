// SPDX-License-Identifier: MPL-2.0
// Drift by its layers and what on_drift makes of it; and a cluster that is gone.
#include "resources/monitoring_stack/drift.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class StackDriftTest : public StackTest {
 protected:
  Value With(const char* layer, const char* policy) const {
    return Basic({{"on_drift", Object({{layer, Text(policy)}})},
                  {"network_policies", Value::Bool(true)},
                  {"values_dir", Value::String(world_.dir / "values")}});
  }
  void SetUp() override { world_.dir.Write("values/loki.yaml", "gateway: {replicas: 1}\n"); }

  void ChangeRelease() {
    helm::UpgradeRequest request;
    request.key = {"argocd", "argocd"};
    request.chart = {monitoring_stack::kArgoCdChart.repository, "argo-cd",
                     monitoring_stack::kArgoCdChart.version};
    request.values = {{"notifications", {{"enabled", false}}}};
    ASSERT_TRUE(world_.helm.UpgradeInstall({}, request, {}).ok());
  }
  void ChangeObject() {
    world_.kubernetes->Remove(
        {"networking.k8s.io/v1", "NetworkPolicy", "monitoring", "kproto-grafana"});
    for (const kubernetes::ObjectKey& key : world_.kubernetes->Keys()) {
      if (key.kind == "NetworkPolicy") {
        world_.kubernetes->Remove(key);
      }
    }
  }
  void ChangeApplication() {
    Json loki = *world_.Application("loki");
    loki["spec"]["source"]["helm"]["valuesObject"]["gateway"]["replicas"] = 5;
    loki["status"]["sync"]["comparedTo"]["source"] = loki["spec"]["source"];
    world_.kubernetes->Put(loki);
  }
  void Change(const std::string& layer) {
    layer == "release"   ? ChangeRelease()
    : layer == "objects" ? ChangeObject()
                         : ChangeApplication();
  }
};

constexpr const char* kLayers[] = {"release", "objects", "applications"};

TEST_F(StackDriftTest, EachLayerIsToldApartAndMendedByDefault) {
  const Value config = With("release", "fix");
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  ExpectNoChange(config);
  for (const std::string layer : kLayers) {
    SCOPED_TRACE(layer);
    Change(layer);
    EXPECT_TRUE(WouldChange(config));
    for (const char* other : kLayers) {
      EXPECT_EQ(host_.state["drift_layers"][other].list().empty(), other != layer)
          << other << DebugString(host_.state["drift_layers"]);
    }
    host_.Apply(config);
    ASSERT_EQ(host_.Errors(), "");
    ExpectNoChange(config);
    EXPECT_TRUE(host_.state["drift_layers"][layer].list().empty());
  }
}

TEST_F(StackDriftTest, WarnedOfItStaysAndIsTold) {
  for (const std::string layer : kLayers) {
    SCOPED_TRACE(layer);
    const Value config = With(layer.c_str(), "warn");
    host_.Apply(config);
    ASSERT_EQ(host_.Errors(), "");
    Change(layer);
    host_.diagnostics = {};
    EXPECT_FALSE(WouldChange(config));
    EXPECT_THAT(Warnings(),
                AllOf(HasSubstr("on_drift." + layer), HasSubstr("The stack has drifted"),
                      HasSubstr(host_.state["drift_layers"][layer].list()[0].string())));
  }
}

TEST_F(StackDriftTest, IgnoredItIsSilentAndOtherLayersAreStillMended) {
  const Value config = With("applications", "ignore");
  host_.Apply(config);
  Change("applications");
  host_.diagnostics = {};
  EXPECT_FALSE(WouldChange(config));
  EXPECT_EQ(Warnings(), "");
  Change("objects");
  EXPECT_TRUE(WouldChange(config));
}

TEST_F(StackDriftTest, WhatTheUserChangesIsNoDrift) {
  const Value config = Basic({{"on_drift", Object({{"release", Text("ignore")},
                                                   {"objects", Text("ignore")},
                                                   {"applications", Text("ignore")}})},
                              {"values_dir", Value::String(world_.dir / "values")}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  ExpectNoChange(config);
  world_.dir.Write("values/loki.yaml", "gateway: {replicas: 2}\n");
  EXPECT_TRUE(WouldChange(config));
  EXPECT_THAT(host_.state["drift_layers"]["applications"].list(), IsEmpty());
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.Application("loki")->at(
                "/spec/source/helm/valuesObject/gateway/replicas"_json_pointer),
            2);
}

TEST_F(StackDriftTest, AMissingOrDegradedApplicationIsDrift) {
  const Value config = With("applications", "warn");
  host_.Apply(config);
  world_.kubernetes->Remove({"argoproj.io/v1alpha1", "Application", "argocd", "promtail"});
  EXPECT_FALSE(WouldChange(config));
  EXPECT_THAT(Warnings(), HasSubstr("Application promtail is missing"));
}

// ---- a cluster that is gone ------------------------------------------------------------------

class StackClusterGoneTest : public StackTest {
 protected:
  void LoseCluster() {
    world_.cloud.Edit([](FakeCloud& cloud) { cloud.clusters.clear(); });
    host_.Refresh();
    ASSERT_EQ(host_.Errors(), "");
    ASSERT_FALSE(host_.state.is_null());
  }
  // As the cluster that takes its place is planned.
  Value InAnother(Value::Map more = {}) const {
    more["cluster_id"] = Value::Unknown();
    return Config(std::move(more));
  }
};

TEST_F(StackClusterGoneTest, IsAnErrorWhereThatIsAskedFor) {
  host_.Apply(Basic());
  LoseCluster();
  host_.Plan(InAnother({{"cluster_gone", Text("error")}}));
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("cluster_gone: The cluster of the stack is gone"),
                                    HasSubstr("cluster-1"), HasSubstr("-refresh=false")));
}

TEST_F(StackClusterGoneTest, TheStackIsMadeAnewInTheNextOneWithAWarning) {
  host_.Apply(Basic());
  LoseCluster();
  const PlanResult plan = host_.Plan(InAnother());
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_THAT(Warnings(), HasSubstr("cluster_id: The cluster of the stack is gone"));
  EXPECT_EQ(plan.requires_replace, std::vector<Path>{Path("cluster_id")});
  EXPECT_TRUE(plan.planned["cluster_uid"].is_unknown());
  EXPECT_TRUE(plan.planned["applications"].is_unknown());
}

TEST_F(StackClusterGoneTest, AnIdThatLeadsNowhereIsToldAndKeepsNobodyFromADestroy) {
  host_.Apply(Basic());
  LoseCluster();
  const PlanResult plan = host_.Plan(Basic());
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_EQ(plan.planned, host_.state);
  EXPECT_THAT(Warnings(), HasSubstr("name another cluster"));
}

TEST_F(StackClusterGoneTest, ADestroyEndsWell) {
  host_.Apply(Basic());
  LoseCluster();
  host_.Destroy();
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_TRUE(host_.state.is_null());
}

TEST_F(StackClusterGoneTest, OneThatIsThereAgainIsReadAsEver) {
  host_.Apply(Basic());
  std::map<std::string, api::Cluster> before;
  world_.cloud.Edit([&](FakeCloud& cloud) { before = cloud.clusters; });
  LoseCluster();
  world_.cloud.Edit([&](FakeCloud& cloud) { cloud.clusters = before; });
  ExpectNoChange(Basic());
}

}  // namespace
}  // namespace kproto::testing
