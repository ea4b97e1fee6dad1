// SPDX-License-Identifier: MPL-2.0
// RestLoadBalancers: the LoadBalancers part of RestDigitalOcean.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/digitalocean/api.h"
#include "clients/digitalocean/load_balancers.h"

namespace kproto::digitalocean {

class RestLoadBalancers : public virtual LoadBalancers {
 public:
  explicit RestLoadBalancers(Api api) : api_(std::move(api)) {}

  absl::StatusOr<std::vector<LoadBalancer>> ListLoadBalancers(std::stop_token stop) override;
  absl::StatusOr<std::optional<LoadBalancer>> GetLoadBalancer(const std::string& id,
                                                              std::stop_token stop) override;
  absl::StatusOr<LoadBalancer> CreateLoadBalancer(const LoadBalancer& spec,
                                                  std::stop_token stop) override;
  absl::StatusOr<LoadBalancer> UpdateLoadBalancer(const std::string& id, const LoadBalancer& spec,
                                                  std::stop_token stop) override;
  absl::Status ValidateLoadBalancer(const std::optional<std::string>& id, const LoadBalancer& spec,
                                    std::stop_token stop) override;
  absl::Status DeleteLoadBalancer(const std::string& id, std::stop_token stop) override;

 private:
  const Api api_;
};

}  // namespace kproto::digitalocean
