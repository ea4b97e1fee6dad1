// SPDX-License-Identifier: MPL-2.0
// Loki's values, and where it listens.
#include <vector>

#include "absl/strings/str_cat.h"
#include "resources/monitoring_stack/values.h"
#include "resources/monitoring_stack/wiring_parts.h"

namespace kproto::monitoring_stack {
namespace {

bool IsSingleBinary(const Wiring& wiring, const Json& user) {
  if (!wiring.loki_mode.empty()) {
    return wiring.loki_mode == "single_binary";
  }
  const std::string mode = StringOf(Find(user, {"deploymentMode"}), "SingleBinary");
  return mode == "SingleBinary" || mode == "Monolithic";
}

std::string StorageType(const Wiring& wiring, const Json& user, const char* otherwise) {
  return wiring.bucket.bucket.empty() ? StringOf(Find(user, {"loki", "storage", "type"}), otherwise)
                                      : "s3";
}

// What both modes have in common, which the chart's own defaults are not.
Json LokiDefaults(const std::string& storage, const Json& user) {
  Json values = {
      {"loki", {{"auth_enabled", false}, {"storage", {{"type", storage}}}}},
      // Each asks for more memory than a small node has.
      {"chunksCache", {{"enabled", false}}},
      {"resultsCache", {{"enabled", false}}},
  };
  // The chart refuses a test without the canary.
  if (!IsTrue(Find(user, {"lokiCanary", "enabled"})) && !IsTrue(Find(user, {"test", "enabled"}))) {
    values["lokiCanary"] = {{"enabled", false}};
    values["test"] = {{"enabled", false}};
  }
  const bool has_schema = Find(user, {"loki", "schemaConfig"}) != nullptr ||
                          Find(user, {"loki", "structuredConfig", "schema_config"}) != nullptr ||
                          IsTrue(Find(user, {"loki", "useTestSchema"}));
  if (!has_schema) {
    values["loki"]["schemaConfig"]["configs"] =
        Json::array({{{"from", "2024-04-01"},
                      {"store", "tsdb"},
                      {"object_store", storage},
                      {"schema", "v13"},
                      {"index", {{"prefix", "loki_index_"}, {"period", "24h"}}}}});
  }
  return values;
}

// One process with its data on a volume, where the chart's own defaults are three replicas of
// everything and object storage.
Json SingleBinaryDefaults(const Wiring& wiring, const Json& user) {
  return MergeValues(LokiDefaults(StorageType(wiring, user, "filesystem"), user),
                     {{"deploymentMode", "SingleBinary"},
                      {"loki", {{"commonConfig", {{"replication_factor", 1}}}}},
                      {"singleBinary", {{"replicas", 1}, {"persistence", {{"enabled", true}}}}},
                      {"read", {{"replicas", 0}}},
                      {"write", {{"replicas", 0}}},
                      {"backend", {{"replicas", 0}}}});
}

// Each line is written by three, so that one of them may go.
Json ScalableDefaults(const Wiring& wiring, const Json& user) {
  return MergeValues(LokiDefaults(StorageType(wiring, user, "s3"), user),
                     {{"deploymentMode", "SimpleScalable"},
                      {"loki", {{"commonConfig", {{"replication_factor", 3}}}}},
                      {"singleBinary", {{"replicas", 0}}},
                      {"read", {{"replicas", 2}}},
                      {"write", {{"replicas", 3}}},
                      {"backend", {{"replicas", 2}}}});
}

// The processes of a mode, as the chart calls them.
std::vector<const char*> LokiParts(bool single) {
  return single ? std::vector<const char*>{"singleBinary"}
                : std::vector<const char*>{"read", "write", "backend"};
}

Json BucketValues(const BucketWanted& bucket, bool single) {
  Json s3 = {{"s3ForcePathStyle", bucket.path_style}, {"insecure", false}};
  if (!bucket.endpoint.empty()) {
    s3["endpoint"] = bucket.endpoint;
  }
  if (!bucket.region.empty()) {
    s3["region"] = bucket.region;
  }
  Json values;
  values["loki"]["storage"] = {
      {"type", "s3"},
      {"s3", s3},
      {"bucketNames",
       {{"chunks", bucket.bucket}, {"ruler", bucket.bucket}, {"admin", bucket.bucket}}}};
  const std::vector<const char*> parts = LokiParts(single);
  for (const char* part : parts) {
    if (!bucket.credentials_secret.empty()) {
      values[part]["extraEnvFrom"] =
          Json::array({{{"secretRef", {{"name", bucket.credentials_secret}}}}});
    }
  }
  return values;
}

}  // namespace

Json LokiValues(const Wiring& wiring, const Json& user) {
  const bool single = IsSingleBinary(wiring, user);
  Json values = single                           ? SingleBinaryDefaults(wiring, user)
                : wiring.loki_mode == "scalable" ? ScalableDefaults(wiring, user)
                                                 : Json::object();
  const Json placement = Placement(wiring);
  if (!placement.empty()) {
    std::vector<const char*> parts = LokiParts(single);
    parts.push_back("gateway");
    for (const char* part : parts) {
      values[part] = MergeValues(values.value(part, Json::object()), placement);
    }
  }
  values = MergeValues(std::move(values), user);

  Json wired = Json::object();
  if (!wiring.loki_mode.empty()) {
    wired["deploymentMode"] = single ? "SingleBinary" : "SimpleScalable";
  }
  if (!wiring.bucket.bucket.empty()) {
    wired = MergeValues(std::move(wired), BucketValues(wiring.bucket, single));
  }
  if (!wiring.retention.empty()) {
    // The limit alone does nothing: the compactor is what deletes.
    wired["loki"]["limits_config"]["retention_period"] = wiring.retention;
    wired["loki"]["compactor"] = {
        {"retention_enabled", true},
        {"delete_request_store", StorageType(wiring, values, "filesystem")}};
  }
  if (wiring.volume_gib > 0) {
    const Json volume = {{"enabled", true}, {"size", absl::StrCat(wiring.volume_gib, "Gi")}};
    wired[single ? "singleBinary" : "write"]["persistence"] = volume;
  }
  if (!wiring.storage_class.empty()) {
    const std::vector<const char*> parts = single ? std::vector<const char*>{"singleBinary"}
                                                  : std::vector<const char*>{"write", "backend"};
    for (const char* part : parts) {
      wired[part]["persistence"]["storageClass"] = wiring.storage_class;
    }
  }
  return MergeValues(std::move(values), wired);
}

std::string LokiUrl(const Wiring& wiring, const Json& loki) {
  const std::string name = StringOf(Find(loki, {"fullnameOverride"}), "loki");
  return IsFalse(Find(loki, {"gateway", "enabled"}))
             ? absl::StrCat("http://", name, ".", wiring.ns, ".svc:3100")
             : absl::StrCat("http://", name, "-gateway.", wiring.ns, ".svc");
}

}  // namespace kproto::monitoring_stack
