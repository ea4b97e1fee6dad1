// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/resource.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class MonitoringStackTest : public StackTest {};

TEST_F(MonitoringStackTest, IsMadeAndThenThereIsNothingToDo) {
  const Value config = Basic({{"grafana", Object({{"expose", Text("load_balancer")}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["id"], Text("cluster-1/monitoring"));
  EXPECT_EQ(host_.state["node_pool"], Text("monitoring"));
  EXPECT_EQ(host_.state["grafana"]["url"], Text("http://192.0.2.7"));
  EXPECT_EQ(host_.state["argocd"]["status"], Text("deployed"));
  EXPECT_EQ(host_.state["argocd"]["version"], Text("v9.3.7"));
  for (const char* name : {"grafana", "loki", "promtail"}) {
    const Value& application = host_.state["applications"][name];
    EXPECT_EQ(application["sync"], Text("Synced")) << name;
    EXPECT_EQ(application["health"], Text("Healthy")) << name;
    EXPECT_EQ(application["revision"], application["chart_version"]) << name;
  }
  world_.ForgetCalls();
  ExpectNoChange(config);
  host_.Apply(config);
  EXPECT_THAT(world_.Writes(), IsEmpty());
}

TEST_F(MonitoringStackTest, PlansWhileTheClusterIsUnknown) {
  const PlanResult plan = host_.Plan(Config({{"cluster_id", Value::Unknown()}}));
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_TRUE(plan.planned["id"].is_unknown());
  EXPECT_TRUE(plan.planned["applications"].is_unknown());
  EXPECT_EQ(plan.planned["grafana"]["chart_version"], Text("12.11.1"));
  EXPECT_THAT(world_.credentials_seen, IsEmpty());
}

TEST_F(MonitoringStackTest, AnUnknownChartVersionIsAnErrorAtPlan) {
  host_.Plan(Basic({{"loki", Object({{"chart_version", Text("99.0.0")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("loki.chart_version: Chart loki 99.0.0 is not available"));
}

TEST_F(MonitoringStackTest, AMissingValuesDirectoryIsAnErrorAtPlan) {
  host_.Plan(Basic({{"values_dir", Text("/nowhere/at/all")}}));
  EXPECT_THAT(host_.Errors(),
              HasSubstr("values_dir: The files of the configuration cannot be used"));
  EXPECT_THAT(host_.Errors(), HasSubstr("does not exist"));
}

TEST_F(MonitoringStackTest, ExactlyOneClusterIsNamed) {
  host_.Plan(Config({}));
  EXPECT_THAT(host_.Errors(), HasSubstr("cluster_id: No cluster named"));
}

TEST_F(MonitoringStackTest, RetentionIsWholeDays) {
  host_.Plan(Basic({{"loki", Object({{"retention", Text("36h")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("loki.retention"));
}

TEST_F(MonitoringStackTest, AnEditedValuesFileIsPlannedAndReachesOnlyItsApplication) {
  world_.dir.Write("values/loki.yaml", "loki: {limits_config: {query_timeout: 60s}}\n");
  const Value config = Basic({{"values_dir", Value::String(world_.dir / "values")}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  ExpectNoChange(config);
  world_.dir.Write("values/loki.yaml",
                   "# a comment is no change\nloki: {limits_config: "
                   "{query_timeout: 60s}}\n");
  ExpectNoChange(config);

  world_.dir.Write("values/loki.yaml", "loki: {limits_config: {query_timeout: 90s}}\n");
  const PlanResult plan = host_.Plan(config);
  const Value& before = host_.state["applications"];
  const Value& after = plan.planned["applications"];
  EXPECT_FALSE(plan.planned["values_hash"] == host_.state["values_hash"]);
  EXPECT_FALSE(after["loki"]["values_hash"] == before["loki"]["values_hash"]);
  EXPECT_EQ(after["grafana"], before["grafana"]);
  EXPECT_EQ(plan.planned["grafana"], host_.state["grafana"]);
  EXPECT_EQ(plan.planned["argocd"], host_.state["argocd"]);
  EXPECT_THAT(plan.requires_replace, IsEmpty());

  world_.ForgetCalls();
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(world_.Writes(), ::testing::ElementsAre("apply Application argocd/loki"));
  const Json loki = *world_.Application("loki");
  EXPECT_EQ(loki.at("/spec/source/helm/valuesObject/loki/limits_config/query_timeout"_json_pointer),
            "90s");
  ExpectNoChange(config);
}

TEST_F(MonitoringStackTest, AnotherChartVersionIsAnUpdate) {
  host_.Apply(Basic());
  const Value config = Basic({{"argocd", Object({{"chart_version", Text("0.9.0")}})},
                              {"promtail", Object({{"chart_version", Text("0.9.0")}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["argocd"]["version"], Text("v0.9.0"));
  EXPECT_EQ(host_.state["applications"]["promtail"]["chart_version"], Text("0.9.0"));
  EXPECT_EQ(world_.helm.Find({"argocd", "argocd"})->revision, 2);
  ExpectNoChange(config);
}

TEST_F(MonitoringStackTest, ADeletedApplicationIsSeenAndMended) {
  const Value config = Basic({{"grafana", Object({{"expose", Text("load_balancer")}})}});
  host_.Apply(config);
  world_.kubernetes->Remove({"argoproj.io/v1alpha1", "Application", "argocd", "grafana"});
  world_.kubernetes->Remove({"v1", "Service", "monitoring", "grafana"});
  EXPECT_TRUE(WouldChange(config));
  EXPECT_TRUE(host_.state["applications"]["grafana"].is_null());
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(world_.Application("grafana").has_value());
  ExpectNoChange(config);
}

TEST_F(MonitoringStackTest, AChangedApplicationIsSeenAndMended) {
  const Value config = Basic();
  host_.Apply(config);
  Json loki = *world_.Application("loki");
  loki["spec"]["source"]["helm"]["valuesObject"]["gateway"]["replicas"] = 7;
  world_.kubernetes->Put(loki);
  EXPECT_TRUE(WouldChange(config));
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE((*world_.Application("loki"))
                   .contains("/spec/source/helm/valuesObject/gateway/replicas"_json_pointer));
  ExpectNoChange(config);
}

TEST_F(MonitoringStackTest, AChangedReleaseIsSeenAndMended) {
  const Value config = Basic();
  host_.Apply(config);
  helm::UpgradeRequest request;
  request.key = {"argocd", "argocd"};
  request.chart = {monitoring_stack::kArgoCdChart.repository, "argo-cd", "0.9.0"};
  request.values = {{"server", {{"replicas", 3}}}};
  ASSERT_TRUE(world_.helm.UpgradeInstall({}, request, {}).ok());
  EXPECT_TRUE(WouldChange(config));
  EXPECT_EQ(host_.state["argocd"]["chart_version"], Text("0.9.0"));
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.helm.Find({"argocd", "argocd"})->chart_version, "9.3.7");
  ExpectNoChange(config);
}

TEST_F(MonitoringStackTest, AMissingSecretShowsAsDrift) {
  const Value config = Basic();
  host_.Apply(config);
  world_.kubernetes->Remove({"v1", "Secret", "monitoring", "grafana-admin"});
  EXPECT_TRUE(WouldChange(config));
  EXPECT_EQ(host_.state["drift"], Value::OfList({Text("Secret grafana-admin is missing")}));
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  ExpectNoChange(config);
}

TEST_F(MonitoringStackTest, TheAdminPasswordIsNeverStoredAndKeptUntilItsVersionChanges) {
  const auto config = [&](const char* password, int version) {
    return Basic({{"grafana", Object({{"admin_password_wo", Text(password)},
                                      {"admin_password_wo_version", Value::Int(version)}})}});
  };
  const auto stored = [&] {
    std::string password;
    const auto secret = world_.kubernetes->Find({"v1", "Secret", "monitoring", "grafana-admin"});
    absl::Base64Unescape(secret->at("data").at("admin-password").get<std::string>(), &password);
    return password;
  };
  host_.Apply(config("first-password", 1));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(stored(), "first-password");
  EXPECT_THAT(DebugString(host_.state), Not(HasSubstr("first-password")));
  ExpectNoChange(config("other-password", 1));
  host_.Apply(config("other-password", 2));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(stored(), "other-password");
}

TEST_F(MonitoringStackTest, AMadeUpPasswordIsKept) {
  host_.Apply(Basic());
  const auto secret = world_.kubernetes->Find({"v1", "Secret", "monitoring", "grafana-admin"});
  ASSERT_TRUE(secret.has_value());
  host_.state = Value();  // as after a kill -9: the host never heard of it
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.kubernetes->Find({"v1", "Secret", "monitoring", "grafana-admin"})->at("data"),
            secret->at("data"));
  EXPECT_EQ(world_.helm.Find({"argocd", "argocd"})->revision, 1);
}

TEST_F(MonitoringStackTest, AForeignArgoCdIsNotTakenOver) {
  world_.kubernetes->Put(
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "argocd"}}}});
  world_.helm.SetStatus({"argocd", "argocd"}, helm::ReleaseStatus::kDeployed);
  host_.Apply(Basic());
  EXPECT_THAT(host_.Errors(), HasSubstr("tofu import"));
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_THAT(world_.Writes(), IsEmpty());
}

TEST_F(MonitoringStackTest, AStuckReleaseOfOursIsRecovered) {
  world_.helm.log.FailMatching("upgrade ", absl::UnavailableError("killed"));
  host_.Apply(Basic());
  EXPECT_THAT(host_.Errors(), HasSubstr("killed"));
  EXPECT_FALSE(host_.state.is_null());
  world_.helm.log.ClearFailures();
  world_.helm.SetStatus({"argocd", "argocd"}, helm::ReleaseStatus::kPendingInstall);
  host_.diagnostics = Diagnostics();
  host_.state = Value();
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["argocd"]["status"], Text("deployed"));
  ASSERT_FALSE(host_.diagnostics.empty());
  EXPECT_EQ(host_.diagnostics.all().back().summary, "A stuck Helm release was recovered");
}

TEST_F(MonitoringStackTest, AnInterruptedCreateIsKeptAndGoesOn) {
  world_.helm.OnInstall([&](const helm::UpgradeRequest&) { host_.stop.request_stop(); });
  host_.Apply(Basic());
  EXPECT_EQ(host_.Errors(), "");  // a warning: an error would taint it
  ASSERT_FALSE(host_.diagnostics.empty());
  EXPECT_THAT(host_.diagnostics.all().back().detail, HasSubstr("The next apply goes on"));
  EXPECT_EQ(host_.state["id"], Text("cluster-1/monitoring"));

  StackWorld& world = world_;
  Host next(resource_);
  next.state = host_.state;
  world.kubernetes->Put(
      {{"apiVersion", "apiextensions.k8s.io/v1"},
       {"kind", "CustomResourceDefinition"},
       {"metadata", {{"name", "applications.argoproj.io"}}},
       {"status", {{"conditions", Json::array({{{"type", "Established"}, {"status", "True"}}})}}}});
  world.kubernetes->Put(
      {{"apiVersion", "apiextensions.k8s.io/v1"},
       {"kind", "CustomResourceDefinition"},
       {"metadata", {{"name", "appprojects.argoproj.io"}}},
       {"status", {{"conditions", Json::array({{{"type", "Established"}, {"status", "True"}}})}}}});
  next.Apply(Basic());
  EXPECT_EQ(next.Errors(), "");
  EXPECT_EQ(next.state["applications"]["loki"]["health"], Text("Healthy"));
  EXPECT_EQ(world.helm.Find({"argocd", "argocd"})->revision, 1);
}

TEST_F(MonitoringStackTest, ADegradedApplicationFailsWithItsReasonAndPath) {
  world_.health["loki"] = "Degraded";
  host_.Apply(Basic());
  EXPECT_THAT(host_.Errors(), HasSubstr("loki: Could not create the monitoring stack"));
  EXPECT_FALSE(host_.state.is_null());
}

TEST_F(MonitoringStackTest, APassingStateIsNoChangeButABadOneIs) {
  host_.Apply(Basic());
  Json loki = *world_.Application("loki");
  loki["status"]["health"]["status"] = "Progressing";
  loki["status"]["sync"]["status"] = "Unknown";
  world_.kubernetes->Put(loki);
  const Value before = host_.state;
  ExpectNoChange(Basic());
  EXPECT_EQ(host_.state, before);
  loki["status"]["health"]["status"] = "Degraded";
  world_.kubernetes->Put(loki);
  EXPECT_TRUE(WouldChange(Basic()));
}

TEST_F(MonitoringStackTest, AFailedUpdateLeavesTheStateAsItWas) {
  host_.Apply(Basic());
  const Value before = host_.state;
  world_.kubernetes->log.FailMatching("apply Application argocd/loki",
                                      absl::PermissionDeniedError("no"));
  host_.Apply(Basic({{"loki", Object({{"retention", Text("48h")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("no"));
  EXPECT_EQ(host_.state["loki"], before["loki"]);
  EXPECT_EQ(host_.state["values_hash"], before["values_hash"]);
}

TEST_F(MonitoringStackTest, ADestroyWithoutItsClusterEndsWellAndSaysSo) {
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  const Value before = host_.state;
  world_.cloud.Edit([](FakeCloud& c) { c.clusters.clear(); });
  world_.ForgetCalls();
  Diagnostics diagnostics;
  const StateResult result =
      resource_.Apply(RequestContext(), {before, Value(), Value(), ""}, diagnostics);
  EXPECT_FALSE(diagnostics.has_error());
  EXPECT_TRUE(result.state.is_null());
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_THAT(diagnostics.all().back().detail, HasSubstr("has no cluster cluster-1 any more"));
  EXPECT_THAT(world_.Writes(), IsEmpty());
}

TEST_F(MonitoringStackTest, AnUnreachableClusterIsAnErrorAndTheStateStays) {
  host_.Apply(Basic());
  const Value before = host_.state;
  world_.reachable = absl::UnavailableError("connection refused");
  host_.Refresh();
  EXPECT_THAT(host_.Errors(), HasSubstr("connection refused"));
  EXPECT_EQ(host_.state, before);
}

TEST_F(MonitoringStackTest, NewCredentialsThatAreRefusedAreNotSaidToHaveExpired) {
  host_.Apply(Basic());
  const Value before = host_.state;
  world_.kubernetes->log.FailCall(1, absl::UnauthenticatedError("Unauthorized (HTTP 401)"));
  host_.Refresh();
  EXPECT_THAT(host_.Errors(), HasSubstr("Unauthorized (HTTP 401)"));
  EXPECT_THAT(host_.Errors(), HasSubstr("handed them out a moment ago"));
  EXPECT_EQ(host_.state, before);
}

TEST_F(MonitoringStackTest, DestroyLeavesNothing) {
  const std::vector<kubernetes::ObjectKey> before = world_.kubernetes->Keys();
  host_.Apply(Basic({{"grafana", Object({{"expose", Text("load_balancer")}})}}));
  world_.kubernetes->Put({{"apiVersion", "v1"},
                          {"kind", "PersistentVolumeClaim"},
                          {"metadata", {{"name", "storage-loki-0"}, {"namespace", "monitoring"}}}});
  world_.kubernetes->Put(
      {{"apiVersion", "v1"},
       {"kind", "PersistentVolume"},
       {"metadata", {{"name", "pvc-1"}}},
       {"spec", {{"claimRef", {{"name", "storage-loki-0"}, {"namespace", "monitoring"}}}}}});
  bool claim_was_gone = false;
  world_.kubernetes->Then([&] {
    claim_was_gone =
        !world_.kubernetes->Find({"v1", "PersistentVolumeClaim", "monitoring", "storage-loki-0"});
    world_.kubernetes->Remove({"v1", "PersistentVolume", "", "pvc-1"});
  });
  host_.Destroy();
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_TRUE(claim_was_gone);
  EXPECT_FALSE(world_.helm.Find({"argocd", "argocd"}).has_value());
  // Argo CD's own project goes with its CRD, which the fake does not play.
  world_.kubernetes->Remove({"argoproj.io/v1alpha1", "AppProject", "argocd", "default"});
  EXPECT_EQ(world_.kubernetes->Keys(), before);
}

TEST_F(MonitoringStackTest, DestroyNamesWhatIsLeftInTheCloudAndStillBilled) {
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  world_.cloud.Edit([](FakeCloud& cloud) {
    cloud.associated[kClusterId].volumes = {{"vol-1", "pvc-forgotten"}};
  });
  host_.Destroy();
  EXPECT_TRUE(host_.state.is_null());
  ASSERT_FALSE(host_.diagnostics.all().empty());
  EXPECT_THAT(host_.diagnostics.all().back().detail, HasSubstr("volume pvc-forgotten (vol-1)"));
}

TEST_F(MonitoringStackTest, ARebuiltClusterOfTheSameAddressIsNotTouched) {
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(host_.state["cluster_uid"].is_known());
  world_.kubernetes->Remove({"v1", "Namespace", "", "kube-system"});
  world_.kubernetes->Put(
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "kube-system"}}}});
  const Value before = host_.state;
  world_.ForgetCalls();
  host_.Destroy();
  EXPECT_THAT(host_.Errors(), HasSubstr("another cluster"));
  EXPECT_EQ(host_.state, before);
  EXPECT_THAT(world_.Writes(), IsEmpty());
}

TEST_F(MonitoringStackTest, TwoAppliesAtOnceDoNotFight) {
  world_.kubernetes->Put(
      {{"apiVersion", "coordination.k8s.io/v1"},
       {"kind", "Lease"},
       {"metadata", {{"name", "kproto-monitoring-stack-monitoring"}, {"namespace", "kube-system"}}},
       {"spec", {{"holderIdentity", "elsewhere_1_a"}, {"renewTime", "1"}}}});
  int renewals = 1;
  world_.fake_clock.OnSleep([&] {
    auto lease = *world_.kubernetes->Find(
        {"coordination.k8s.io/v1", "Lease", "kube-system", "kproto-monitoring-stack-monitoring"});
    lease["spec"]["renewTime"] = absl::StrCat(++renewals);
    world_.kubernetes->Put(lease);
  });
  host_.Apply(Basic());
  EXPECT_THAT(host_.Errors(), HasSubstr("another operation is at work"));
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_THAT(world_.Writes(), IsEmpty());
}

TEST_F(MonitoringStackTest, DestroyLeavesAForeignNamespace) {
  world_.kubernetes->Put(
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "monitoring"}}}});
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  host_.Destroy();
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(world_.kubernetes->Find({"v1", "Namespace", "", "monitoring"}).has_value());
  EXPECT_FALSE(world_.kubernetes->Find({"v1", "Namespace", "", "argocd"}).has_value());
}

TEST_F(MonitoringStackTest, DestroyRefusesToTakeArgoCdFromOthers) {
  host_.Apply(Basic());
  world_.kubernetes->Put({{"apiVersion", "argoproj.io/v1alpha1"},
                          {"kind", "Application"},
                          {"metadata", {{"name", "shop"}, {"namespace", "argocd"}}}});
  host_.Destroy();
  EXPECT_THAT(host_.Errors(), HasSubstr("argocd/shop"));
  EXPECT_FALSE(host_.state.is_null());
}

TEST_F(MonitoringStackTest, RunsAsAppOfAppsFromGit) {
  const Value config =
      Basic({{"git", Object({{"repo_url", Text("https://git.example.com/infra.git")}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Json parent = *world_.Application("monitoring-apps");
  EXPECT_EQ(parent.at("/spec/source/path"_json_pointer), "k8s/apps");
  EXPECT_EQ(parent.at("/spec/source/helm/valuesObject/applications/loki/source/chart"_json_pointer),
            "loki");
  EXPECT_EQ(host_.state["applications"]["loki"]["health"], Text("Healthy"));
  EXPECT_TRUE(host_.state["applications"]["monitoring-apps"]["chart"].is_null());
  ExpectNoChange(config);
  host_.Destroy();
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_TRUE(host_.state.is_null());
}

TEST_F(MonitoringStackTest, LeavingGitKeepsTheApplications) {
  host_.Apply(Basic({{"git", Object({{"repo_url", Text("https://git.example.com/infra.git")}})}}));
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.Application("monitoring-apps").has_value());
  EXPECT_TRUE(world_.Application("loki").has_value());
  ExpectNoChange(Basic());
}

TEST_F(MonitoringStackTest, IsImportedByTheNameOfItsCluster) {
  host_.Apply(Basic());
  const Value made = host_.state;
  Host other(resource_);
  other.Import("k8s");
  ASSERT_EQ(other.Errors(), "");
  const PlanResult plan = other.Plan(Basic());
  EXPECT_THAT(plan.requires_replace, IsEmpty());
  EXPECT_EQ(plan.planned["applications"]["loki"]["values_hash"],
            made["applications"]["loki"]["values_hash"]);
  world_.ForgetCalls();
  other.Apply(Basic());
  EXPECT_EQ(other.Errors(), "");
  EXPECT_THAT(world_.Writes(), IsEmpty());
  EXPECT_EQ(other.state, made);
}

TEST_F(MonitoringStackTest, AMissingPoolIsNamedBeforeAnythingIsMade) {
  host_.Apply(Basic({{"node_pool", Text("gpu")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("node_pool: "));
  EXPECT_THAT(host_.Errors(), HasSubstr("Pools that are labelled: monitoring"));
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_THAT(world_.Writes(), IsEmpty());
}

TEST_F(MonitoringStackTest, APoolWhoseNodesAreStillStartingCounts) {
  world_.kubernetes->Remove({"v1", "Node", "", "node-1"});
  world_.cloud.Edit([](FakeCloud& cloud) {
    api::NodePool pool;
    pool.name = "monitoring";
    pool.count = 2;
    pool.labels = {{"node-type", "monitoring"}};
    cloud.clusters[kClusterId].node_pools = {pool};
  });
  host_.Apply(Basic());
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["node_pool"], Text("monitoring"));
  host_.Apply(Basic({{"node_pool", Text("monitoring")}}));
  EXPECT_EQ(host_.Errors(), "");
}

TEST_F(MonitoringStackTest, AnyOtherClusterIsReachedByItsOwnCredentials) {
  const Value config = Config({{"kubernetes", Object({{"host", Text("https://other.example.com")},
                                                      {"token", Text("bearer-secret")}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.credentials_seen.back().token.Reveal(), "bearer-secret");
  EXPECT_THAT(DebugString(host_.state), Not(HasSubstr("bearer-secret")));
  EXPECT_EQ(host_.state["id"], Text("https://other.example.com/monitoring"));
  host_.Refresh();
  EXPECT_THAT(host_.Errors(), HasSubstr("KUBE_TOKEN"));
}

// What the fake helm was asked to render.
std::vector<std::string> Rendered(const StackWorld& world) {
  std::vector<std::string> rendered;
  for (const std::string& call : world.helm.log.calls()) {
    if (absl::StartsWith(call, "template ")) {
      rendered.push_back(call);
    }
  }
  return rendered;
}

TEST_F(MonitoringStackTest, OnlyWhatHasChangedIsRenderedAgain) {
  const Value config = Basic();
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Rendered(world_), SizeIs(4));
  world_.ForgetCalls();
  ExpectNoChange(config);
  EXPECT_THAT(world_.helm.log.calls(), Not(Contains(HasSubstr("template"))));
  EXPECT_THAT(world_.helm.log.calls(), Not(Contains(HasSubstr("read "))));
  host_.Plan(Basic({{"grafana", Object({{"expose", Text("load_balancer")}})}}));
  EXPECT_THAT(Rendered(world_), SizeIs(4));
}

TEST_F(MonitoringStackTest, APlanCountsLoadBalancersAndVolumes) {
  const PlanResult plan =
      host_.Plan(Basic({{"grafana", Object({{"expose", Text("load_balancer")}})}}));
  EXPECT_EQ(plan.planned["planned_load_balancers"], Value::Int(1));
  EXPECT_EQ(plan.planned["planned_volume_gib"], Value::Int(0));
  EXPECT_EQ(plan.planned["planned_monthly_cost"], Value::Int(15));
  host_.Apply(Basic({{"grafana", Object({{"expose", Text("load_balancer")}})}}));
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["planned_load_balancers"], Value::Int(1));
}

TEST_F(MonitoringStackTest, ACheckFailsThePlanUnlessItsSeverityIsLowered) {
  const auto config = [&](const char* severity) {
    return Basic({{"max_load_balancers", Value::Int(0)},
                  {"grafana", Object({{"expose", Text("load_balancer")}})},
                  {"checks", Object({{"load_balancers", Text(severity)}})}});
  };
  host_.Plan(config("error"));
  EXPECT_THAT(host_.Errors(), HasSubstr("max_load_balancers: The stack asks for 1 load balancer"));
  host_.diagnostics = {};
  host_.Plan(config("warning"));
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_THAT(host_.diagnostics.all(), SizeIs(::testing::Ge(1u)));
  host_.diagnostics = {};
  host_.Plan(Basic({{"checks", Object({{"loadbalancers", Text("off")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("Did you mean \"load_balancers\"?"));
}

TEST_F(MonitoringStackTest, ThePoolFollowsFromTheClustersPools) {
  const auto pools = [&](bool dedicated) {
    Value::Map pool;
    for (const Attribute& attribute : StackNodePool::Fields().attributes()) {
      pool[attribute.name] = Value::Null();
    }
    pool["dedicated"] = Value::Bool(dedicated);
    return Value::OfMap({{"monitoring", Value::OfMap(pool)}});
  };
  EXPECT_EQ(host_.Plan(Basic({{"node_pools", pools(true)}})).planned["node_pool"],
            Text("monitoring"));
  EXPECT_EQ(host_.Plan(Basic({{"node_pools", pools(false)}})).planned["node_pool"], Text(""));
  EXPECT_TRUE(host_.Plan(Basic()).planned["node_pool"].is_unknown());
}

}  // namespace
}  // namespace kproto::testing
