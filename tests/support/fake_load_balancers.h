// SPDX-License-Identifier: MPL-2.0
// FakeLoadBalancers: the LoadBalancers part of FakeDigitalOcean. A load balancer becomes active
// after some looks at it, is then busy for one refused PUT after each change, and forgets whatever
// a PUT leaves out.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/fake_api.h"

namespace kproto::testing {

class FakeLoadBalancers : public virtual api::LoadBalancers, public virtual FakeApi {
 public:
  absl::StatusOr<std::vector<api::LoadBalancer>> ListLoadBalancers(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::LoadBalancer>> GetLoadBalancer(const std::string& id,
                                                                   std::stop_token stop) override;
  absl::StatusOr<api::LoadBalancer> CreateLoadBalancer(const api::LoadBalancer& spec,
                                                       std::stop_token stop) override;
  absl::StatusOr<api::LoadBalancer> UpdateLoadBalancer(const std::string& id,
                                                       const api::LoadBalancer& spec,
                                                       std::stop_token stop) override;
  absl::Status ValidateLoadBalancer(const std::optional<std::string>& id,
                                    const api::LoadBalancer& spec, std::stop_token stop) override;
  absl::Status DeleteLoadBalancer(const std::string& id, std::stop_token stop) override;

 private:
  void Poll(api::LoadBalancer& balancer);
  void Assign(const api::LoadBalancer& balancer);

  std::set<std::string> busy_;  // ids; each refuses one PUT
};

}  // namespace kproto::testing
