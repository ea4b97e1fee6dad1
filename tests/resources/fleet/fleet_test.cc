// SPDX-License-Identifier: MPL-2.0
// The fleet on its hub: what it makes there, keeps, waits for and takes away.
#include <string>

#include "gmock/gmock.h"
#include "tests/resources/fleet/fleet_world.h"

namespace kproto::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kId[] = "cluster-1/argocd/edge";

kubernetes::ObjectKey Set(const std::string& name) {
  return {kArgo, "ApplicationSet", "argocd", "edge-" + name};
}

TEST_F(FleetTest, DeliversByAnApplicationSetForEachApplication) {
  ApplyFleet();
  EXPECT_EQ(fleet_host_.state["id"].string(), kId);
  EXPECT_THAT(world_.Names("ApplicationSet"),
              ElementsAre("edge-grafana", "edge-loki", "edge-promtail"));
  const Json set = *world_.kubernetes->Find(Set("loki"));
  EXPECT_EQ(set["spec"]["generators"][0]["clusters"]["selector"]["matchLabels"],
            (Json{{"fleet.kproto/fleet", "edge"}, {"fleet.kproto/joined", "true"}}));
  const Json& spec = set["spec"]["template"]["spec"];
  EXPECT_EQ(spec["destination"], (Json{{"server", "{{ .server }}"}, {"namespace", "monitoring"}}));
  EXPECT_EQ(spec["source"]["helm"]["releaseName"], "loki") << "as the others find it";
  EXPECT_EQ(spec["project"], "fleet-edge");
  EXPECT_THAT(set["spec"]["template"]["metadata"]["finalizers"].dump(),
              HasSubstr("resources-finalizer"))
      << "workloads go with their Application";
  // The stack on the same hub takes for its own, and deletes, what is managed by "kproto".
  EXPECT_EQ(set["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/managed-by"],
            "kproto-fleet");
  const Json project = *world_.kubernetes->Find({kArgo, "AppProject", "argocd", "fleet-edge"});
  EXPECT_EQ(project["spec"]["destinations"],
            Json::array({{{"server", "*"}, {"namespace", "monitoring"}}}));
  ExpectNoChange(fleet_host_, Fleet());
}

TEST_F(FleetTest, IsPlannedWhileItsHubIsUnknown) {
  const PlanResult plan = fleet_host_.Plan(Fleet({{"hub_cluster_id", Value::Unknown()}}));
  EXPECT_EQ(fleet_host_.Errors(), "");
  EXPECT_TRUE(plan.planned["id"].is_unknown());
  EXPECT_EQ(plan.planned["applications"]["grafana"]["chart_version"].string(),
            monitoring_stack::kGrafanaChart.version);
}

TEST_F(FleetTest, AHubWithoutAnApplicationSetControllerIsRefusedWithAdvice) {
  world_.kubernetes->Remove(
      {"apps/v1", "Deployment", "argocd", "argocd-applicationset-controller"});
  fleet_host_.Apply(Fleet());
  EXPECT_THAT(fleet_host_.Errors(), HasSubstr("hub_cluster_id"));
  EXPECT_THAT(fleet_host_.Errors(), HasSubstr("no ApplicationSet controller"));
  EXPECT_THAT(fleet_host_.Errors(), HasSubstr("applicationSet.replicas"));
  EXPECT_TRUE(fleet_host_.state.is_null()) << "nothing was made";
}

TEST_F(FleetTest, AnApplicationSetChangedByHandIsShownAndMended) {
  ApplyFleet();
  Json set = *world_.kubernetes->Find(Set("loki"));
  set["spec"]["template"]["spec"]["source"]["targetRevision"] = "1.2.3";
  set["spec"]["templatePatch"] = "spec: {project: default}";
  world_.kubernetes->Put(set);
  EXPECT_TRUE(WouldChange(fleet_host_, Fleet()));
  fleet_host_.Apply(Fleet());
  EXPECT_EQ(fleet_host_.Errors(), "");
  const Json mended = *world_.kubernetes->Find(Set("loki"));
  EXPECT_EQ(mended["spec"]["template"]["spec"]["source"]["targetRevision"],
            monitoring_stack::kLokiChart.version);
  EXPECT_FALSE(mended["spec"].contains("templatePatch"));
  ExpectNoChange(fleet_host_, Fleet());

  world_.kubernetes->Remove(Set("grafana"));
  EXPECT_TRUE(WouldChange(fleet_host_, Fleet()));
  fleet_host_.Apply(Fleet());
  ExpectNoChange(fleet_host_, Fleet());
}

TEST_F(FleetTest, ChartsOfTheUsersOwnComeBesideOrInsteadOfTheStack) {
  const Value charts = Map({{"shop", Map({{"chart", Text("shop")},
                                          {"chart_repository", Text("https://charts.example.com")},
                                          {"chart_version", Text("1.0.0")},
                                          {"values", Text("replicas: 2")}})}});
  ApplyFleet({{"charts", charts}, {"stack", Value::Bool(false)}});
  EXPECT_THAT(world_.Names("ApplicationSet"), ElementsAre("edge-shop"));
  const Json source = (*world_.kubernetes->Find(Set("shop")))["spec"]["template"]["spec"]["source"];
  EXPECT_EQ(source["repoURL"], "https://charts.example.com");
  EXPECT_THAT(source["helm"]["values"].get<std::string>(), HasSubstr("{\\\"replicas\\\":2}"));
  ApplyFleet({{"charts", charts}});
  EXPECT_THAT(world_.Names("ApplicationSet"),
              ElementsAre("edge-grafana", "edge-loki", "edge-promtail", "edge-shop"));
  ApplyFleet();
  EXPECT_THAT(world_.Names("ApplicationSet"),
              ElementsAre("edge-grafana", "edge-loki", "edge-promtail"));
}

