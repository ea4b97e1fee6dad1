// SPDX-License-Identifier: MPL-2.0
// Which parts there are and how large: Prometheus, Loki's modes, and how much of Argo CD.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/wiring.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class StackPartsTest : public StackTest {
 protected:
  Json ValuesOf(const char* application) const {
    return world_.Application(application)->at("/spec/source/helm/valuesObject"_json_pointer);
  }
  Json ArgoCd() { return *world_.helm.GetValues({}, {"argocd", "argocd"}, {}); }
  Value Bucket(Value::Map more = {}) const {
    more["bucket"] = Text("logs");
    more["endpoint"] = Text("nyc3.digitaloceanspaces.com");
    more["region"] = Text("nyc3");
    more["credentials_secret"] = Text("loki-bucket");
    return Object(std::move(more));
  }
};

TEST_F(StackPartsTest, PrometheusIsInstalledAndADatasource) {
  const Value config = Basic(
      {{"prometheus", Object({{"retention", Text("720h")}, {"volume_gib", Value::Int(40)}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Json values = ValuesOf("prometheus");
  EXPECT_EQ(values["server"]["retention"], "720h");
  EXPECT_EQ(values["server"]["persistentVolume"]["size"], "40Gi");
  EXPECT_EQ(values["server"]["nodeSelector"]["node-type"], "monitoring");
  EXPECT_EQ(values["alertmanager"]["enabled"], false);
  const Json datasources = ValuesOf("grafana")["datasources"]["datasources.yaml"]["datasources"];
  ASSERT_EQ(datasources.size(), 2u);
  EXPECT_EQ(datasources[0]["isDefault"], true) << "Loki stays the default";
  EXPECT_EQ(datasources[1]["uid"], "prometheus");
  EXPECT_EQ(datasources[1]["url"], "http://prometheus-server.monitoring.svc");
  EXPECT_EQ(datasources[1]["isDefault"], false);
  EXPECT_EQ(host_.state["applications"]["prometheus"]["health"], Text("Healthy"));
  ExpectNoChange(config);
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.Application("prometheus").has_value());
}

TEST_F(StackPartsTest, ADatasourceThatNamesOurPrometheusLeadsToIt) {
  world_.dir.Write("values/grafana.yaml",
                   "datasources: {datasources.yaml: {datasources: [{name: P, type: prometheus, "
                   "url: 'http://prometheus-server', isDefault: true}]}}\n");
  host_.Apply(
      Basic({{"prometheus", Object({})}, {"values_dir", Value::String(world_.dir / "values")}}));
  ASSERT_EQ(host_.Errors(), "");
  const Json datasources = ValuesOf("grafana")["datasources"]["datasources.yaml"]["datasources"];
  EXPECT_EQ(datasources[0]["url"], "http://prometheus-server.monitoring.svc");
  EXPECT_EQ(datasources.size(), 2u);
}

TEST_F(StackPartsTest, MetricsDoNotShrink) {
  host_.Apply(Basic({{"prometheus", Object({{"volume_gib", Value::Int(40)}})}}));
  ASSERT_EQ(host_.Errors(), "");
  host_.Plan(Basic({{"prometheus", Object({{"volume_gib", Value::Int(4)}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("prometheus.volume_gib: A volume cannot shrink"));
}

TEST_F(StackPartsTest, LokiScalesOverABucketAndDeletesFromIt) {
  const Value config = Basic({{"loki", Object({{"mode", Text("scalable")},
                                               {"retention", Text("168h")},
                                               {"object_storage", Bucket()}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Json values = ValuesOf("loki");
  EXPECT_EQ(values["deploymentMode"], "SimpleScalable");
  EXPECT_EQ(values["loki"]["storage"]["type"], "s3");
  EXPECT_EQ(values["loki"]["storage"]["bucketNames"]["chunks"], "logs");
  EXPECT_EQ(values["loki"]["storage"]["s3"]["endpoint"], "nyc3.digitaloceanspaces.com");
  EXPECT_EQ(values["loki"]["commonConfig"]["replication_factor"], 3);
  EXPECT_EQ(values["loki"]["schemaConfig"]["configs"][0]["object_store"], "s3");
  EXPECT_EQ(values["loki"]["limits_config"]["retention_period"], "168h");
  EXPECT_EQ(values["loki"]["compactor"]["retention_enabled"], true);
  EXPECT_EQ(values["loki"]["compactor"]["delete_request_store"], "s3");
  EXPECT_EQ(values["singleBinary"]["replicas"], 0);
  EXPECT_EQ(values["write"]["replicas"], 3);
  for (const char* part : {"read", "write", "backend"}) {
    EXPECT_EQ(values[part]["extraEnvFrom"][0]["secretRef"]["name"], "loki-bucket") << part;
    EXPECT_EQ(values[part]["nodeSelector"]["node-type"], "monitoring") << part;
  }
  ExpectNoChange(config);
}

TEST_F(StackPartsTest, OneProcessMayKeepItsLogsInABucketToo) {
  host_.Apply(Basic({{"loki", Object({{"mode", Text("single_binary")},
                                      {"retention", Text("24h")},
                                      {"object_storage", Bucket()}})}}));
  ASSERT_EQ(host_.Errors(), "");
  const Json values = ValuesOf("loki");
  EXPECT_EQ(values["deploymentMode"], "SingleBinary");
  EXPECT_EQ(values["loki"]["compactor"]["delete_request_store"], "s3");
  EXPECT_EQ(values["singleBinary"]["extraEnvFrom"][0]["secretRef"]["name"], "loki-bucket");
}

TEST_F(StackPartsTest, ScalableWithoutObjectStorageIsRefusedAtPlan) {
  host_.Plan(Basic({{"loki", Object({{"mode", Text("scalable")}})}}));
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("loki.mode"), HasSubstr("loki.object_storage")));
  host_.diagnostics = {};
  world_.dir.Write("values/loki.yaml",
                   "loki: {storage: {type: gcs, bucketNames: {chunks: logs}}}\n");
  host_.Plan(Basic({{"loki", Object({{"mode", Text("scalable")}})},
                    {"values_dir", Value::String(world_.dir / "values")}}));
  EXPECT_EQ(host_.Errors(), "");
}

TEST_F(StackPartsTest, ArgoCdIsHighlyAvailableOrOnlyItsCore) {
  const auto with = [&](const char* mode) {
    return Basic({{"argocd", Object({{"mode", Text(mode)}})}});
  };
  host_.Apply(with("ha"));
  ASSERT_EQ(host_.Errors(), "");
  Json values = ArgoCd();
  EXPECT_EQ(values["redis-ha"]["enabled"], true);
  EXPECT_EQ(values["redis-ha"]["haproxy"]["nodeSelector"]["node-type"], "monitoring");
  EXPECT_EQ(values["server"]["replicas"], 2);
  EXPECT_EQ(values["repoServer"]["replicas"], 2);
  ExpectNoChange(with("ha"));
  host_.Apply(with("core"));
  ASSERT_EQ(host_.Errors(), "");
  values = ArgoCd();
  EXPECT_FALSE(values.contains("redis-ha"));
  EXPECT_EQ(values["server"]["enabled"], false);
  EXPECT_EQ(values["dex"]["enabled"], false);
  ExpectNoChange(with("core"));
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(ArgoCd().contains("server"));
  ExpectNoChange(Basic());
}

TEST_F(StackPartsTest, AModeThatContradictsItselfIsRefused) {
  host_.Plan(Basic({{"argocd", Object({{"mode", Text("core")}})},
                    {"ingress", Object({{"argocd_host", Text("argocd.example.com")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("ingress.argocd_host: Argo CD has no server"));
  host_.diagnostics = {};
  host_.Plan(Basic({{"argocd", Object({{"mode", Text("ha")}, {"manage", Text("external")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("argocd.mode"));
}

}  // namespace
}  // namespace kproto::testing
