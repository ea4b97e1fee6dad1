// SPDX-License-Identifier: MPL-2.0
// RestDigitalOcean: the DigitalOcean interface over HTTP. Paths and bodies are here and in the
// rest_*.h of the families, the calls themselves in Api, the JSON in read_json and write_json.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "clients/digitalocean/api.h"
#include "clients/digitalocean/digitalocean.h"
#include "clients/digitalocean/rest_load_balancers.h"
#include "clients/digitalocean/rest_networking.h"
#include "clients/digitalocean/rest_projects.h"
#include "clients/digitalocean/rest_registries.h"
#include "clients/http/retry.h"

namespace kproto::digitalocean {

class RestDigitalOcean : public DigitalOcean,
                         public RestNetworking,
                         public RestLoadBalancers,
                         public RestProjects,
                         public RestRegistries {
 public:
  // `client` (usually a RetryingClient) must outlive this object. `base_url` without /v2.
  RestDigitalOcean(http::HttpClient& client, std::string base_url, SecretString token)
      : RestDigitalOcean(Api(client, std::move(base_url), std::move(token))) {}

  absl::StatusOr<Account> GetAccount(std::stop_token stop) override;
  absl::StatusOr<std::vector<Region>> ListRegions(std::stop_token stop) override;
  absl::StatusOr<std::vector<Size>> ListSizes(std::stop_token stop) override;
  absl::StatusOr<int64_t> CountDroplets(std::stop_token stop) override;
  absl::StatusOr<KubernetesOptions> GetKubernetesOptions(std::stop_token stop) override;

  absl::StatusOr<std::vector<Cluster>> ListClusters(std::stop_token stop) override;
  absl::StatusOr<std::optional<Cluster>> GetCluster(const std::string& id,
                                                    std::stop_token stop) override;
  absl::StatusOr<Cluster> CreateCluster(const ClusterSpec& spec, std::stop_token stop) override;
  absl::StatusOr<Cluster> UpdateCluster(const std::string& id, const ClusterUpdate& update,
                                        std::stop_token stop) override;
  absl::Status DeleteCluster(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::optional<AssociatedResources>> GetAssociatedResources(
      const std::string& cluster_id, std::stop_token stop) override;
  absl::Status DeleteClusterSelective(const std::string& id, const AssociatedSelection& selection,
                                      std::stop_token stop) override;
  absl::Status DeleteClusterWithEverything(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<KubernetesVersion>> ListUpgrades(const std::string& cluster_id,
                                                              std::stop_token stop) override;
  absl::Status UpgradeCluster(const std::string& id, const std::string& version_slug,
                              std::stop_token stop) override;
  absl::StatusOr<std::vector<StatusMessage>> ListStatusMessages(const std::string& cluster_id,
                                                                const std::string& since,
                                                                std::stop_token stop) override;
  absl::StatusOr<std::string> RunClusterlint(const std::string& cluster_id,
                                             std::stop_token stop) override;
  absl::StatusOr<std::optional<ClusterlintRun>> GetClusterlint(const std::string& cluster_id,
                                                               const std::string& run_id,
                                                               std::stop_token stop) override;
  absl::StatusOr<Credentials> GetCredentials(const std::string& cluster_id, absl::Duration expiry,
                                             std::stop_token stop) override;
  absl::StatusOr<SecretString> GetKubeconfig(const std::string& cluster_id, absl::Duration expiry,
                                             std::stop_token stop) override;

  absl::StatusOr<std::vector<NodePool>> ListNodePools(const std::string& cluster_id,
                                                      std::stop_token stop) override;
  absl::StatusOr<std::optional<NodePool>> GetNodePool(const std::string& cluster_id,
                                                      const std::string& pool_id,
                                                      std::stop_token stop) override;
  absl::StatusOr<NodePool> CreateNodePool(const std::string& cluster_id, const NodePoolSpec& spec,
                                          std::stop_token stop) override;
  absl::StatusOr<NodePool> UpdateNodePool(const std::string& cluster_id, const std::string& pool_id,
                                          const NodePoolUpdate& update,
                                          std::stop_token stop) override;
  absl::Status DeleteNodePool(const std::string& cluster_id, const std::string& pool_id,
                              std::stop_token stop) override;
  absl::Status DeleteNode(const std::string& cluster_id, const std::string& pool_id,
                          const std::string& node_id, Drain drain, Replacement replacement,
                          std::stop_token stop) override;

  absl::StatusOr<std::vector<Volume>> ListVolumes(std::stop_token stop) override;
  absl::Status DeleteVolume(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<Snapshot>> ListSnapshots(std::stop_token stop) override;
  absl::Status DeleteSnapshot(const std::string& id, std::stop_token stop) override;

  absl::StatusOr<std::vector<Tag>> ListTags(std::stop_token stop) override;
  absl::Status CreateTag(const std::string& name, std::stop_token stop) override;
  absl::Status DeleteTag(const std::string& name, std::stop_token stop) override;
  absl::Status TagResources(const std::string& name, const std::vector<TaggedResource>& resources,
                            std::stop_token stop) override;

 private:
  explicit RestDigitalOcean(const Api& api)
      : RestNetworking(api),
        RestLoadBalancers(api),
        RestProjects(api),
        RestRegistries(api),
        api_(api) {}

  const Api api_;
};

struct RestOptions {
  std::string base_url = "https://api.digitalocean.com";
  SecretString token;
  std::string user_agent = "terraform-provider-kproto";
  http::RetryPolicy retry;
};

// The whole client: libcurl, retries, the token's rate budget. Makes no call. `clock` must outlive
// what is returned.
std::unique_ptr<DigitalOcean> MakeRestDigitalOcean(RestOptions options, Clock& clock);

}  // namespace kproto::digitalocean
