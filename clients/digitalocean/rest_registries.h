// SPDX-License-Identifier: MPL-2.0
// RestRegistries: the Registries part of RestDigitalOcean, and how its objects read. The older
// /v2/registry is never called: it is refused once an account has several.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/digitalocean/api.h"
#include "clients/digitalocean/registries.h"

namespace kproto::digitalocean {

Registry ReadRegistry(const JsonView& json);
RegistryOptions ReadRegistryOptions(const JsonView& json);
RegistrySubscription ReadRegistrySubscription(const JsonView& json);

class RestRegistries : public virtual Registries {
 public:
  explicit RestRegistries(Api api) : api_(std::move(api)) {}

  absl::StatusOr<std::vector<Registry>> ListRegistries(std::stop_token stop) override;
  absl::StatusOr<std::optional<Registry>> GetRegistry(const std::string& name,
                                                      std::stop_token stop) override;
  absl::StatusOr<Registry> CreateRegistry(const RegistrySpec& spec, std::stop_token stop) override;
  absl::Status DeleteRegistry(const std::string& name, std::stop_token stop) override;
  absl::StatusOr<RegistryOptions> GetRegistryOptions(std::stop_token stop) override;
  absl::Status ValidateRegistryName(const std::string& name, std::stop_token stop) override;
  absl::StatusOr<std::optional<RegistrySubscription>> GetRegistrySubscription(
      std::stop_token stop) override;
  absl::Status SetRegistrySubscription(const std::string& tier_slug, std::stop_token stop) override;
  absl::Status AddClusterRegistries(const std::string& cluster_id,
                                    const std::vector<std::string>& registries,
                                    std::stop_token stop) override;
  absl::Status RemoveClusterRegistries(const std::string& cluster_id,
                                       const std::vector<std::string>& registries,
                                       std::stop_token stop) override;

 private:
  absl::Status ChangeClusterRegistries(http::Method method, const std::string& cluster_id,
                                       const std::vector<std::string>& registries,
                                       std::stop_token stop) const;

  const Api api_;
};

}  // namespace kproto::digitalocean
