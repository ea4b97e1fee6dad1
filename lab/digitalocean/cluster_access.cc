// SPDX-License-Identifier: MPL-2.0
// Credentials and kubeconfig: every call mints a token; none can be revoked.
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lab/digitalocean/clusters.h"
#include "lab/digitalocean/kinds.h"

namespace kproto::lab {
namespace {

constexpr int64_t kDefaultExpiry = 7 * 24 * 3600;  // seconds; also what 0 means

struct Minted {
  ClusterAccess access;
  absl::Time expiry;
};

// Expiry is real time, not the cloud's: a token's clock is the API server's.
absl::StatusOr<Minted> Mint(Cloud* cloud, const ApiRequest& request) {
  const int64_t seconds = request.QueryInt("expiry_seconds", 0);
  Minted minted;
  minted.expiry = cloud->time.Now() + absl::Seconds(seconds > 0 ? seconds : kDefaultExpiry);
  auto access = cloud->backend().Mint(request.Param("id"), minted.expiry);
  if (!access.ok()) {
    return access.status();
  }
  minted.access = *std::move(access);
  return minted;
}

// Null for a cluster whose credentials can be asked for.
absl::optional<ApiResponse> WhyNotAccess(Cloud* cloud, const ApiRequest& request) {
  const Json* cluster = FindCluster(cloud, request.Param("id"));
  if (cluster == nullptr) {
    return NotFound("cluster not found");
  }
  if (request.QueryInt("expiry_seconds", 0) < 0) {
    return Invalid("expiry_seconds must be greater than or equal to 0");
  }
  if (StringField(*cluster, "endpoint").empty() || ClusterState(*cluster) == "deleting") {
    return Error(412, "cluster is not ready yet");
  }
  return absl::nullopt;
}

ApiResponse Credentials(Cloud* cloud, const ApiRequest& request) {
  if (auto refusal = WhyNotAccess(cloud, request)) {
    return *std::move(refusal);
  }
  const auto minted = Mint(cloud, request);
  if (!minted.ok()) {
    return Error(503, "the cluster's control plane does not answer");
  }
  return Ok(
      {{"server", minted->access.server},
       {"certificate_authority_data", absl::Base64Escape(minted->access.certificate_authority_pem)},
       {"client_certificate_data", nullptr},
       {"client_key_data", nullptr},
       {"token", minted->access.token},
       {"expires_at", CloudTime::Stamp(minted->expiry)}});
}

ApiResponse Kubeconfig(Cloud* cloud, const ApiRequest& request) {
  if (auto refusal = WhyNotAccess(cloud, request)) {
    return *std::move(refusal);
  }
  const auto minted = Mint(cloud, request);
  if (!minted.ok()) {
    return Error(503, "the cluster's control plane does not answer");
  }
  const Json* cluster = FindCluster(cloud, request.Param("id"));
  const std::string name =
      absl::StrCat("do-", StringField(*cluster, "region"), "-", StringField(*cluster, "name"));
  ApiResponse response;
  response.content_type = "application/yaml";
  response.text =
      absl::StrCat("apiVersion: v1\nkind: Config\nclusters:\n- name: ", name,
                   "\n  cluster:\n    certificate-authority-data: ",
                   absl::Base64Escape(minted->access.certificate_authority_pem),
                   "\n    server: ", minted->access.server, "\ncontexts:\n- name: ", name,
                   "\n  context:\n    cluster: ", name, "\n    user: ", name,
                   "-admin\ncurrent-context: ", name, "\npreferences: {}\nusers:\n- name: ", name,
                   "-admin\n  user:\n    token: ", minted->access.token, "\n");
  return response;
}

}  // namespace

void ServeClusterAccess(Cloud* cloud, Router* router) {
  const std::string base = "/v2/kubernetes/clusters/{id}";
  router->Add("GET", base + "/credentials",
              [cloud](const ApiRequest& request) { return Credentials(cloud, request); });
  router->Add("GET", base + "/kubeconfig",
              [cloud](const ApiRequest& request) { return Kubeconfig(cloud, request); });
}

}  // namespace kproto::lab
