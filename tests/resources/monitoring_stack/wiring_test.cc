// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/wiring.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/values.h"

namespace kproto::monitoring_stack {
namespace {

Wiring InMonitoring() {
  Wiring wiring;
  wiring.ns = "monitoring";
  return wiring;
}

Json At(const Json& values, const char* pointer) {
  const Json::json_pointer path(pointer);
  return values.contains(path) ? values.at(path) : Json();
}

TEST(WiringTest, GrafanaFindsLokiWithoutAnyValues) {
  const Json loki = LokiValues(InMonitoring(), Json::object());
  const Json grafana = GrafanaValues(InMonitoring(), Json::object(), loki);
  const Json datasource = At(grafana, "/datasources/datasources.yaml/datasources/0");
  EXPECT_EQ(datasource["type"], "loki");
  EXPECT_EQ(datasource["url"], "http://loki-gateway.monitoring.svc");
  EXPECT_EQ(datasource["isDefault"], true);
  EXPECT_EQ(At(grafana, "/admin/existingSecret"), "grafana-admin");
  EXPECT_EQ(At(grafana, "/service"), Json());
}

TEST(WiringTest, WithoutTheGatewayLokiItselfIsReached) {
  const Json loki = LokiValues(InMonitoring(), {{"gateway", {{"enabled", false}}}});
  const Json promtail = PromtailValues(InMonitoring(), Json::object(), loki);
  EXPECT_EQ(At(promtail, "/config/clients"),
            Json::array({{{"url", "http://loki.monitoring.svc:3100/loki/api/v1/push"}}}));
}

TEST(WiringTest, AUsersDatasourcesStayAndOnlyOurLokiIsSetRight) {
  const Json user = {
      {"datasources",
       {{"datasources.yaml",
         {{"apiVersion", 1},
          {"datasources",
           {{{"name", "P"}, {"type", "prometheus"}, {"url", "http://p"}, {"isDefault", true}},
            {{"name", "L"}, {"type", "loki"}, {"url", "http://loki:3100"}},
            {{"name", "E"}, {"type", "loki"}, {"url", "https://logs.example.com"}}}}}}}}};
  const Json loki = LokiValues(InMonitoring(), Json::object());
  const Json sources =
      At(GrafanaValues(InMonitoring(), user, loki), "/datasources/datasources.yaml/datasources");
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[0]["url"], "http://p");
  EXPECT_EQ(sources[1]["url"], "http://loki-gateway.monitoring.svc");
  EXPECT_EQ(sources[2]["url"], "https://logs.example.com");
}

TEST(WiringTest, AnotherDefaultDatasourceStaysTheDefault) {
  const Json user = {
      {"datasources",
       {{"datasources.yaml",
         {{"datasources", Json::array({{{"type", "prometheus"}, {"isDefault", true}}})}}}}}};
  const Json sources =
      At(GrafanaValues(InMonitoring(), user, LokiValues(InMonitoring(), Json::object())),
         "/datasources/datasources.yaml/datasources");
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(sources[1]["isDefault"], false);
}

TEST(WiringTest, PlacesEachChartAtItsOwnKeys) {
  Wiring wiring = InMonitoring();
  wiring.node_pool = "monitoring";
  const Json selector = {{"node-type", "monitoring"}};
  const Json toleration = {{"key", "dedicated"},
                           {"operator", "Equal"},
                           {"value", "monitoring"},
                           {"effect", "NoSchedule"}};
  const Json loki = LokiValues(wiring, Json::object());
  EXPECT_EQ(At(loki, "/singleBinary/nodeSelector"), selector);
  EXPECT_EQ(At(loki, "/gateway/tolerations"), Json::array({toleration}));
  EXPECT_EQ(At(loki, "/nodeSelector"), Json());
  const Json grafana = GrafanaValues(wiring, Json::object(), loki);
  EXPECT_EQ(At(grafana, "/nodeSelector"), selector);
  EXPECT_EQ(At(grafana, "/tolerations"), Json::array({toleration}));
  EXPECT_EQ(At(ArgoCdValues(wiring, Json::object()), "/global/nodeSelector"), selector);
  // Logs are on every node.
  const Json promtail = PromtailValues(wiring, Json::object(), loki);
  EXPECT_EQ(At(promtail, "/nodeSelector"), Json());
  EXPECT_EQ(At(promtail, "/tolerations"),
            Json::array({{{"operator", "Exists"}, {"effect", "NoSchedule"}}}));
}

TEST(WiringTest, LokiIsOneProcessUnlessTheUserSaysOtherwise) {
  const Json single = LokiValues(InMonitoring(), Json::object());
  EXPECT_EQ(At(single, "/deploymentMode"), "SingleBinary");
  EXPECT_EQ(At(single, "/singleBinary/replicas"), 1);
  EXPECT_EQ(At(single, "/write/replicas"), 0);
  EXPECT_EQ(At(single, "/loki/commonConfig/replication_factor"), 1);
  EXPECT_EQ(At(single, "/loki/schemaConfig/configs/0/object_store"), "filesystem");
  const Json scalable = LokiValues(InMonitoring(), {{"deploymentMode", "SimpleScalable"}});
  EXPECT_EQ(scalable, (Json{{"deploymentMode", "SimpleScalable"}}));
}

TEST(WiringTest, TheTestSchemaAndASchemaExcludeEachOther) {
  const Json loki = LokiValues(InMonitoring(), {{"loki", {{"useTestSchema", true}}}});
  EXPECT_EQ(At(loki, "/loki/schemaConfig"), Json());
}

TEST(WiringTest, RetentionAlsoTurnsTheCompactorOn) {
  Wiring wiring = InMonitoring();
  wiring.retention = "168h";
  wiring.volume_gib = 50;
  const Json loki = LokiValues(wiring, {{"singleBinary", {{"persistence", {{"size", "10Gi"}}}}}});
  EXPECT_EQ(At(loki, "/loki/limits_config/retention_period"), "168h");
  EXPECT_EQ(At(loki, "/loki/compactor/retention_enabled"), true);
  EXPECT_EQ(At(loki, "/loki/compactor/delete_request_store"), "filesystem");
  EXPECT_EQ(At(loki, "/singleBinary/persistence/size"), "50Gi");
}

TEST(WiringTest, ExposingGrafanaBeatsTheValuesFile) {
  Wiring wiring = InMonitoring();
  wiring.grafana_exposed = true;
  const Json grafana =
      GrafanaValues(wiring, {{"service", {{"type", "ClusterIP"}, {"port", 8080}}}}, Json::object());
  EXPECT_EQ(At(grafana, "/service/type"), "LoadBalancer");
  EXPECT_EQ(At(grafana, "/service/port"), 8080);
}

TEST(WiringTest, AVolumeThatOnePodMayHoldMeansRecreate) {
  const Json with =
      GrafanaValues(InMonitoring(), {{"persistence", {{"enabled", true}}}}, Json::object());
  EXPECT_EQ(At(with, "/deploymentStrategy/type"), "Recreate");
  EXPECT_EQ(
      At(GrafanaValues(InMonitoring(), Json::object(), Json::object()), "/deploymentStrategy"),
      Json());
}

TEST(WiringTest, TheUsersValuesWinOverDefaults) {
  Wiring wiring = InMonitoring();
  wiring.node_pool = "monitoring";
  const Json user = {{"nodeSelector", {{"node-type", "other"}}},
                     {"admin", {{"existingSecret", "mine"}}}};
  const Json grafana = GrafanaValues(wiring, user, Json::object());
  EXPECT_EQ(At(grafana, "/nodeSelector/node-type"), "other");
  EXPECT_EQ(At(grafana, "/admin/existingSecret"), "mine");
}

TEST(WiringTest, ArgoCdJudgesApplicationsInsideApplications) {
  const Json cm = At(ArgoCdValues(InMonitoring(), Json::object()), "/configs/cm");
  EXPECT_TRUE(cm.contains("resource.customizations.health.argoproj.io_Application"));
}

}  // namespace
}  // namespace kproto::monitoring_stack
