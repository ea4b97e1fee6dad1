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

ApiResponse BeginLint(Cloud* cloud, Json* cluster) {
  const std::string run = cloud->NewId();
  (*cluster)["_"]["lint"] = {{"run_id", run},
                             {"requested_at", cloud->time.Stamp()},
                             {"completed_at", cloud->time.Stamp()},
                             {"diagnostics", Json::array()}};
  cloud->store.Touch();
  return Accepted({{"run_id", run}});
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
  add("GET", "/clusterlint", [](Json* cluster, const ApiRequest&) {
    const Json& lint = Field(Field(*cluster, "_"), "lint");
    return lint.is_null() ? NotFound("clusterlint has not run") : Ok(lint);
  });
}

}  // namespace kproto::lab
