// SPDX-License-Identifier: MPL-2.0
// The Kubernetes half of RestDigitalOcean.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/digitalocean/api_error.h"
#include "clients/digitalocean/read_json.h"
#include "clients/digitalocean/rest_digitalocean.h"
#include "clients/digitalocean/write_json.h"
#include "clients/http/url.h"

namespace kproto::digitalocean {
namespace {

using http::Method;

constexpr char kClusters[] = "/v2/kubernetes/clusters";

std::string ClusterPath(const std::string& id, absl::string_view below = "") {
  return absl::StrCat(kClusters, "/", Segment(id), below);
}

std::string PoolPath(const std::string& cluster_id, const std::string& pool_id) {
  return absl::StrCat(ClusterPath(cluster_id, "/node_pools/"), Segment(pool_id));
}

// Seconds, rounded up so that a wish for half a second is not one for the default.
std::string ExpiryQuery(absl::Duration expiry) {
  if (expiry <= absl::ZeroDuration()) {
    return "";
  }
  return absl::StrCat("expiry_seconds=",
                      absl::ToInt64Seconds(absl::Ceil(expiry, absl::Seconds(1))));
}

// Lists that come whole in one answer.
std::vector<KubernetesVersion> ReadUpgrades(const JsonView& json) {
  return json.List("available_upgrade_versions", ReadKubernetesVersion);
}
std::vector<StatusMessage> ReadStatusMessages(const JsonView& json) {
  return json.List("messages", ReadStatusMessage);
}
std::string ReadRunId(const JsonView& json) { return json.RequiredText("run_id"); }

}  // namespace

absl::StatusOr<KubernetesOptions> RestDigitalOcean::GetKubernetesOptions(std::stop_token stop) {
  return api_.Fetch({.path = "/v2/kubernetes/options"}, "options", ReadKubernetesOptions, stop);
}

absl::StatusOr<std::vector<Cluster>> RestDigitalOcean::ListClusters(std::stop_token stop) {
  return api_.FetchAll(kClusters, "kubernetes_clusters", ReadCluster, stop);
}

absl::StatusOr<std::optional<Cluster>> RestDigitalOcean::GetCluster(const std::string& id,
                                                                    std::stop_token stop) {
  return api_.Find({.path = ClusterPath(id)}, "kubernetes_cluster", ReadCluster, stop);
}

absl::StatusOr<Cluster> RestDigitalOcean::CreateCluster(const ClusterSpec& spec,
                                                        std::stop_token stop) {
  return api_.Fetch({.method = Method::kPost, .path = kClusters, .body = WriteClusterSpec(spec)},
                    "kubernetes_cluster", ReadCluster, stop);
}

absl::StatusOr<Cluster> RestDigitalOcean::UpdateCluster(const std::string& id,
                                                        const ClusterUpdate& update,
                                                        std::stop_token stop) {
  return api_.Fetch(
      {.method = Method::kPut, .path = ClusterPath(id), .body = WriteClusterUpdate(update)},
      "kubernetes_cluster", ReadCluster, stop);
}

absl::Status RestDigitalOcean::DeleteCluster(const std::string& id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = ClusterPath(id)}, stop);
}

absl::StatusOr<std::optional<AssociatedResources>> RestDigitalOcean::GetAssociatedResources(
    const std::string& cluster_id, std::stop_token stop) {
  return api_.Find({.path = ClusterPath(cluster_id, "/destroy_with_associated_resources")}, "",
                   ReadAssociatedResources, stop);
}

absl::Status RestDigitalOcean::DeleteClusterSelective(const std::string& id,
                                                      const AssociatedSelection& selection,
                                                      std::stop_token stop) {
  return api_.Do({.method = Method::kDelete,
                  .path = ClusterPath(id, "/destroy_with_associated_resources/selective"),
                  .body = WriteAssociatedSelection(selection)},
                 stop);
}

absl::Status RestDigitalOcean::DeleteClusterWithEverything(const std::string& id,
                                                           std::stop_token stop) {
  return api_.Do({.method = Method::kDelete,
                  .path = ClusterPath(id, "/destroy_with_associated_resources/dangerous")},
                 stop);
}

absl::StatusOr<std::vector<KubernetesVersion>> RestDigitalOcean::ListUpgrades(
    const std::string& cluster_id, std::stop_token stop) {
  return api_.Fetch({.path = ClusterPath(cluster_id, "/upgrades")}, "", ReadUpgrades, stop);
}

absl::Status RestDigitalOcean::UpgradeCluster(const std::string& id,
                                              const std::string& version_slug,
                                              std::stop_token stop) {
  return api_.Do({.method = Method::kPost,
                  .path = ClusterPath(id, "/upgrade"),
                  .body = Json{{"version", version_slug}}},
                 stop);
}

