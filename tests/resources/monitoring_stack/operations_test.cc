// SPDX-License-Identifier: MPL-2.0
// What happens to a stack that runs: its password rotated, its work proved, its images told, a
// stack made by hand adopted, and its data kept.
#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"
#include "tests/support/played_services.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class StackOperationsTest : public StackTest {
 protected:
  StackOperationsTest() {
    world_.kubernetes->OnProxy([this](const auto& request) { return services_(request); });
    world_.dir.Write("values/grafana.yaml", "persistence: {enabled: true}\n");
  }
  // Grafana keeps its database on a volume.
  Value WithPassword(const char* password, int version) const {
    return Basic({{"values_dir", Value::String(world_.dir / "values")},
                  {"grafana", Object({{"admin_password_wo", Text(password)},
                                      {"admin_password_wo_version", Value::Int(version)}})}});
  }
  std::string InSecret() const {
    std::string password;
    const auto secret = world_.kubernetes->Find({"v1", "Secret", "monitoring", "grafana-admin"});
    absl::Base64Unescape(secret->at("data").at("admin-password").get<std::string>(), &password);
    return password;
  }
  // Grafana has come up with what the Secret said.
  void GrafanaStarts() {
    services_.password = InSecret();
    world_.kubernetes->Put({{"apiVersion", "apps/v1"},
                            {"kind", "Deployment"},
                            {"metadata", {{"name", "grafana"}, {"namespace", "monitoring"}}}});
  }

  PlayedServices services_;
};

TEST_F(StackOperationsTest, AChangedPasswordReachesGrafanasDatabase) {
  host_.Apply(WithPassword("first-password", 1));
  ASSERT_EQ(host_.Errors(), "");
  GrafanaStarts();
  host_.Apply(WithPassword("second-password", 2));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(services_.password, "second-password");
  EXPECT_EQ(InSecret(), "second-password");
  EXPECT_THAT(DebugString(host_.state), Not(HasSubstr("second-password")));
  ExpectNoChange(WithPassword("second-password", 2));
}

TEST_F(StackOperationsTest, AnInterruptedRotationIsGoneOnWith) {
  host_.Apply(WithPassword("first-password", 1));
  GrafanaStarts();
  world_.kubernetes->log.FailMatching("apply Secret", absl::UnavailableError("lost"));
  host_.Apply(WithPassword("second-password", 2));
  EXPECT_THAT(host_.Errors(), HasSubstr("lost"));
  EXPECT_EQ(services_.password, "second-password");
  EXPECT_EQ(InSecret(), "first-password");
  world_.kubernetes->log.ClearFailures();
  host_.diagnostics = {};
  host_.Apply(WithPassword("second-password", 2));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(InSecret(), "second-password");
}

TEST_F(StackOperationsTest, APasswordThatSomebodyChangedIsAnErrorWithACure) {
  host_.Apply(WithPassword("first-password", 1));
  GrafanaStarts();
  services_.password = "of somebody else";
  host_.Apply(WithPassword("second-password", 2));
  EXPECT_THAT(host_.Errors(),
              AllOf(HasSubstr("grafana.admin_password_wo"), HasSubstr("somebody has changed it"),
                    HasSubstr("reset-admin-password")));
  EXPECT_EQ(InSecret(), "first-password");
}

TEST_F(StackOperationsTest, AGrafanaThatIsAwayKeepsItsPassword) {
  host_.Apply(WithPassword("first-password", 1));
  GrafanaStarts();
  services_.grafana_up = false;
  host_.Apply(WithPassword("second-password", 2));
  EXPECT_THAT(host_.Errors(), HasSubstr("no endpoints available"));
  EXPECT_EQ(InSecret(), "first-password");
}

TEST_F(StackOperationsTest, AProvedStackIsVerified) {
  const Value config = Basic({{"verify", Value::Bool(true)}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["verified"], Value::Bool(true));
  EXPECT_THAT(world_.kubernetes->log.calls(),
              Contains("proxy monitoring/loki-gateway:80/loki/api/v1/push"));
  ExpectNoChange(config);
  host_.Apply(Basic());
  EXPECT_TRUE(host_.state["verified"].is_null());
}

TEST_F(StackOperationsTest, WhatDoesNotWorkFailsTheProof) {
  services_.loses_lines = true;
  host_.Apply(Basic({{"verify", Value::Bool(true)}}));
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("verify: "), HasSubstr("shows no logs")));
  services_.loses_lines = false;
  services_.datasource_code["loki"] = 400;
  host_.diagnostics = {};
  host_.Apply(Basic({{"verify", Value::Bool(true)}}));
  EXPECT_THAT(host_.Errors(),
              AllOf(HasSubstr("a datasource does not work"),
                    HasSubstr("Unable to connect with Loki"), HasSubstr("deleteDatasources")));
}

TEST_F(StackOperationsTest, AStackThatFailsItsProofIsVerifiedNoMore) {
  const auto keeping = [this](const char* retention) {
    return Basic(
        {{"verify", Value::Bool(true)}, {"loki", Object({{"retention", Text(retention)}})}});
  };
  host_.Apply(keeping("168h"));
  ASSERT_EQ(host_.state["verified"], Value::Bool(true));
  services_.loses_lines = true;
  host_.Apply(keeping("336h"));
  EXPECT_THAT(host_.Errors(), HasSubstr("shows no logs"));
  EXPECT_TRUE(host_.state["verified"].is_null());
  services_.loses_lines = false;
  host_.diagnostics = {};
  host_.Apply(keeping("336h"));
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["verified"], Value::Bool(true));
  ExpectNoChange(keeping("336h"));
}

