// SPDX-License-Identifier: MPL-2.0
// SharedReads: the view of DigitalOcean for refreshing and planning (DigitalOcean::ForReading). Any
// number of resources that are read or planned at about the same time cost one list of each kind
// and one look at each catalogue. An answer is reused for a few seconds, and never once the other
// view, through which things are changed and waited for, has made any call since.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "clients/digitalocean/rest_digitalocean.h"
#include "clients/digitalocean/shared_list.h"

namespace kproto::digitalocean {

class SharedReads : public RestDigitalOcean {
 public:
  // `client` and `clock` must outlive it. `changed`: when the last call was made elsewhere that an
  // answer must not be older than.
  SharedReads(http::HttpClient& client, std::string base_url, SecretString token, Clock& clock,
              std::function<absl::Time()> changed);

  absl::StatusOr<Account> GetAccount(std::stop_token stop) override;
  absl::StatusOr<std::vector<Region>> ListRegions(std::stop_token stop) override;
  absl::StatusOr<std::vector<Size>> ListSizes(std::stop_token stop) override;
  absl::StatusOr<KubernetesOptions> GetKubernetesOptions(std::stop_token stop) override;
  absl::StatusOr<std::vector<Cluster>> ListClusters(std::stop_token stop) override;
  absl::StatusOr<std::optional<Cluster>> GetCluster(const std::string& id,
                                                    std::stop_token stop) override;
  absl::StatusOr<std::vector<Vpc>> ListVpcs(std::stop_token stop) override;
  absl::StatusOr<std::optional<Vpc>> GetVpc(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<LoadBalancer>> ListLoadBalancers(std::stop_token stop) override;
  absl::StatusOr<std::optional<LoadBalancer>> GetLoadBalancer(const std::string& id,
                                                              std::stop_token stop) override;
  absl::StatusOr<std::vector<Volume>> ListVolumes(std::stop_token stop) override;
  absl::StatusOr<std::vector<Snapshot>> ListSnapshots(std::stop_token stop) override;
  absl::StatusOr<int64_t> CountDroplets(std::stop_token stop) override;
  absl::StatusOr<std::vector<Project>> ListProjects(std::stop_token stop) override;
  absl::StatusOr<std::vector<std::string>> ListProjectResources(const std::string& project_id,
                                                                std::stop_token stop) override;

 private:
  absl::Time NotBefore() const;

  Clock& clock_;
  const std::function<absl::Time()> changed_;
  SharedAnswer<Account> account_;
  SharedAnswer<std::vector<Region>> regions_;
  SharedAnswer<std::vector<Size>> sizes_;
  SharedAnswer<KubernetesOptions> options_;
  SharedList<Cluster> clusters_;
  SharedList<Vpc> vpcs_;
  SharedList<LoadBalancer> load_balancers_;
  SharedAnswer<std::vector<Volume>> volumes_;
  SharedAnswer<std::vector<Snapshot>> snapshots_;
  SharedAnswer<int64_t> droplets_;
  SharedAnswer<std::vector<Project>> projects_;
  std::mutex mutex_;  // of the next line; an entry stays for good
  std::map<std::string, SharedAnswer<std::vector<std::string>>> resources_;  // by project
};

}  // namespace kproto::digitalocean
