// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/rest_load_balancers.h"

#include "clients/digitalocean/load_balancers_json.h"

namespace kproto::digitalocean {
namespace {

using http::Idempotency;
using http::Method;

constexpr char kPath[] = "/v2/load_balancers";
constexpr char kKey[] = "load_balancer";

}  // namespace

absl::StatusOr<std::vector<LoadBalancer>> RestLoadBalancers::ListLoadBalancers(
    std::stop_token stop) {
  return api_.FetchAll(kPath, "load_balancers", ReadLoadBalancer, stop);
}

absl::StatusOr<std::optional<LoadBalancer>> RestLoadBalancers::GetLoadBalancer(
    const std::string& id, std::stop_token stop) {
  return api_.Find({.path = Under("load_balancers", id)}, kKey, ReadLoadBalancer, stop);
}

absl::StatusOr<LoadBalancer> RestLoadBalancers::CreateLoadBalancer(const LoadBalancer& spec,
                                                                   std::stop_token stop) {
  return api_.Fetch({.method = Method::kPost, .path = kPath, .body = WriteLoadBalancer(spec)}, kKey,
                    ReadLoadBalancer, stop);
}

absl::StatusOr<LoadBalancer> RestLoadBalancers::UpdateLoadBalancer(const std::string& id,
                                                                   const LoadBalancer& spec,
                                                                   std::stop_token stop) {
  return api_.Fetch({.method = Method::kPut,
                     .path = Under("load_balancers", id),
                     .body = WriteLoadBalancerUpdate(spec)},
                    kKey, ReadLoadBalancer, stop);
}

absl::Status RestLoadBalancers::ValidateLoadBalancer(const std::optional<std::string>& id,
                                                     const LoadBalancer& spec,
                                                     std::stop_token stop) {
  Json body = id ? WriteLoadBalancerUpdate(spec) : WriteLoadBalancer(spec);
  body["validate_only"] = true;
  return api_.Do({.method = id ? Method::kPut : Method::kPost,
                  .path = id ? Under("load_balancers", *id) : kPath,
                  .body = std::move(body),
                  .idempotency = Idempotency::kIdempotent},
                 stop);
}

absl::Status RestLoadBalancers::DeleteLoadBalancer(const std::string& id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("load_balancers", id)}, stop);
}

}  // namespace kproto::digitalocean
