// SPDX-License-Identifier: MPL-2.0
// FakeDigitalOcean: the DigitalOcean interface with a small cloud in memory, for tests of steps and
// resources. Time passes by looking: a cluster is running after so many GetCluster calls. It keeps
// a log of calls and fails the ones it is told to, before or after they took effect.
//
// The account has one region with a default VPC ("nyc3"), a second without ("ams3"), three versions
// (1.32.10, 1.33.5, 1.34.1) and four sizes. Ids look like DigitalOcean's and count up from 1.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "clients/digitalocean/digitalocean.h"

namespace kproto::testing {

namespace api = ::kproto::digitalocean;

// When a call that shall fail does so.
enum class FailWhen {
  kBefore,  // nothing was done
  kAfter,   // it was done and the answer got lost; the error says that it may have taken effect
};

// What becomes of a change of plugins that was accepted.
enum class PluginChanges { kDone, kIgnored };

// What the cloud holds. Tests may change it between calls through Edit().
struct FakeCloud {
  api::Account account;
  std::vector<api::Region> regions;
  std::vector<api::Size> sizes;
  api::KubernetesOptions options;
  std::map<std::string, api::Cluster> clusters;  // by id
  std::map<std::string, api::Vpc> vpcs;
  std::map<std::string, api::LoadBalancer> load_balancers;
  std::map<std::string, api::Volume> volumes;
  std::map<std::string, api::Snapshot> snapshots;
  int64_t other_droplets = 0;  // beside the clusters' nodes
  std::map<std::string, api::Project> projects;
  std::map<std::string, std::vector<std::string>> project_urns;  // by project id
  std::map<std::string, std::vector<api::TaggedResource>> tags;
  std::map<std::string, api::AssociatedResources> associated;           // by cluster id
  std::map<std::string, std::vector<api::StatusMessage>> messages;      // by cluster id
  std::map<std::string, std::vector<api::KubernetesVersion>> upgrades;  // by cluster id; else as
                                                                        // DigitalOcean's rules say
  std::map<std::string, std::vector<api::ClusterlintDiagnostic>> findings;  // by cluster id
  std::map<std::string, int> clusterlint_runs;  // by run id: how many polls it is yet under way

  // How many GetCluster calls see a change still under way.
  int polls_until_running = 2;
  int polls_until_deleted = 2;
  int polls_until_linted = 1;
  // When set, an upgrade leaves the nodes that are there; when it is accepted and nothing happens.
  bool nodes_outlive_upgrades = false, upgrades_never_begin = false;
  // When set, clusters made from now on end in state error with this message.
  std::string provisioning_error;
  PluginChanges plugin_changes = PluginChanges::kDone;
};

// Thread-safe.
class FakeDigitalOcean : public api::DigitalOcean {
 public:
  FakeDigitalOcean();

  // --- For tests ---------------------------------------------------------------------------
  // Every call so far: the method's name and what it was about (an id, or the name of what is to be
  // made), as in "CreateCluster k8s" or "ListVpcs".
  std::vector<std::string> calls() const;
  // How many calls there were of one method.
  int Count(const std::string& method) const;
  void ForgetCalls();

  // The next call of `method` that has no failure yet fails; once for each time this is called.
  void FailNext(const std::string& method, absl::Status status, FailWhen when = FailWhen::kBefore);
  // The `n`-th call from now on (1: the next one), whichever it is, fails.
  void FailCall(int n, absl::Status status, FailWhen when = FailWhen::kBefore);
  // Called at the start of every call, outside the lock, with its line of the log.
  void OnCall(std::function<void(const std::string& call)> callback);

  void Edit(const std::function<void(FakeCloud&)>& edit);
  FakeCloud cloud() const;  // a copy

  // --- DigitalOcean ------------------------------------------------------------------------
  absl::StatusOr<api::Account> GetAccount(std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Region>> ListRegions(std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Size>> ListSizes(std::stop_token stop) override;
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
  absl::StatusOr<std::vector<api::Vpc>> ListVpcs(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::Vpc>> GetVpc(const std::string& id,
                                                 std::stop_token stop) override;
  absl::StatusOr<api::Vpc> CreateVpc(const api::VpcSpec& spec, std::stop_token stop) override;
  absl::StatusOr<api::Vpc> UpdateVpc(const std::string& id, const api::VpcUpdate& update,
                                     std::stop_token stop) override;
  absl::Status DeleteVpc(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::VpcMember>> ListVpcMembers(const std::string& id,
                                                             std::stop_token stop) override;
  absl::StatusOr<std::vector<api::LoadBalancer>> ListLoadBalancers(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::LoadBalancer>> GetLoadBalancer(const std::string& id,
                                                                   std::stop_token stop) override;
  absl::Status DeleteLoadBalancer(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Volume>> ListVolumes(std::stop_token stop) override;
  absl::Status DeleteVolume(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Snapshot>> ListSnapshots(std::stop_token stop) override;
  absl::Status DeleteSnapshot(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<int64_t> CountDroplets(std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Tag>> ListTags(std::stop_token stop) override;
  absl::Status CreateTag(const std::string& name, std::stop_token stop) override;
  absl::Status DeleteTag(const std::string& name, std::stop_token stop) override;
  absl::Status TagResources(const std::string& name,
                            const std::vector<api::TaggedResource>& resources,
                            std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Project>> ListProjects(std::stop_token stop) override;
  absl::StatusOr<api::Project> GetDefaultProject(std::stop_token stop) override;
  absl::StatusOr<std::vector<std::string>> ListProjectResources(const std::string& project_id,
                                                                std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Assignment>> AssignResources(const std::string& project_id,
                                                               const std::vector<std::string>& urns,
                                                               std::stop_token stop) override;

 private:
  struct Failure {
    std::string method;  // "" when it is the n-th call that counts
    int calls_left = 0;
    absl::Status status;
    FailWhen when;
  };
  // What a cluster is on its way to.
  struct Transition {
    int polls_left = 0;
    api::ClusterStatus then;
    std::string version_then;
    bool gone_then = false;
  };

  // Logs the call, fails it if it shall fail, else does it: the frame of every method above.
  template <typename F>
  auto Do(const std::string& method, const std::string& about, std::stop_token stop, F effect)
      -> decltype(effect());
  std::optional<Failure> TakeFailure(const std::string& method);

  // Below: with mutex_ held.
  std::string NewId();
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
  std::vector<api::VpcMember> MembersOf(const std::string& vpc_id) const;
  std::vector<api::KubernetesVersion> UpgradesOf(const api::Cluster& cluster) const;

  mutable std::mutex mutex_;
  FakeCloud cloud_;
  std::map<std::string, Transition> transitions_;  // by cluster id
  std::vector<std::string> calls_;
  std::vector<Failure> failures_;
  std::function<void(const std::string&)> on_call_;
  int next_id_ = 1;
};

}  // namespace kproto::testing
