// SPDX-License-Identifier: MPL-2.0
#include "clients/yaml/yaml.h"
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

absl::StatusOr<Objects> Loki(const Json& change) {
  Json values = {{"deploymentMode", "SingleBinary"},
                 {"loki",
                  {{"auth_enabled", false},
                   {"commonConfig", {{"replication_factor", 1}}},
                   {"storage", {{"type", "filesystem"}}},
                   {"useTestSchema", true}}},
                 {"singleBinary",
                  {{"replicas", 1},
                   {"persistence", {{"size", "50Gi"}, {"storageClass", "do-block-storage"}}}}},
                 {"read", {{"replicas", 0}}},
                 {"write", {{"replicas", 0}}},
                 {"backend", {{"replicas", 0}}}};
  values.merge_patch(change);
  return Render({.chart = Source("lab/charts/loki"), .release = "loki", .values = values});
}

Json ConfigOf(const Objects& objects) {
  return yaml::Parse(objects.at("ConfigMap/loki")["data"]["config.yaml"].get<std::string>())
      .value_or(Json());
}

TEST(LokiChartTest, TheSingleBinaryIsOneStatefulSetWithOneVolume) {
  const absl::StatusOr<Objects> objects = Loki(Json::object());
  ASSERT_THAT(objects, IsOk());
  const Json& spec = objects->at("StatefulSet/loki")["spec"];
  EXPECT_EQ(spec["replicas"], 1);
  EXPECT_EQ(spec["serviceName"], "loki-headless");
  const Json& claim = spec["volumeClaimTemplates"][0];
  EXPECT_EQ(claim["metadata"]["name"], "storage");
  EXPECT_EQ(claim["spec"]["resources"]["requests"]["storage"], "50Gi");
  EXPECT_EQ(claim["spec"]["storageClassName"], "do-block-storage");
  EXPECT_EQ(objects->count("StatefulSet/loki-write"), 0u);
  EXPECT_EQ(objects->count("Deployment/loki-read"), 0u);
  EXPECT_THAT(LooseEnds(*objects), IsEmpty());
}

TEST(LokiChartTest, ServicesHaveTheOfficialNamesAndPorts) {
  const absl::StatusOr<Objects> objects = Loki(Json::object());
  ASSERT_THAT(objects, IsOk());
  EXPECT_EQ(objects->at("Service/loki")["spec"]["ports"][0]["port"], 3100);
  EXPECT_EQ(objects->at("Service/loki")["spec"]["selector"]["app.kubernetes.io/component"],
            "single-binary");
  EXPECT_EQ(objects->at("Service/loki-gateway")["spec"]["ports"][0]["port"], 80);
  EXPECT_EQ(objects->at("Service/loki-memberlist")["spec"]["clusterIP"], "None");
  EXPECT_EQ(objects->count("Service/loki-headless"), 1u);
}

TEST(LokiChartTest, TheConfigurationIsWhatTheValuesSay) {
  const absl::StatusOr<Objects> objects =
      Loki({{"loki",
             {{"limits_config", {{"retention_period", "168h"}}},
              {"compactor", {{"retention_enabled", true}, {"delete_request_store", "filesystem"}}},
              {"structuredConfig", {{"server", {{"log_level", "warn"}}}}}}}});
  ASSERT_THAT(objects, IsOk());
  const Json config = ConfigOf(*objects);
  EXPECT_EQ(config["auth_enabled"], false);
  EXPECT_EQ(config["common"]["replication_factor"], 1);
  EXPECT_EQ(config["common"]["storage"]["filesystem"]["chunks_directory"], "/var/loki/chunks");
  EXPECT_EQ(config["limits_config"]["retention_period"], "168h");
  EXPECT_EQ(config["compactor"]["retention_enabled"], true);
  EXPECT_EQ(config["server"]["http_listen_port"], 3100);
  EXPECT_EQ(config["server"]["log_level"], "warn");
  EXPECT_EQ(config["memberlist"]["join_members"][0],
            "loki-memberlist.monitoring.svc.cluster.local");
}

TEST(LokiChartTest, AnObjectStoreGetsItsBuckets) {
  const absl::StatusOr<Objects> objects = Loki({{"loki",
                                                 {{"storage",
                                                   {{"type", "s3"},
                                                    {"bucketNames", {{"chunks", "lines"}}},
                                                    {"s3", {{"endpoint", "https://nyc3"}}}}}}}});
  ASSERT_THAT(objects, IsOk());
  EXPECT_EQ(ConfigOf(*objects)["common"]["storage"],
            (Json{{"s3", {{"bucketnames", "lines"}, {"endpoint", "https://nyc3"}}}}));
}

