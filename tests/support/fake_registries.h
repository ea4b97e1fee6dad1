// SPDX-License-Identifier: MPL-2.0
// FakeRegistries: the Registries part of FakeDigitalOcean. The name "taken" is somebody else's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_api.h"

namespace kproto::testing {

class FakeRegistries : public virtual api::Registries, public virtual FakeApi {
 public:
  absl::StatusOr<std::vector<api::Registry>> ListRegistries(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::Registry>> GetRegistry(const std::string& name,
                                                           std::stop_token stop) override;
  absl::StatusOr<api::Registry> CreateRegistry(const api::RegistrySpec& spec,
                                               std::stop_token stop) override;
  absl::Status DeleteRegistry(const std::string& name, std::stop_token stop) override;
  absl::StatusOr<api::RegistryOptions> GetRegistryOptions(std::stop_token stop) override;
  absl::Status ValidateRegistryName(const std::string& name, std::stop_token stop) override;
  absl::StatusOr<std::optional<api::RegistrySubscription>> GetRegistrySubscription(
      std::stop_token stop) override;
  absl::Status SetRegistrySubscription(const std::string& tier_slug, std::stop_token stop) override;
  absl::Status AddClusterRegistries(const std::string& cluster_id,
                                    const std::vector<std::string>& registries,
                                    std::stop_token stop) override;
  absl::Status RemoveClusterRegistries(const std::string& cluster_id,
                                       const std::vector<std::string>& registries,
                                       std::stop_token stop) override;

 private:
  absl::Status CheckIntegration(const std::string& cluster_id,
                                const std::vector<std::string>& registries) const;
  void Integrate(const std::string& cluster_id, std::vector<std::string> registries);
};

}  // namespace kproto::testing
