// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/monitoring_runner.h"

#include <gtest/gtest.h>

#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

json Pod(const std::string& chart, const std::string& name, const std::string& container,
         const char* ready = "True") {
  return {{"metadata",
           {{"name", name},
            {"namespace", "monitoring"},
            {"labels",
             {{"app.kubernetes.io/name", chart}, {"app.kubernetes.io/instance", "release"}}}}},
          {"spec", {{"containers", json::array({{{"name", container}}})}}},
          {"status",
           {{"podIP", "10.244.0.1"},
            {"conditions", json::array({{{"type", "Ready"}, {"status", ready}}})}}}};
}

TEST(FindMonitoringPodsTest, TellsLokiItsGatewayAndGrafanaApart) {
  const MonitoringPods pods = FindMonitoringPods(
      {{"items", json::array({Pod("loki", "loki-1", "loki"), Pod("loki", "loki-0", "loki"),
                              Pod("loki", "gateway", "nginx"), Pod("loki", "cache", "memcached"),
                              Pod("grafana", "grafana-a", "grafana")})}});
  ASSERT_EQ(pods.loki.count("monitoring/release"), 1u);
  const LokiPods& loki = pods.loki.at("monitoring/release");
  ASSERT_EQ(loki.loki.size(), 2u);
  EXPECT_EQ(Text(loki.loki[0], {"metadata", "name"}), "loki-0");
  EXPECT_EQ(loki.gateway.size(), 1u);
  EXPECT_EQ(pods.grafana.size(), 1u);
}

TEST(FindMonitoringPodsTest, LeavesOutWhatIsNotReadyOrAboutToGo) {
  json going = Pod("grafana", "grafana-a", "grafana");
  going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  const MonitoringPods pods =
      FindMonitoringPods({{"items", json::array({going, Pod("loki", "loki-0", "loki", "False")})}});
  EXPECT_TRUE(pods.loki.empty());
  EXPECT_TRUE(pods.grafana.empty());
  EXPECT_TRUE(FindMonitoringPods(json()).loki.empty());
}

}  // namespace
}  // namespace kproto::lab
