// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/datasources.h"

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::StatusIs;
using ::testing::HasSubstr;

constexpr char kFile[] = "/etc/grafana/provisioning/datasources/datasources.yaml";

TEST(DatasourcesTest, AreWhatTheProvisioningFilesSay) {
  const auto found = ProvisionedDatasources({{kFile, R"(apiVersion: 1
datasources:
  - {name: Loki, uid: loki, type: loki, url: "http://loki-gateway.monitoring.svc", isDefault: true}
  - {name: Metrics, type: prometheus, url: "http://prometheus:9090"}
)"},
                                             {"/etc/grafana/grafana.ini", "[log]"}});
  ASSERT_TRUE(found.ok()) << found.status();
  const std::vector<Datasource>& datasources = found->datasources;
  ASSERT_EQ(datasources.size(), 2u);
  EXPECT_EQ(datasources[0].uid, "loki");
  EXPECT_EQ(datasources[0].url, "http://loki-gateway.monitoring.svc");
  EXPECT_TRUE(datasources[0].is_default);
  EXPECT_FALSE(datasources[0].prune);
  EXPECT_EQ(datasources[1].type, "prometheus");
  EXPECT_EQ(datasources[1].uid, UidOf("Metrics"));
}

TEST(DatasourcesTest, WhatIsToGoIsSaidByName) {
  const auto found = ProvisionedDatasources(
      {{kFile,
        "{prune: true, deleteDatasources: [{name: Old}], datasources: [{name: a, type: b}]}"}});
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->removed, std::vector<std::string>{"Old"});
  EXPECT_TRUE(found->datasources[0].prune);
}

TEST(DatasourcesTest, AUidIsMadeOfTheNameAsGrafanaDoes) {
  EXPECT_EQ(UidOf("Loki"), "P8E80F9AEF21F6940");
}

TEST(DatasourcesTest, WhatGrafanaWouldNotStartWithIsRefused) {
  EXPECT_THAT(ProvisionedDatasources({{kFile, "datasources: [{name: a"}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ProvisionedDatasources({{kFile, "datasources: [{type: loki}]"}}).status().message(),
              HasSubstr("no name"));
  const auto two = ProvisionedDatasources(
      {{kFile,
        "datasources: [{name: a, type: loki, isDefault: true}, {name: b, type: loki, isDefault: "
        "true}]"}});
  EXPECT_THAT(two.status().message(), HasSubstr("two datasources"));
}

}  // namespace
}  // namespace kproto::lab
