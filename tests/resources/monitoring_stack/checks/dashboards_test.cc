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

constexpr char kDatasources[] =
    "datasources: {datasources.yaml: {datasources: [{name: Loki, uid: loki, type: loki}]}}\n";
constexpr char kProviders[] =
    "dashboardProviders: {dashboardproviders.yaml: {providers: [{name: default}]}}\n";

std::vector<std::string> With(const std::string& values) {
  Picture picture;
  picture.Add("grafana", values);
  return Lines(CheckDashboards, picture);
}

TEST(DashboardsTest, ADashboardWithoutItsDatasourceIsNamed) {
  const std::string values = std::string(kDatasources) + kProviders;
  EXPECT_THAT(With(values + "dashboards: {default: {nodes: {json: '{}', datasource: Prometheus}}}"),
              ElementsAre(AllOf(HasSubstr("A dashboard has no datasource"),
                                HasSubstr("dashboards.default.nodes"), HasSubstr("Prometheus"),
                                HasSubstr("It has: Loki"))));
  EXPECT_THAT(With(values + "dashboards: {default: {nodes: {json: '{\"panels\": [{\"datasource\": "
                            "{\"type\": \"prometheus\", \"uid\": \"${ds}\"}}]}'}}}"),
              ElementsAre(HasSubstr("of type prometheus")));
  EXPECT_THAT(
      With(values + "dashboards: {default: {logs: {json: '{\"panels\": [{\"datasource\": "
                    "{\"type\": \"loki\", \"uid\": \"${ds}\"}}, {\"datasource\": "
                    "\"-- Grafana --\"}, {\"datasource\": \"loki\"}]}', datasource: Loki}}}"),
      IsEmpty());
}

TEST(DashboardsTest, ADashboardThatNoProviderLoadsIsNamed) {
  const std::string dashboards = "dashboards: {default: {a: {json: '{}'}}}";
  EXPECT_THAT(With(kDatasources + dashboards),
              ElementsAre(AllOf(HasSubstr("| dashboards.default |"),
                                HasSubstr("no dashboard provider has the name default"))));
  EXPECT_THAT(With(kDatasources + (kProviders + dashboards)), IsEmpty());
}

TEST(DashboardsTest, ADownloadAtEveryStartIsAWarning) {
  Picture picture;
  picture.Add("grafana", std::string(kDatasources) + kProviders +
                             "dashboards: {default: {nodes: {gnetId: 1860, datasource: Loki}}}");
  const Findings findings = All(CheckDashboards, picture);
  ASSERT_EQ(findings.size(), 1);
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
  EXPECT_THAT(findings[0].cause, HasSubstr("curl -k"));
}

TEST(DashboardsTest, BrokenJsonIsNamed) {
  EXPECT_THAT(With(std::string(kDatasources) + kProviders +
                   "dashboards: {default: {a: {json: '{\"panels\": ['}}}"),
              ElementsAre(HasSubstr("is not JSON")));
}

}  // namespace
}  // namespace kproto::monitoring_stack