TEST_F(StackOperationsTest, ImagesAreKnownAtPlanAndTheirDigestsAfterwards) {
  const PlanResult plan = host_.Plan(Basic());
  ASSERT_TRUE(plan.planned["images"].is_known());
  EXPECT_TRUE(plan.planned["images"]["grafana/grafana:v12.11.1"].is_unknown());
  world_.kubernetes->Put(
      {{"apiVersion", "v1"},
       {"kind", "Pod"},
       {"metadata", {{"name", "grafana-1"}, {"namespace", "monitoring"}}},
       {"spec",
        {{"containers", Json::array({{{"name", "g"}, {"image", "grafana/grafana:v12.11.1"}}})}}},
       {"status",
        {{"containerStatuses",
          Json::array({{{"name", "g"}, {"imageID", "docker.io/grafana/grafana@sha256:ab"}}})}}}});
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["images"]["grafana/grafana:v12.11.1"],
            Text("docker.io/grafana/grafana@sha256:ab"));
  ExpectNoChange(Basic());
}

// As `helm install` and `kubectl apply` by hand leave it.
TEST_F(StackOperationsTest, AStackMadeByHandIsAdopted) {
  for (const char* ns : {"argocd", "monitoring"}) {
    world_.kubernetes->Put(
        {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", ns}}}});
  }
  helm::UpgradeRequest request;
  request.key = {"argocd", "argocd"};
  request.chart = {monitoring_stack::kArgoCdChart.repository, "argo-cd", "0.9.0"};
  ASSERT_TRUE(world_.helm.UpgradeInstall({}, request, {}).ok());
  for (const char* name : {"grafana", "loki", "promtail"}) {
    world_.kubernetes->Put({{"apiVersion", "argoproj.io/v1alpha1"},
                            {"kind", "Application"},
                            {"metadata", {{"name", name}, {"namespace", "argocd"}}},
                            {"spec",
                             {{"project", "default"},
                              {"destination", {{"namespace", "monitoring"}}},
                              {"source",
                               {{"repoURL", "https://grafana.github.io/helm-charts"},
                                {"chart", name},
                                {"targetRevision", "6.11.3"}}}}}});
  }
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(DebugString(host_.state["drift"]), HasSubstr("the next apply: Application grafana"));
  const PlanResult plan = host_.Plan(Basic());
  EXPECT_THAT(plan.requires_replace, IsEmpty());
  world_.ForgetCalls();
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  for (const std::string& write : world_.Writes()) {
    EXPECT_THAT(write, Not(HasSubstr("delete"))) << "adopting takes nothing away";
  }
  for (const char* name : {"grafana", "loki", "promtail"}) {
    const Json application = *world_.Application(name);
    EXPECT_EQ(application["spec"]["project"], "monitoring");
    EXPECT_EQ(application["metadata"]["finalizers"].size(), 1u) << name;
  }
  EXPECT_EQ(world_.helm.Find({"argocd", "argocd"})->chart_version, "9.3.7");
  ExpectNoChange(Basic());
  // The namespaces are somebody else's and stay.
  host_.Destroy();
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_TRUE(world_.kubernetes->Find({"v1", "Namespace", "", "monitoring"}).has_value());
}

TEST_F(StackOperationsTest, ADestroySaysWhatBecomesOfTheData) {
  world_.volume_gib = 50;
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  host_.PlanDestroy();
  EXPECT_THAT(host_.diagnostics.all().back().detail, HasSubstr("50 GiB"));
  host_.diagnostics = {};
  host_.state = Value();
  StackWorld kept;
  kept.volume_gib = 50;
  MonitoringStackResource resource(kept);
  Host other(resource);
  other.Apply(Basic({{"storage", Object({{"reclaim_policy", Text("Retain")}})}}));
  other.PlanDestroy();
  EXPECT_THAT(other.diagnostics.all().back().detail, HasSubstr("stay"));
}

TEST_F(StackOperationsTest, ASchemaPeriodThatHasBegunIsNotEdited) {
  const auto schema = [&](const std::string& periods) {
    world_.dir.Write("values/loki.yaml", "loki: {schemaConfig: {configs: [" + periods + "]}}\n");
    return Basic({{"values_dir", Value::String(world_.dir / "values")}});
  };
  const std::string first = "{from: \"2024-04-01\", store: tsdb, schema: v13}";
  host_.Apply(schema(first));
  ASSERT_EQ(host_.Errors(), "");
  host_.Plan(schema("{from: \"2024-04-01\", store: tsdb, schema: v12}"));
  EXPECT_THAT(host_.Errors(), HasSubstr("Logs would become unreadable"));
  host_.diagnostics = {};
  host_.Plan(schema(first + ", {from: \"2025-01-01\", store: tsdb, schema: v14}"));
  EXPECT_THAT(host_.Errors(), HasSubstr("A new schema period begins in the past"));
  host_.diagnostics = {};
  host_.Plan(schema(first + ", {from: \"2099-01-01\", store: tsdb, schema: v14}"));
  EXPECT_EQ(host_.Errors(), "");
}

}  // namespace
}  // namespace kproto::testing