absl::StatusOr<std::vector<StatusMessage>> RestDigitalOcean::ListStatusMessages(
    const std::string& cluster_id, const std::string& since, std::stop_token stop) {
  return api_.Fetch(
      {.path = ClusterPath(cluster_id, "/status_messages"),
       .query = since.empty() ? "" : absl::StrCat("since=", http::PercentEncode(since))},
      "", ReadStatusMessages, stop);
}

absl::StatusOr<std::string> RestDigitalOcean::RunClusterlint(const std::string& cluster_id,
                                                             std::stop_token stop) {
  return api_.Fetch({.method = Method::kPost,
                     .path = ClusterPath(cluster_id, "/clusterlint"),
                     .idempotency = http::Idempotency::kIdempotent},
                    "", ReadRunId, stop);
}

absl::StatusOr<std::optional<ClusterlintRun>> RestDigitalOcean::GetClusterlint(
    const std::string& cluster_id, const std::string& run_id, std::stop_token stop) {
  return api_.Find({.path = ClusterPath(cluster_id, "/clusterlint"),
                    .query = absl::StrCat("run_id=", http::PercentEncode(run_id))},
                   "", ReadClusterlintRun, stop);
}

absl::StatusOr<Credentials> RestDigitalOcean::GetCredentials(const std::string& cluster_id,
                                                             absl::Duration expiry,
                                                             std::stop_token stop) {
  return api_.Fetch({.path = ClusterPath(cluster_id, "/credentials"), .query = ExpiryQuery(expiry)},
                    "", ReadCredentials, stop);
}

absl::StatusOr<SecretString> RestDigitalOcean::GetKubeconfig(const std::string& cluster_id,
                                                             absl::Duration expiry,
                                                             std::stop_token stop) {
  const Call call{.path = ClusterPath(cluster_id, "/kubeconfig"), .query = ExpiryQuery(expiry)};
  KPROTO_ASSIGN_OR_RETURN(http::Response response, api_.Send(call, stop));
  if (response.code < 200 || response.code >= 300) {
    return ErrorOf(response);
  }
  if (!absl::StrContains(response.body, "clusters:")) {
    return absl::DataLossError(absl::StrCat("DigitalOcean's answer to GET ", call.path,
                                            " is not a kubeconfig (HTTP ", response.code, ")"));
  }
  return SecretString(std::move(response.body));
}

absl::StatusOr<std::vector<NodePool>> RestDigitalOcean::ListNodePools(const std::string& cluster_id,
                                                                      std::stop_token stop) {
  return api_.FetchAll(ClusterPath(cluster_id, "/node_pools"), "node_pools", ReadNodePool, stop);
}

absl::StatusOr<std::optional<NodePool>> RestDigitalOcean::GetNodePool(const std::string& cluster_id,
                                                                      const std::string& pool_id,
                                                                      std::stop_token stop) {
  return api_.Find({.path = PoolPath(cluster_id, pool_id)}, "node_pool", ReadNodePool, stop);
}

absl::StatusOr<NodePool> RestDigitalOcean::CreateNodePool(const std::string& cluster_id,
                                                          const NodePoolSpec& spec,
                                                          std::stop_token stop) {
  return api_.Fetch({.method = Method::kPost,
                     .path = ClusterPath(cluster_id, "/node_pools"),
                     .body = WriteNodePoolSpec(spec)},
                    "node_pool", ReadNodePool, stop);
}

absl::StatusOr<NodePool> RestDigitalOcean::UpdateNodePool(const std::string& cluster_id,
                                                          const std::string& pool_id,
                                                          const NodePoolUpdate& update,
                                                          std::stop_token stop) {
  return api_.Fetch({.method = Method::kPut,
                     .path = PoolPath(cluster_id, pool_id),
                     .body = WriteNodePoolUpdate(update)},
                    "node_pool", ReadNodePool, stop);
}

absl::Status RestDigitalOcean::DeleteNodePool(const std::string& cluster_id,
                                              const std::string& pool_id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = PoolPath(cluster_id, pool_id)}, stop);
}

absl::Status RestDigitalOcean::DeleteNode(const std::string& cluster_id, const std::string& pool_id,
                                          const std::string& node_id, Drain drain,
                                          Replacement replacement, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete,
                  .path = absl::StrCat(PoolPath(cluster_id, pool_id), "/nodes/", Segment(node_id)),
                  .query = absl::StrCat("skip_drain=", drain == Drain::kSkip ? 1 : 0,
                                        "&replace=", replacement == Replacement::kReplace ? 1 : 0)},
                 stop);
}

}  // namespace kproto::digitalocean
