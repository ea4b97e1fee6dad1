// SPDX-License-Identifier: MPL-2.0
#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lab/charts/rendering.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

absl::StatusOr<Objects> Grafana(Json values) {
  return Render(
      {.chart = Source("lab/charts/grafana"), .release = "grafana", .values = std::move(values)});
}

const Json kPersistent = {
    {"persistence",
     {{"enabled", true}, {"size", "10Gi"}, {"storageClassName", "do-block-storage"}}},
    {"deploymentStrategy", {{"type", "Recreate"}}},
    {"admin", {{"existingSecret", "grafana-admin"}}}};

TEST(GrafanaChartTest, OnePodOnOneVolumeBehindPort80) {
  const absl::StatusOr<Objects> objects = Grafana(kPersistent);
  ASSERT_THAT(objects, IsOk());
  const Json& service = objects->at("Service/grafana")["spec"];
  EXPECT_EQ(service["ports"][0]["port"], 80);
  EXPECT_EQ(service["ports"][0]["name"], "service");
  EXPECT_EQ(service["type"], "ClusterIP");
  const Json& claim = objects->at("PersistentVolumeClaim/grafana")["spec"];
  EXPECT_EQ(claim["resources"]["requests"]["storage"], "10Gi");
  EXPECT_EQ(claim["storageClassName"], "do-block-storage");
  EXPECT_EQ(objects->at("Deployment/grafana")["spec"]["strategy"]["type"], "Recreate");
  EXPECT_THAT(LooseEnds(*objects), IsEmpty());
}

TEST(GrafanaChartTest, TheDefaultStrategyIsTheOneThatDeadlocks) {
  const absl::StatusOr<Objects> objects = Grafana({{"adminPassword", "told"}});
  ASSERT_THAT(objects, IsOk());
  EXPECT_EQ(objects->at("Deployment/grafana")["spec"]["strategy"]["type"], "RollingUpdate");
}

TEST(GrafanaChartTest, AnExistingSecretIsReadAndNoneMade) {
  const absl::StatusOr<Objects> objects = Grafana(kPersistent);
  ASSERT_THAT(objects, IsOk());
  EXPECT_EQ(objects->count("Secret/grafana"), 0u);
  const Json& env =
      objects->at("Deployment/grafana")["spec"]["template"]["spec"]["containers"][0]["env"];
  const Json password = {
      {"name", "GF_SECURITY_ADMIN_PASSWORD"},
      {"valueFrom", {{"secretKeyRef", {{"name", "grafana-admin"}, {"key", "admin-password"}}}}}};
  EXPECT_NE(std::find(env.begin(), env.end(), password), env.end()) << env;
}

// What makes every sync under Argo CD restart Grafana, where no Secret is named.
TEST(GrafanaChartTest, WithoutAPasswordEachRenderingMakesUpAnother) {
  const absl::StatusOr<Objects> first = Grafana(Json::object());
  const absl::StatusOr<Objects> second = Grafana(Json::object());
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(first->at("Secret/grafana")["data"]["admin-password"],
            second->at("Secret/grafana")["data"]["admin-password"]);
}

TEST(GrafanaChartTest, LoadBalancerKeepsItsAnnotations) {
  const absl::StatusOr<Objects> objects =
      Grafana({{"adminPassword", "told"},
               {"service",
                {{"type", "LoadBalancer"},
                 {"annotations", {{"service.beta.kubernetes.io/do-loadbalancer-name", "g"}}}}}});
  ASSERT_THAT(objects, IsOk());
  const Json& service = objects->at("Service/grafana");
  EXPECT_EQ(service["spec"]["type"], "LoadBalancer");
  EXPECT_EQ(service["metadata"]["annotations"]["service.beta.kubernetes.io/do-loadbalancer-name"],
            "g");
}

TEST(GrafanaChartTest, DashboardsNeedTheirProvider) {
  Json values = {{"adminPassword", "told"},
                 {"dashboards", {{"logs", {{"a", {{"json", "{\"title\": \"{{pod}}\"}"}}}}}}}};
  const absl::StatusOr<Objects> without = Grafana(values);
  ASSERT_THAT(without, IsOk());
  EXPECT_EQ(without->count("ConfigMap/grafana-dashboards-logs"), 0u);
  values["dashboardProviders"] = {
      {"dashboardproviders.yaml", {{"apiVersion", 1}, {"providers", {{{"name", "logs"}}}}}}};
  const absl::StatusOr<Objects> with = Grafana(values);
  ASSERT_THAT(with, IsOk());
  EXPECT_EQ(with->at("ConfigMap/grafana-dashboards-logs")["data"]["a.json"],
            "{\"title\": \"{{pod}}\"}");
  EXPECT_THAT(LooseEnds(*with), IsEmpty());
}

TEST(GrafanaChartTest, DatasourcesChangeThePod) {
  const auto with = [](const std::string& url) {
    return Grafana(
        {{"adminPassword", "told"},
         {"datasources",
          {{"datasources.yaml",
            {{"apiVersion", 1}, {"datasources", {{{"name", "Loki"}, {"url", url}}}}}}}}});
  };
  const absl::StatusOr<Objects> one = with("http://loki-gateway");
  const absl::StatusOr<Objects> other = with("http://loki:3100");
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(other, IsOk());
  EXPECT_THAT(one->at("ConfigMap/grafana")["data"]["datasources.yaml"].get<std::string>(),
              HasSubstr("url: http://loki-gateway"));
  EXPECT_NE(one->at("Deployment/grafana"), other->at("Deployment/grafana"));
}

TEST(GrafanaChartTest, ASecretInGrafanaIniIsRefusedUnlessReferredTo) {
  EXPECT_THAT(Grafana({{"grafana.ini", {{"database", {{"password", "hunter2"}}}}}}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       ::testing::AllOf(HasSubstr("grafana.ini: database.password"),
                                        Not(HasSubstr("hunter2")))));
  EXPECT_THAT(Grafana({{"grafana.ini", {{"database", {{"password", "$__env{DB}"}}}}}}), IsOk());
  EXPECT_THAT(Grafana({{"assertNoLeakedSecrets", false},
                       {"grafana.ini", {{"database", {{"password", "hunter2"}}}}}}),
              IsOk());
}

TEST(GrafanaChartTest, AStatefulSetHasItsClaimAsTemplate) {
  Json values = kPersistent;
  values["persistence"]["type"] = "statefulset";
  const absl::StatusOr<Objects> objects = Grafana(values);
  ASSERT_THAT(objects, IsOk());
  EXPECT_EQ(objects->count("PersistentVolumeClaim/grafana"), 0u);
  const Json& spec = objects->at("StatefulSet/grafana")["spec"];
  EXPECT_EQ(spec["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"], "10Gi");
  EXPECT_EQ(objects->count("Service/" + spec["serviceName"].get<std::string>()), 1u);
  EXPECT_THAT(LooseEnds(*objects), IsEmpty());
}

}  // namespace
}  // namespace kproto::lab
