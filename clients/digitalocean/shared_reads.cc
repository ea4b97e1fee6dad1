// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/shared_reads.h"

#include <algorithm>
#include <utility>

namespace kproto::digitalocean {
namespace {

// Wall time: how long the host may take from one resource to the next.
constexpr absl::Duration kReusedFor = absl::Seconds(5);

template <typename T>
absl::StatusOr<T> Copy(absl::StatusOr<std::shared_ptr<const T>> answer) {
  KPROTO_RETURN_IF_ERROR(answer.status());
  return **answer;
}

}  // namespace

SharedReads::SharedReads(http::HttpClient& client, std::string base_url, SecretString token,
                         Clock& clock, std::function<absl::Time()> changed)
    : RestDigitalOcean(client, std::move(base_url), std::move(token)),
      clock_(clock),
      changed_(std::move(changed)),
      account_(clock, [this](std::stop_token s) { return RestDigitalOcean::GetAccount(s); }),
      regions_(clock, [this](std::stop_token s) { return RestDigitalOcean::ListRegions(s); }),
      sizes_(clock, [this](std::stop_token s) { return RestDigitalOcean::ListSizes(s); }),
      options_(clock,
               [this](std::stop_token s) { return RestDigitalOcean::GetKubernetesOptions(s); }),
      clusters_(
          clock, [this](std::stop_token s) { return RestDigitalOcean::ListClusters(s); },
          [this](const std::string& id, std::stop_token s) {
            return RestDigitalOcean::GetCluster(id, s);
          }),
      vpcs_(
          clock, [this](std::stop_token s) { return RestDigitalOcean::ListVpcs(s); },
          [this](const std::string& id, std::stop_token s) {
            return RestDigitalOcean::GetVpc(id, s);
          }),
      load_balancers_(
          clock, [this](std::stop_token s) { return RestDigitalOcean::ListLoadBalancers(s); },
          [this](const std::string& id, std::stop_token s) {
            return RestDigitalOcean::GetLoadBalancer(id, s);
          }),
      volumes_(clock, [this](std::stop_token s) { return RestDigitalOcean::ListVolumes(s); }),
      snapshots_(clock, [this](std::stop_token s) { return RestDigitalOcean::ListSnapshots(s); }),
      droplets_(clock, [this](std::stop_token s) { return RestDigitalOcean::CountDroplets(s); }),
      projects_(clock, [this](std::stop_token s) { return RestDigitalOcean::ListProjects(s); }) {}

absl::Time SharedReads::NotBefore() const {
  return std::max(changed_(), clock_.Now() - kReusedFor);
}

absl::StatusOr<Account> SharedReads::GetAccount(std::stop_token stop) {
  return Copy(account_.Get(NotBefore(), stop));
}

absl::StatusOr<std::vector<Region>> SharedReads::ListRegions(std::stop_token stop) {
  return Copy(regions_.Get(NotBefore(), stop));
}

absl::StatusOr<std::vector<Size>> SharedReads::ListSizes(std::stop_token stop) {
  return Copy(sizes_.Get(NotBefore(), stop));
}

absl::StatusOr<KubernetesOptions> SharedReads::GetKubernetesOptions(std::stop_token stop) {
  return Copy(options_.Get(NotBefore(), stop));
}

absl::StatusOr<std::vector<Cluster>> SharedReads::ListClusters(std::stop_token stop) {
  return clusters_.All(NotBefore(), stop);
}

absl::StatusOr<std::optional<Cluster>> SharedReads::GetCluster(const std::string& id,
                                                               std::stop_token stop) {
  return clusters_.One(id, NotBefore(), stop);
}

absl::StatusOr<std::vector<Vpc>> SharedReads::ListVpcs(std::stop_token stop) {
  return vpcs_.All(NotBefore(), stop);
}

absl::StatusOr<std::optional<Vpc>> SharedReads::GetVpc(const std::string& id,
                                                       std::stop_token stop) {
  return vpcs_.One(id, NotBefore(), stop);
}

absl::StatusOr<std::vector<LoadBalancer>> SharedReads::ListLoadBalancers(std::stop_token stop) {
  return load_balancers_.All(NotBefore(), stop);
}

absl::StatusOr<std::optional<LoadBalancer>> SharedReads::GetLoadBalancer(const std::string& id,
                                                                         std::stop_token stop) {
  return load_balancers_.One(id, NotBefore(), stop);
}

absl::StatusOr<std::vector<Volume>> SharedReads::ListVolumes(std::stop_token stop) {
  return Copy(volumes_.Get(NotBefore(), stop));
}

absl::StatusOr<std::vector<Snapshot>> SharedReads::ListSnapshots(std::stop_token stop) {
  return Copy(snapshots_.Get(NotBefore(), stop));
}

absl::StatusOr<int64_t> SharedReads::CountDroplets(std::stop_token stop) {
  return Copy(droplets_.Get(NotBefore(), stop));
}

absl::StatusOr<std::vector<Project>> SharedReads::ListProjects(std::stop_token stop) {
  return Copy(projects_.Get(NotBefore(), stop));
}

absl::StatusOr<std::vector<std::string>> SharedReads::ListProjectResources(
    const std::string& project_id, std::stop_token stop) {
  const auto ask = [this, project_id](std::stop_token s) {
    return RestDigitalOcean::ListProjectResources(project_id, s);
  };
  SharedAnswer<std::vector<std::string>>* answer;
  {
    const std::lock_guard lock(mutex_);
    answer = &resources_.try_emplace(project_id, clock_, ask).first->second;
  }
  return Copy(answer->Get(NotBefore(), stop));
}

}  // namespace kproto::digitalocean