// Their requests are what leaves the default Loki Pending on small nodes.
TEST(LokiChartTest, CachesAskForAFifthMoreThanTheyHold) {
  const absl::StatusOr<Objects> objects = Loki(Json::object());
  ASSERT_THAT(objects, IsOk());
  const auto memory = [&](const std::string& name) {
    return objects->at(
        "StatefulSet/" +
        name)["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["memory"];
  };
  EXPECT_EQ(memory("loki-chunks-cache"), "9830Mi");
  EXPECT_EQ(memory("loki-results-cache"), "1229Mi");
}

TEST(LokiChartTest, PlacementBelongsToTheTarget) {
  const Json toleration = {{"key", "dedicated"}, {"operator", "Exists"}};
  const absl::StatusOr<Objects> objects =
      Loki({{"nodeSelector", {{"node-type", "ignored"}}},
            {"singleBinary",
             {{"nodeSelector", {{"node-type", "monitoring"}}}, {"tolerations", {toleration}}}}});
  ASSERT_THAT(objects, IsOk());
  const auto pod = [&](const std::string& key) {
    return objects->at(key)["spec"]["template"]["spec"];
  };
  EXPECT_EQ(pod("StatefulSet/loki")["nodeSelector"], (Json{{"node-type", "monitoring"}}));
  EXPECT_EQ(pod("StatefulSet/loki")["tolerations"], Json::array({toleration}));
  EXPECT_FALSE(pod("Deployment/loki-gateway").contains("nodeSelector"));
}

TEST(LokiChartTest, EveryModeHangsTogether) {
  const Json store = {{"storage", {{"type", "s3"}, {"bucketNames", {{"chunks", "c"}}}}}};
  const Json none = {{"replicas", 0}}, three = {{"replicas", 3}};
  const absl::StatusOr<Objects> scalable = Loki({{"deploymentMode", "SimpleScalable"},
                                                 {"loki", store},
                                                 {"singleBinary", none},
                                                 {"read", three},
                                                 {"write", three},
                                                 {"backend", three}});
  ASSERT_THAT(scalable, IsOk());
  EXPECT_EQ(scalable->count("StatefulSet/loki"), 0u);
  EXPECT_EQ(scalable->at("StatefulSet/loki-write")["spec"]["replicas"], 3);
  EXPECT_EQ(scalable->count("Deployment/loki-read"), 1u);
  EXPECT_THAT(LooseEnds(*scalable), IsEmpty());
  const absl::StatusOr<Objects> distributed = Loki({{"deploymentMode", "Distributed"},
                                                    {"loki", store},
                                                    {"singleBinary", none},
                                                    {"ingester", three},
                                                    {"distributor", three},
                                                    {"querier", three},
                                                    {"queryFrontend", three}});
  ASSERT_THAT(distributed, IsOk());
  EXPECT_EQ(distributed->count("StatefulSet/loki-ingester"), 1u);
  EXPECT_THAT(LooseEnds(*distributed), IsEmpty());
}

struct Refusal {
  Json change;
  std::string says;
};

TEST(LokiChartTest, WhatCannotRunIsRefused) {
  const Json one = {{"replicas", 1}};
  const Refusal refusals[] = {
      // The mistake that kept the predecessor's Loki from ever rendering: the replicas in the wrong
      // place.
      {{{"singleBinary", {{"replicas", 0}}}, {"read", one}},
       "Cannot run scalable targets (backend, read, write) or distributed targets without an "
       "object storage backend."},
      {{{"singleBinary", {{"replicas", 2}}}}, "Cannot run more than 1 Single Binary replica"},
      {{{"write", one}}, "Both the single binary and simple scalable targets"},
      {{{"querier", one}}, "no way directly from one to the other"},
      {{{"loki", {{"useTestSchema", false}}}}, "You must provide a schema_config"},
      {{{"loki", {{"schemaConfig", {{"configs", Json::array()}}}}}},
       "loki.useTestSchema must be false"},
      {{{"loki",
         {{"useTestSchema", false},
          {"schemaConfig", {{"configs", Json::array()}}},
          {"storage", {{"type", "s3"}}}}}},
       "loki.storage.bucketNames.chunks is needed"},
      {{{"lokiCanary", {{"enabled", false}}}}, "Helm test requires the Loki Canary"},
      {{{"deploymentMode", "Monolith"}}, "deploymentMode"},
      {{{"singleBinary", {{"replicas", "1"}}}}, "singleBinary"},
      {{{"singleBinary", {{"persistence", {{"size", "fifty"}}}}}}, "persistence"},
  };
  for (const Refusal& refusal : refusals) {
    EXPECT_THAT(Loki(refusal.change),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(refusal.says)))
        << refusal.change;
  }
}

}  // namespace
}  // namespace kproto::lab
