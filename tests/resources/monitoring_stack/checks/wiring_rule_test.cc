// SPDX-License-Identifier: MPL-2.0
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "tests/resources/monitoring_stack/checks/picture.h"

namespace kproto::monitoring_stack {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kServices[] =
    "kind: Service\nmetadata: {name: loki-gateway}\nspec: {ports: [{port: 80}]}\n---\n"
    "kind: Service\nmetadata: {name: loki}\nspec: {ports: [{port: 3100}]}\n";

Picture With(const std::string& url) {
  Picture picture;
  picture.Add("grafana",
              "datasources:\n  datasources.yaml:\n    datasources:\n"
              "      - {name: Logs, type: loki, url: \"" +
                  url + "\"}\n");
  picture.Add("loki", "", kServices);
  return picture;
}

TEST(WiringRuleTest, ADatasourceWithoutAServiceIsNamed) {
  EXPECT_THAT(Lines(CheckWiring, With("http://prometheus-server")),
              ElementsAre(AllOf(HasSubstr("Datasource Logs leads nowhere"),
                                HasSubstr("datasources.\"datasources.yaml\".datasources"),
                                HasSubstr("no chart makes a Service prometheus-server in namespace "
                                          "monitoring"),
                                HasSubstr("loki, loki-gateway"))));
  EXPECT_THAT(Lines(CheckWiring, With("http://loki-gatway.monitoring.svc")),
              ElementsAre(HasSubstr("Did you mean loki-gateway?")));
  for (const char* good :
       {"http://loki-gateway", "http://loki-gateway.monitoring", "http://loki.monitoring.svc:3100/",
        "http://loki-gateway.monitoring.svc.cluster.local."}) {
    EXPECT_THAT(Lines(CheckWiring, With(good)), IsEmpty()) << good;
  }
}

TEST(WiringRuleTest, APortThatTheServiceDoesNotHaveIsNamed) {
  EXPECT_THAT(Lines(CheckWiring, With("http://loki")),
              ElementsAre(AllOf(HasSubstr("asks for port 80"), HasSubstr("has 3100"))));
}

TEST(WiringRuleTest, WhatLiesElsewhereIsNotJudged) {
  for (const char* other :
       {"https://logs.example.com", "http://prometheus.metrics.svc:9090", "http://10.0.0.7:3100",
        "http://${HOST}/", "http://localhost:9090", ""}) {
    EXPECT_THAT(Lines(CheckWiring, With(other)), IsEmpty()) << other;
  }
}

TEST(WiringRuleTest, TheServicesOfAChartThatDoesNotRenderAreNotGuessed) {
  Picture picture = With("http://loki-gateway");
  picture.stack.components[1].objects.clear();
  EXPECT_EQ(Lines(CheckWiring, picture).size(), 1);
  picture.stack.components[1].rendered = absl::InvalidArgumentError("no");
  EXPECT_THAT(Lines(CheckWiring, picture), IsEmpty());
}

TEST(WiringRuleTest, APushAddressIsJudgedTheSame) {
  Picture picture;
  picture.Add("promtail", "config: {clients: [{url: \"http://loki:3100/loki/api/v1/push\"}]}");
  picture.Add("loki", "", "kind: Service\nmetadata: {name: loki-gateway}\n");
  EXPECT_THAT(Lines(CheckWiring, picture),
              ElementsAre(AllOf(HasSubstr("Promtail leads nowhere"), HasSubstr("config.clients"))));
  picture.Add("x", "", kServices);
  EXPECT_THAT(Lines(CheckWiring, picture), IsEmpty());
}

}  // namespace
}  // namespace kproto::monitoring_stack
