// SPDX-License-Identifier: MPL-2.0
// DigitalOcean: what kproto asks of the cloud, one method per API call. Resources and their steps
// are written against this interface; RestDigitalOcean speaks HTTP, FakeDigitalOcean (tests) keeps
// a cloud in memory. The API path is named at each call.
//
// Rules that hold for every call:
//  - Thread-safe. Blocks until answered; a triggered stop token ends it promptly with Cancelled.
//  - "Not there" is no error: Get returns nullopt, Delete of what is gone succeeds.
//  - Lists are complete: every page is fetched.
//  - Reads, updates and deletes are retried (connection errors, 429, 5xx). A create is sent again
//    only when it certainly was not executed; when a failed create may have been, the status says
//    so (http::MayHaveTakenEffect): look for what it made before asking again.
//  - Errors carry DigitalOcean's message, HTTP status and request id:
//      401 Unauthenticated · 403 PermissionDenied (busy load balancer: Unavailable) · 404 NotFound
//      409 Aborted · 412 FailedPrecondition · 422 InvalidArgument · 429 ResourceExhausted
//      5xx and network Unavailable · request timeout DeadlineExceeded · unreadable answer DataLoss
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/digitalocean/load_balancers.h"
#include "clients/digitalocean/networking.h"
#include "clients/digitalocean/projects.h"
#include "clients/digitalocean/registries.h"
#include "clients/digitalocean/types.h"

