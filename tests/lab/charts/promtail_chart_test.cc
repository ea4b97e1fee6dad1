// SPDX-License-Identifier: MPL-2.0
#include "clients/yaml/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lab/charts/rendering.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using ::kproto::testing::IsOk;
using ::testing::IsEmpty;

Objects Promtail(Json values = Json::object()) {
  const absl::StatusOr<Objects> objects = Render(
      {.chart = Source("lab/charts/promtail"), .release = "promtail", .values = std::move(values)});
  EXPECT_THAT(objects, IsOk());
  return objects.value_or(Objects{});
}

Json ConfigOf(const Objects& objects) {
  return yaml::Parse(
             objects.at("Secret/promtail")["stringData"]["promtail.yaml"].get<std::string>())
      .value_or(Json());
}

TEST(PromtailChartTest, OnePodANodeSendsToTheGateway) {
  const Objects objects = Promtail();
  EXPECT_EQ(objects.count("DaemonSet/promtail"), 1u);
  EXPECT_EQ(objects.count("Deployment/promtail"), 0u);
  const Json config = ConfigOf(objects);
  EXPECT_EQ(config["clients"], (Json::array({{{"url", "http://loki-gateway/loki/api/v1/push"}}})));
  EXPECT_EQ(config["server"]["http_listen_port"], 3101);
  EXPECT_EQ(config["scrape_configs"][0]["job_name"], "kubernetes-pods");
}

// Nodes of a dedicated pool are left out unless the values say more.
TEST(PromtailChartTest, DefaultTolerationsAreForControlPlanesOnly) {
  const Json tolerations =
      Promtail().at("DaemonSet/promtail")["spec"]["template"]["spec"]["tolerations"];
  EXPECT_EQ(tolerations.size(), 2u);
  EXPECT_EQ(tolerations[1]["key"], "node-role.kubernetes.io/control-plane");
  const Json every = Json::array({{{"operator", "Exists"}}});
  EXPECT_EQ(Promtail({{"tolerations", every}})
                .at("DaemonSet/promtail")["spec"]["template"]["spec"]["tolerations"],
            every);
}

TEST(PromtailChartTest, AnotherClientRestartsThePods) {
  const Objects one = Promtail();
  const Objects other = Promtail(
      {{"config", {{"clients", Json::array({{{"url", "http://loki:3100/loki/api/v1/push"}}})}}}});
  EXPECT_EQ(ConfigOf(other)["clients"][0]["url"], "http://loki:3100/loki/api/v1/push");
  EXPECT_NE(one.at("DaemonSet/promtail"), other.at("DaemonSet/promtail"));
}

TEST(PromtailChartTest, SnippetsAddAndReplaceJobs) {
  const Json snippets = {{"pipelineStages", {{{"docker", Json::object()}}}},
                         {"extraScrapeConfigs", "- job_name: journal"},
                         {"extraLimitsConfig", "readline_rate: 5"}};
  const Json config = ConfigOf(Promtail({{"config", {{"snippets", snippets}}}}));
  EXPECT_EQ(config["scrape_configs"][0]["pipeline_stages"][0], (Json{{"docker", Json::object()}}));
  EXPECT_EQ(config["scrape_configs"][1]["job_name"], "journal");
  EXPECT_EQ(config["limits_config"]["readline_rate"], 5);
  const Json replaced =
      ConfigOf(Promtail({{"config", {{"snippets", {{"scrapeConfigs", "- job_name: only"}}}}}}));
  EXPECT_EQ(replaced["scrape_configs"], (Json::array({{{"job_name", "only"}}})));
  EXPECT_EQ(ConfigOf(Promtail({{"config", {{"file", "whole: {{ .Release.Name }}"}}}})),
            (Json{{"whole", "promtail"}}));
}

TEST(PromtailChartTest, EverythingOnHangsTogether) {
  const Json on = {{"enabled", true}};
  const Objects objects =
      Promtail({{"deployment", on}, {"service", on}, {"serviceMonitor", on}, {"configmap", on}});
  EXPECT_EQ(objects.count("ConfigMap/promtail"), 1u);
  EXPECT_THAT(LooseEnds(objects), IsEmpty());
}

}  // namespace
}  // namespace kproto::lab
