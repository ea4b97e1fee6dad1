// SPDX-License-Identifier: MPL-2.0
// The collector, its successor, and the way from one to the other.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/alloy.h"
#include "resources/monitoring_stack/wiring.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using StackCollectorTest = StackTest;

TEST_F(StackCollectorTest, AlloyTakesThePlaceOfPromtail) {
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  const Value config = Basic({{"collector", Text("alloy")}});
  const PlanResult plan = host_.Plan(config);
  EXPECT_THAT(plan.requires_replace, IsEmpty());
  EXPECT_TRUE(plan.planned["promtail"].is_null());
  EXPECT_EQ(plan.planned["alloy"]["chart_version"], Text("1.11.1"));
  EXPECT_TRUE(plan.planned["applications"]["promtail"].is_null());
  world_.ForgetCalls();
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.Application("promtail").has_value());
  EXPECT_EQ(host_.state["applications"]["alloy"]["health"], Text("Healthy"));
  // The lines that wait on the disk are read once: Promtail stops before Alloy begins.
  const std::vector<std::string> writes = world_.Writes();
  const auto at = [&](const char* write) {
    return std::find(writes.begin(), writes.end(), write) - writes.begin();
  };
  EXPECT_LT(at("delete Application argocd/promtail"), at("apply Application argocd/alloy"));
  ExpectNoChange(config);

  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.Application("alloy").has_value());
  ExpectNoChange(Basic());
}

TEST_F(StackCollectorTest, AnImportKnowsWhichItIs) {
  const Value config = Basic({{"collector", Text("alloy")}});
  host_.Apply(config);
  Host other(resource_);
  other.Import("k8s");
  other.Refresh();  // as a plan does
  ASSERT_EQ(other.Errors(), "");
  EXPECT_EQ(other.state["collector"], Text("alloy"));
  EXPECT_EQ(other.state["alloy"], host_.state["alloy"]);
  EXPECT_EQ(other.state["drift"], host_.state["drift"]);
}

TEST_F(StackCollectorTest, TheOthersValuesFileIsNamedAsUnused) {
  world_.dir.Write("values/promtail.yaml", "config: {logLevel: debug}\n");
  host_.Plan(
      Basic({{"collector", Text("alloy")}, {"values_dir", Value::String(world_.dir / "values")}}));
  EXPECT_EQ(host_.Errors(), "");
  ASSERT_FALSE(host_.diagnostics.empty());
  EXPECT_THAT(host_.diagnostics.all()[0].detail, HasSubstr("collector is alloy"));
}

TEST_F(StackCollectorTest, AnApplicationThatAFailedUpdateLeftGoesWithTheStack) {
  host_.Apply(Basic());
  world_.kubernetes->log.FailMatching("apply Application argocd/loki",
                                      absl::PermissionDeniedError("no"));
  world_.kubernetes->log.FailMatching("apply Application argocd/grafana",
                                      absl::PermissionDeniedError("no"));
  host_.Apply(Basic({{"collector", Text("alloy")}, {"node_pool", Text("")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("no"));
  world_.kubernetes->log.ClearFailures();
  host_.diagnostics = {};
  host_.Destroy();
  EXPECT_EQ(host_.Errors(), "");
  for (const kubernetes::ObjectKey& key : world_.kubernetes->Keys()) {
    EXPECT_NE(key.kind, "Application") << key.ToString();
  }
}

TEST(AlloyTest, ReadsOnWherePromtailStoppedAndPushesToLoki) {
  monitoring_stack::Wiring wiring;
  wiring.ns = "monitoring";
  const Json loki = monitoring_stack::LokiValues(wiring, Json::object());
  const Json values = monitoring_stack::AlloyValues(wiring, Json::object(), loki);
  const std::string content = values.at("/alloy/configMap/content"_json_pointer);
  EXPECT_THAT(content, HasSubstr("legacy_positions_file = \"/run/promtail/positions.yaml\""));
  EXPECT_THAT(content, HasSubstr("url = \"http://loki-gateway.monitoring.svc/loki/api/v1/push\""));
  for (const char* label : {"namespace", "pod", "container", "node_name", "app", "job"}) {
    EXPECT_THAT(content, HasSubstr(absl::StrCat("target_label = \"", label, "\"")));
  }
  EXPECT_EQ(values.at("/alloy/mounts/extra/1/mountPath"_json_pointer), "/run/promtail");
  EXPECT_EQ(values.at("/controller/volumes/extra/1/hostPath/path"_json_pointer), "/run/promtail");
}

}  // namespace
}  // namespace kproto::testing