namespace kproto::digitalocean {

// The interface of each family of the API has a file of its own; what is here has not moved yet.
// Families are virtual bases, so that an implementation is put together from one class for each.
class DigitalOcean : public virtual Networking,
                     public virtual LoadBalancers,
                     public virtual Projects,
                     public virtual Registries {
 public:
  // The view to refresh and plan with: read only, and what many ask for at about the same time is
  // asked for once. Lives as long as this object. Changes and waits go through this object itself.
  virtual DigitalOcean& ForReading() { return *this; }

  // GET /v2/account. The cheapest proof that a token is good.
  virtual absl::StatusOr<Account> GetAccount(std::stop_token stop) = 0;
  // GET /v2/regions
  virtual absl::StatusOr<std::vector<Region>> ListRegions(std::stop_token stop) = 0;
  // GET /v2/sizes. Every droplet size with its price; not all of them serve as workers.
  virtual absl::StatusOr<std::vector<Size>> ListSizes(std::stop_token stop) = 0;
  // GET /v2/droplets, its total alone: how much of the account's limit is in use, worker nodes
  // included.
  virtual absl::StatusOr<int64_t> CountDroplets(std::stop_token stop) = 0;
  // GET /v2/kubernetes/options. Versions, regions and sizes that DOKS offers now.
  virtual absl::StatusOr<KubernetesOptions> GetKubernetesOptions(std::stop_token stop) = 0;

  // GET /v2/kubernetes/clusters. Names are not unique; newest first.
  virtual absl::StatusOr<std::vector<Cluster>> ListClusters(std::stop_token stop) = 0;
  // GET /v2/kubernetes/clusters/{id}
  virtual absl::StatusOr<std::optional<Cluster>> GetCluster(const std::string& id,
                                                            std::stop_token stop) = 0;
  // As GetCluster, and as of `not_before` or later; for waits. When many wait, one list serves all.
  virtual absl::StatusOr<std::optional<Cluster>> LookAtCluster(const std::string& id,
                                                               absl::Time /*not_before*/,
                                                               std::stop_token stop) {
    return GetCluster(id, stop);
  }
  // POST /v2/kubernetes/clusters. Returns at once, in state provisioning, endpoint still "".
  virtual absl::StatusOr<Cluster> CreateCluster(const ClusterSpec& spec, std::stop_token stop) = 0;
  // PUT /v2/kubernetes/clusters/{id}. NotFound when it is gone.
  virtual absl::StatusOr<Cluster> UpdateCluster(const std::string& id, const ClusterUpdate& update,
                                                std::stop_token stop) = 0;
  // DELETE /v2/kubernetes/clusters/{id}. Accepted only: poll GetCluster until nullopt.
  virtual absl::Status DeleteCluster(const std::string& id, std::stop_token stop) = 0;

  // GET /v2/kubernetes/clusters/{id}/destroy_with_associated_resources. nullopt: no such cluster.
  virtual absl::StatusOr<std::optional<AssociatedResources>> GetAssociatedResources(
      const std::string& cluster_id, std::stop_token stop) = 0;
  // DELETE /v2/kubernetes/clusters/{id}/destroy_with_associated_resources/selective
  virtual absl::Status DeleteClusterSelective(const std::string& id,
                                              const AssociatedSelection& selection,
                                              std::stop_token stop) = 0;
  // DELETE /v2/kubernetes/clusters/{id}/destroy_with_associated_resources/dangerous: everything
  virtual absl::Status DeleteClusterWithEverything(const std::string& id, std::stop_token stop) = 0;

  // GET /v2/kubernetes/clusters/{id}/upgrades. Empty: nothing newer is offered.
  virtual absl::StatusOr<std::vector<KubernetesVersion>> ListUpgrades(const std::string& cluster_id,
                                                                      std::stop_token stop) = 0;
  // POST /v2/kubernetes/clusters/{id}/upgrade. Accepted only: poll the state.
  virtual absl::Status UpgradeCluster(const std::string& id, const std::string& version_slug,
                                      std::stop_token stop) = 0;
  // GET /v2/kubernetes/clusters/{id}/status_messages. `since` in RFC 3339, or "" for all.
  virtual absl::StatusOr<std::vector<StatusMessage>> ListStatusMessages(
      const std::string& cluster_id, const std::string& since, std::stop_token stop) = 0;

  // POST /v2/kubernetes/clusters/{id}/clusterlint: the checks of the group "doks". Returns the id
  // of the run, which is under way: poll GetClusterlint. Repeating it is harmless.
  virtual absl::StatusOr<std::string> RunClusterlint(const std::string& cluster_id,
                                                     std::stop_token stop) = 0;
  // GET /v2/kubernetes/clusters/{id}/clusterlint?run_id=
  virtual absl::StatusOr<std::optional<ClusterlintRun>> GetClusterlint(
      const std::string& cluster_id, const std::string& run_id, std::stop_token stop) = 0;

  // GET /v2/kubernetes/clusters/{id}/credentials. Each call makes a new token; an `expiry` of zero
  // is DigitalOcean's default of seven days. Fails while the cluster has no control plane.
  virtual absl::StatusOr<Credentials> GetCredentials(const std::string& cluster_id,
                                                     absl::Duration expiry,
                                                     std::stop_token stop) = 0;
  // GET /v2/kubernetes/clusters/{id}/kubeconfig. YAML; a new token as above.
  virtual absl::StatusOr<SecretString> GetKubeconfig(const std::string& cluster_id,
                                                     absl::Duration expiry,
                                                     std::stop_token stop) = 0;

  // GET /v2/kubernetes/clusters/{id}/node_pools
  virtual absl::StatusOr<std::vector<NodePool>> ListNodePools(const std::string& cluster_id,
                                                              std::stop_token stop) = 0;
  // GET /v2/kubernetes/clusters/{id}/node_pools/{pool}
  virtual absl::StatusOr<std::optional<NodePool>> GetNodePool(const std::string& cluster_id,
                                                              const std::string& pool_id,
                                                              std::stop_token stop) = 0;
  // POST /v2/kubernetes/clusters/{id}/node_pools. Pool names are unique within a cluster.
  virtual absl::StatusOr<NodePool> CreateNodePool(const std::string& cluster_id,
                                                  const NodePoolSpec& spec,
                                                  std::stop_token stop) = 0;
  // PUT /v2/kubernetes/clusters/{id}/node_pools/{pool}. NotFound when it is gone.
  virtual absl::StatusOr<NodePool> UpdateNodePool(const std::string& cluster_id,
                                                  const std::string& pool_id,
                                                  const NodePoolUpdate& update,
                                                  std::stop_token stop) = 0;
  // DELETE /v2/kubernetes/clusters/{id}/node_pools/{pool}. Nodes are drained afterwards: poll.
  virtual absl::Status DeleteNodePool(const std::string& cluster_id, const std::string& pool_id,
                                      std::stop_token stop) = 0;
  // DELETE /v2/kubernetes/clusters/{id}/node_pools/{pool}/nodes/{node}?skip_drain=&replace=
  virtual absl::Status DeleteNode(const std::string& cluster_id, const std::string& pool_id,
                                  const std::string& node_id, Drain drain, Replacement replacement,
                                  std::stop_token stop) = 0;

  // GET /v2/volumes
  virtual absl::StatusOr<std::vector<Volume>> ListVolumes(std::stop_token stop) = 0;
  // DELETE /v2/volumes/{id}. Aborted (409) while it is attached.
  virtual absl::Status DeleteVolume(const std::string& id, std::stop_token stop) = 0;
  // GET /v2/snapshots. Of volumes and Droplets: see resource_type.
  virtual absl::StatusOr<std::vector<Snapshot>> ListSnapshots(std::stop_token stop) = 0;
  // DELETE /v2/snapshots/{id}
  virtual absl::Status DeleteSnapshot(const std::string& id, std::stop_token stop) = 0;

  // GET /v2/tags
  virtual absl::StatusOr<std::vector<Tag>> ListTags(std::stop_token stop) = 0;
  // POST /v2/tags. Creating one that exists succeeds.
  virtual absl::Status CreateTag(const std::string& name, std::stop_token stop) = 0;
  // DELETE /v2/tags/{name}
  virtual absl::Status DeleteTag(const std::string& name, std::stop_token stop) = 0;
  // POST /v2/tags/{name}/resources. Tagging twice succeeds.
  virtual absl::Status TagResources(const std::string& name,
                                    const std::vector<TaggedResource>& resources,
                                    std::stop_token stop) = 0;
};

}  // namespace kproto::digitalocean
