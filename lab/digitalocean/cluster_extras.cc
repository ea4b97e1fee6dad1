// SPDX-License-Identifier: MPL-2.0
// The small calls of a cluster: user, status messages, clusterlint.
#include <functional>
#include <string>

#include "lab/digitalocean/clusters.h"
#include "lab/digitalocean/kinds.h"

namespace kproto::lab {
namespace {

Json Messages(const Json& cluster, const std::string& since) {
  Json messages = Json::array();
  for (const Json& message : Field(Field(cluster, "_"), "messages")) {
    if (StringField(message, "timestamp") >= since) {  // RFC 3339 in UTC sorts as text
      messages.push_back(message);
    }
  }
  return messages;
}

// What the checks will find is what /lab/clusters/{id}/clusterlint says; without it all is well.
ApiResponse BeginLint(Cloud* cloud, Json* cluster) {
  const std::string run = cloud->NewId();
  Json& hidden = (*cluster)["_"];
  const Json& findings = Field(hidden, "lint_findings");
  hidden["lint_runs"].push_back({{"run_id", run},
                                 {"requested_at", cloud->time.Stamp()},
                                 {"done_at", cloud->time.After(kClusterlint)},
                                 {"diagnostics", findings.is_array() ? findings : Json::array()}});
  cloud->store.Touch();
  return Accepted({{"run_id", run}});
}

// The run that is asked for, or the last one. One under way has no end and no findings yet.
ApiResponse LintRun(Cloud* cloud, const Json& cluster, const std::string& run_id) {
  const Json& runs = Field(Field(cluster, "_"), "lint_runs");
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    if (!run_id.empty() && StringField(*run, "run_id") != run_id) {
      continue;
    }
    const int64_t done_at = IntField(*run, "done_at");
    Json body = {{"run_id", StringField(*run, "run_id")},
                 {"requested_at", StringField(*run, "requested_at")}};
    if (cloud->time.Passed(done_at)) {
      body["completed_at"] = CloudTime::Stamp(absl::FromUnixMicros(done_at));
      body["diagnostics"] = Field(*run, "diagnostics");
    }
    return Ok(body);
  }
  return NotFound("clusterlint run not found");
}

}  // namespace

void ServeClusterExtras(Cloud* cloud, Router* router) {
  const std::string base = "/v2/kubernetes/clusters/{id}";
  using ClusterHandler = std::function<ApiResponse(Json * cluster, const ApiRequest&)>;
  const auto add = [&](const char* method, const char* path, ClusterHandler handler) {
    router->Add(method, base + path, [cloud, handler](const ApiRequest& request) {
      Json* cluster = FindCluster(cloud, request.Param("id"));
      return cluster == nullptr ? NotFound("cluster not found") : handler(cluster, request);
    });
  };
  add("GET", "/user", [](Json*, const ApiRequest&) {
    return Ok({{"kubernetes_cluster_user",
                {{"username", "lab@example.com"}, {"groups", {"k8saas:authenticated"}}}}});
  });
  add("GET", "/status_messages", [](Json* cluster, const ApiRequest& request) {
    return Ok({{"messages", Messages(*cluster, request.Query("since"))}});
  });
  add("POST", "/clusterlint",
      [cloud](Json* cluster, const ApiRequest&) { return BeginLint(cloud, cluster); });
  add("GET", "/clusterlint", [cloud](Json* cluster, const ApiRequest& request) {
    return LintRun(cloud, *cluster, request.Query("run_id"));
  });
}

}  // namespace kproto::lab
