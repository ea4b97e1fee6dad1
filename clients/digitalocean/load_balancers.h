// SPDX-License-Identifier: MPL-2.0
// LoadBalancers: the part of the DigitalOcean interface that is about load balancers. The rules for
// every call (threads, errors, retries, "not there") are those of digitalocean.h.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/digitalocean/load_balancer_types.h"

namespace kproto::digitalocean {

class LoadBalancers {
 public:
  virtual ~LoadBalancers() = default;

  // GET /v2/load_balancers. Names are not unique.
  virtual absl::StatusOr<std::vector<LoadBalancer>> ListLoadBalancers(std::stop_token stop) = 0;
  // GET /v2/load_balancers/{id}
  virtual absl::StatusOr<std::optional<LoadBalancer>> GetLoadBalancer(const std::string& id,
                                                                      std::stop_token stop) = 0;
  // POST /v2/load_balancers. Accepted only: without an address until it is active.
  virtual absl::StatusOr<LoadBalancer> CreateLoadBalancer(const LoadBalancer& spec,
                                                          std::stop_token stop) = 0;
  // PUT /v2/load_balancers/{id}. Replaces every setting. Unavailable while it is busy with an
  // earlier change; NotFound when it is gone.
  virtual absl::StatusOr<LoadBalancer> UpdateLoadBalancer(const std::string& id,
                                                          const LoadBalancer& spec,
                                                          std::stop_token stop) = 0;
  // POST /v2/load_balancers, or PUT /v2/load_balancers/{id} when there is an id, with
  // validate_only: InvalidArgument says what would be refused. Changes nothing. Source: godo's
  // LoadBalancerRequest, and the cloud controller's admission handler, which makes both calls.
  virtual absl::Status ValidateLoadBalancer(const std::optional<std::string>& id,
                                            const LoadBalancer& spec, std::stop_token stop) = 0;
  // DELETE /v2/load_balancers/{id}
  virtual absl::Status DeleteLoadBalancer(const std::string& id, std::stop_token stop) = 0;
};

}  // namespace kproto::digitalocean
