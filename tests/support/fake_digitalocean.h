// SPDX-License-Identifier: MPL-2.0
// FakeDigitalOcean: the DigitalOcean interface with a small cloud in memory, for tests of steps and
// resources. Time passes by looking: a cluster is running after so many GetCluster calls. It keeps
// a log of calls and fails the ones it is told to (fake_api.h), before or after they took effect.
//
// The account has one region with a default VPC ("nyc3"), a second without ("ams3"), three versions
// (1.32.10, 1.33.5, 1.34.1) and four sizes. Ids look like DigitalOcean's and count up from 1.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "clients/digitalocean/digitalocean.h"
#include "tests/support/fake_load_balancers.h"
#include "tests/support/fake_networking.h"
#include "tests/support/fake_projects.h"
#include "tests/support/fake_registries.h"

namespace kproto::testing {

// Thread-safe.
class FakeDigitalOcean : public api::DigitalOcean,
                         public FakeNetworking,
                         public FakeLoadBalancers,
                         public FakeProjects,
                         public FakeRegistries {
 public:
  FakeDigitalOcean();

  absl::StatusOr<api::Account> GetAccount(std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Region>> ListRegions(std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Size>> ListSizes(std::stop_token stop) override;
  absl::StatusOr<int64_t> CountDroplets(std::stop_token stop) override;
  absl::StatusOr<api::KubernetesOptions> GetKubernetesOptions(std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Cluster>> ListClusters(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::Cluster>> GetCluster(const std::string& id,
                                                         std::stop_token stop) override;
  absl::StatusOr<api::Cluster> CreateCluster(const api::ClusterSpec& spec,
                                             std::stop_token stop) override;
  absl::StatusOr<api::Cluster> UpdateCluster(const std::string& id,
                                             const api::ClusterUpdate& update,
                                             std::stop_token stop) override;
  absl::Status DeleteCluster(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::optional<api::AssociatedResources>> GetAssociatedResources(
      const std::string& cluster_id, std::stop_token stop) override;
  absl::Status DeleteClusterSelective(const std::string& id,
                                      const api::AssociatedSelection& selection,
                                      std::stop_token stop) override;
  absl::Status DeleteClusterWithEverything(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::KubernetesVersion>> ListUpgrades(const std::string& cluster_id,
                                                                   std::stop_token stop) override;
  absl::Status UpgradeCluster(const std::string& id, const std::string& version_slug,
                              std::stop_token stop) override;
  absl::StatusOr<std::vector<api::StatusMessage>> ListStatusMessages(const std::string& cluster_id,
                                                                     const std::string& since,
                                                                     std::stop_token stop) override;
  absl::StatusOr<std::string> RunClusterlint(const std::string& cluster_id,
                                             std::stop_token stop) override;
  absl::StatusOr<std::optional<api::ClusterlintRun>> GetClusterlint(const std::string& cluster_id,
                                                                    const std::string& run_id,
                                                                    std::stop_token stop) override;
  absl::StatusOr<api::Credentials> GetCredentials(const std::string& cluster_id,
                                                  absl::Duration expiry,
                                                  std::stop_token stop) override;
  absl::StatusOr<SecretString> GetKubeconfig(const std::string& cluster_id, absl::Duration expiry,
                                             std::stop_token stop) override;
  absl::StatusOr<std::vector<api::NodePool>> ListNodePools(const std::string& cluster_id,
                                                           std::stop_token stop) override;
  absl::StatusOr<std::optional<api::NodePool>> GetNodePool(const std::string& cluster_id,
                                                           const std::string& pool_id,
                                                           std::stop_token stop) override;
  absl::StatusOr<api::NodePool> CreateNodePool(const std::string& cluster_id,
                                               const api::NodePoolSpec& spec,
                                               std::stop_token stop) override;
  absl::StatusOr<api::NodePool> UpdateNodePool(const std::string& cluster_id,
                                               const std::string& pool_id,
                                               const api::NodePoolUpdate& update,
                                               std::stop_token stop) override;
  absl::Status DeleteNodePool(const std::string& cluster_id, const std::string& pool_id,
                              std::stop_token stop) override;
  absl::Status DeleteNode(const std::string& cluster_id, const std::string& pool_id,
                          const std::string& node_id, api::Drain drain,
                          api::Replacement replacement, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Volume>> ListVolumes(std::stop_token stop) override;
  absl::Status DeleteVolume(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Snapshot>> ListSnapshots(std::stop_token stop) override;
  absl::Status DeleteSnapshot(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Tag>> ListTags(std::stop_token stop) override;
  absl::Status CreateTag(const std::string& name, std::stop_token stop) override;
  absl::Status DeleteTag(const std::string& name, std::stop_token stop) override;
  absl::Status TagResources(const std::string& name,
                            const std::vector<api::TaggedResource>& resources,
                            std::stop_token stop) override;

 private:
  // What a cluster is on its way to.
  struct Transition {
    int polls_left = 0;
    api::ClusterStatus then;
    std::string version_then;
    bool gone_then = false;
  };

  // Below: with mutex_ held.
  void Poll(const std::string& id);
  void Begin(api::Cluster& cluster, api::ClusterState state, Transition transition);
  absl::Status BeginDelete(const std::string& id);
  // What tests have put there, and everything with the tag k8s:<cluster id>.
  api::AssociatedResources AssociatedOf(const std::string& cluster_id) const;
  absl::StatusOr<api::Cluster*> FindCluster(const std::string& id);
  absl::StatusOr<api::NodePool*> FindPool(const std::string& cluster_id,
                                          const std::string& pool_id);
  absl::StatusOr<std::string> ResolveVersion(const std::string& version) const;
  api::NodePool MakePool(const std::string& cluster_id, const api::NodePoolSpec& spec);
  void SetCount(api::NodePool& pool, int64_t count);
  void ReplaceNodes(api::Cluster& cluster);
  std::vector<api::KubernetesVersion> UpgradesOf(const api::Cluster& cluster) const;

  std::map<std::string, Transition> transitions_;  // by cluster id
};

}  // namespace kproto::testing