TEST_F(FleetTest, WhatCannotBeDeliveredIsRefusedByThePlan) {
  fleet_host_.Plan(Fleet({{"stack", Value::Bool(false)}}));
  EXPECT_THAT(fleet_host_.Errors(), HasSubstr("charts: Nothing to deliver"));
  fleet_host_.diagnostics = Diagnostics();
  const auto charts = [](const char* name, const char* values) {
    return Map({{name, Map({{"chart", Text("shop")},
                            {"chart_repository", Text("https://charts.example.com")},
                            {"chart_version", Text("1.0.0")},
                            {"values", Text(values)}})}});
  };
  fleet_host_.Plan(Fleet({{"charts", charts("shop", "[1]")}}));
  EXPECT_THAT(fleet_host_.Errors(), HasSubstr("charts[\"shop\"].values"));
  fleet_host_.diagnostics = Diagnostics();
  fleet_host_.Plan(Fleet({{"charts", charts("loki", "")}}));
  EXPECT_THAT(fleet_host_.Errors(), HasSubstr("\"loki\" is the stack's"));
  fleet_host_.diagnostics = Diagnostics();
  fleet_host_.Plan(Fleet({{"values_dir", Text("/nowhere")}}));
  EXPECT_THAT(fleet_host_.Errors(), HasSubstr("values_dir"));
  fleet_host_.diagnostics = Diagnostics();
  fleet_host_.Plan(Fleet(
      {{"grafana", Map({{"chart_repository", Value()}, {"chart_version", Text("99.0.0")}})}}));
  EXPECT_THAT(fleet_host_.Errors(), HasSubstr("99.0.0")) << "the checks of the stack hold here";
}

TEST_F(FleetTest, AChangeWaitsForEveryMemberAndNamesThoseItFailsIn) {
  ApplyFleet();
  nyc_.Apply(Member("nyc"));
  ams_.Apply(Member("ams"));
  ASSERT_EQ(nyc_.Errors() + ams_.Errors(), "");
  world_.health["edge-ams-loki"] = "Degraded";
  const Value newer =
      Fleet({{"loki", Map({{"chart_repository", Value()}, {"chart_version", Text("0.9.0")}})}});
  Later();
  fleet_host_.Apply(newer);
  EXPECT_THAT(fleet_host_.Errors(), HasSubstr("member ams: loki: health Degraded"));
  EXPECT_THAT(fleet_host_.Errors(), Not(HasSubstr("nyc")));
  // What could be done is done; the one that fails is its member's affair from now on.
  fleet_host_.diagnostics = Diagnostics();
  ExpectNoChange(fleet_host_, newer);
  EXPECT_TRUE(WouldChange(ams_, Member("ams")));
  EXPECT_FALSE(WouldChange(nyc_, Member("nyc"))) << "a change of the fleet plans no member";
}

TEST_F(FleetTest, ImportedItPlansNothing) {
  TempDir values;
  values.Write("loki.yaml", "loki: {auth_enabled: false}\n");
  const Value config = Fleet({{"values_dir", Text(values / "")}, {"collector", Text("alloy")}});
  fleet_host_.Apply(config);
  ASSERT_EQ(fleet_host_.Errors(), "");
  Host other(fleet_);
  Later();
  other.Import(kId);
  EXPECT_EQ(other.Errors(), "");
  ExpectNoChange(other, config);
  Host nobody(fleet_);
  nobody.Import("cluster-1/argocd/shop");
  EXPECT_THAT(nobody.Errors(), HasSubstr("has no fleet \"shop\""));
}

TEST_F(FleetTest, AnotherFleetOfThatNameIsNotTakenOver) {
  ApplyFleet();
  Host other(fleet_);
  other.Apply(Fleet());
  EXPECT_THAT(other.Errors(), HasSubstr("tofu import kproto_fleet.NAME cluster-1/argocd/edge"));
  EXPECT_TRUE(other.state.is_null());
}

TEST_F(FleetTest, DestroyLeavesNothing) {
  ApplyFleet();
  nyc_.Apply(Member("nyc"));
  nyc_.Destroy();
  Later();
  fleet_host_.Destroy();
  EXPECT_EQ(nyc_.Errors() + fleet_host_.Errors(), "");
  for (const char* kind : {"ApplicationSet", "Application", "AppProject", "Secret"}) {
    EXPECT_THAT(world_.Names(kind), IsEmpty()) << kind;
  }
  EXPECT_THAT(world_.left_workloads, IsEmpty());
}

TEST_F(FleetTest, WithItsHubItIsGone) {
  ApplyFleet();
  world_.cloud.Edit([](FakeCloud& c) { c.clusters.erase(kClusterId); });
  Later(absl::Hours(2));  // credentials from before do not lead anywhere either
  fleet_host_.Refresh();
  EXPECT_EQ(fleet_host_.Errors(), "");
  EXPECT_TRUE(fleet_host_.state.is_null());
}

}  // namespace
}  // namespace kproto::testing
