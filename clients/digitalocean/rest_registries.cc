// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/rest_registries.h"

#include "clients/digitalocean/api_error.h"
#include "clients/digitalocean/write_parts.h"

namespace kproto::digitalocean {
namespace {

using http::Idempotency;
using http::Method;

constexpr char kSubscription[] = "/v2/registries/subscription";

Json WriteRegistrySpec(const RegistrySpec& spec) {
  Json json = {{"name", spec.name}};
  PutText(json, "region", spec.region);
  PutText(json, "subscription_tier_slug", spec.subscription_tier_slug);
  return json;
}

std::string ReadSlug(const JsonView& json) { return json.RequiredText("slug"); }

}  // namespace

Registry ReadRegistry(const JsonView& json) {
  Registry registry;
  registry.name = json.RequiredText("name");
  registry.region = json.Text("region");
  registry.created_at = json.Text("created_at");
  registry.storage_usage_bytes = json.Integer("storage_usage_bytes");
  return registry;
}

RegistryOptions ReadRegistryOptions(const JsonView& json) {
  return {json.List("subscription_tiers", ReadSlug), json.Texts("available_regions")};
}

RegistrySubscription ReadRegistrySubscription(const JsonView& json) {
  const JsonView tier = json.At("tier");
  return {tier.RequiredText("slug"), tier.Integer("monthly_price_in_cents")};
}

absl::StatusOr<std::vector<Registry>> RestRegistries::ListRegistries(std::stop_token stop) {
  return api_.FetchAll("/v2/registries", "registries", ReadRegistry, stop);
}

absl::StatusOr<std::optional<Registry>> RestRegistries::GetRegistry(const std::string& name,
                                                                    std::stop_token stop) {
  return api_.Find({.path = Under("registries", name)}, "registry", ReadRegistry, stop);
}

absl::StatusOr<Registry> RestRegistries::CreateRegistry(const RegistrySpec& spec,
                                                        std::stop_token stop) {
  return api_.Fetch(
      {.method = Method::kPost, .path = "/v2/registries", .body = WriteRegistrySpec(spec)},
      "registry", ReadRegistry, stop);
}

absl::Status RestRegistries::DeleteRegistry(const std::string& name, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("registries", name)}, stop);
}

absl::StatusOr<RegistryOptions> RestRegistries::GetRegistryOptions(std::stop_token stop) {
  return api_.Fetch({.path = "/v2/registries/options"}, "options", ReadRegistryOptions, stop);
}

absl::Status RestRegistries::ValidateRegistryName(const std::string& name, std::stop_token stop) {
  return api_.Do({.method = Method::kPost,
                  .path = "/v2/registries/validate-name",
                  .body = Json{{"name", name}},
                  .idempotency = Idempotency::kIdempotent},
                 stop);
}

absl::StatusOr<std::optional<RegistrySubscription>> RestRegistries::GetRegistrySubscription(
    std::stop_token stop) {
  return api_.Find({.path = kSubscription}, "subscription", ReadRegistrySubscription, stop);
}

absl::Status RestRegistries::SetRegistrySubscription(const std::string& tier_slug,
                                                     std::stop_token stop) {
  return api_.Do({.method = Method::kPost,
                  .path = kSubscription,
                  .body = Json{{"tier_slug", tier_slug}},
                  .idempotency = Idempotency::kIdempotent},
                 stop);
}

absl::Status RestRegistries::AddClusterRegistries(const std::string& cluster_id,
                                                  const std::vector<std::string>& registries,
                                                  std::stop_token stop) {
  return ChangeClusterRegistries(Method::kPost, cluster_id, registries, stop);
}

absl::Status RestRegistries::RemoveClusterRegistries(const std::string& cluster_id,
                                                     const std::vector<std::string>& registries,
                                                     std::stop_token stop) {
  return ChangeClusterRegistries(Method::kDelete, cluster_id, registries, stop);
}

// Not through Do, for which a DELETE that finds nothing has succeeded: one bad name of several must
// not pass for all of them.
absl::Status RestRegistries::ChangeClusterRegistries(Method method, const std::string& cluster_id,
                                                     const std::vector<std::string>& registries,
                                                     std::stop_token stop) const {
  const Call call{.method = method,
                  .path = "/v2/kubernetes/registries",
                  .body = Json{{"cluster_uuids", {cluster_id}}, {"registries", registries}},
                  .idempotency = Idempotency::kIdempotent};
  KPROTO_ASSIGN_OR_RETURN(const http::Response response, api_.Send(call, stop));
  return response.code >= 200 && response.code < 300 ? absl::OkStatus() : ErrorOf(response);
}

}  // namespace kproto::digitalocean
