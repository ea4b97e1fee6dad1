// SPDX-License-Identifier: MPL-2.0
// Registries: the part of the DigitalOcean interface that is about container registries, and about
// which cluster may pull from which. The rules for every call are those of digitalocean.h.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kproto::digitalocean {

// A registry is its name: there is no other id.
struct Registry {
  std::string name, region, created_at;
  int64_t storage_usage_bytes = 0;
};

struct RegistrySpec {
  std::string name;                    // unique among everybody's
  std::string region;                  // "" lets DigitalOcean choose
  std::string subscription_tier_slug;  // "" leaves the account's subscription as it is
};

// What DigitalOcean offers now.
struct RegistryOptions {
  std::vector<std::string> tiers;  // slugs
  std::vector<std::string> regions;
};

// What the account pays for all its registries together.
struct RegistrySubscription {
  std::string tier_slug;  // starter | basic | professional
  int64_t monthly_price_cents = 0;
};

class Registries {
 public:
  virtual ~Registries() = default;

  // GET /v2/registries
  virtual absl::StatusOr<std::vector<Registry>> ListRegistries(std::stop_token stop) = 0;
  // GET /v2/registries/{name}
  virtual absl::StatusOr<std::optional<Registry>> GetRegistry(const std::string& name,
                                                              std::stop_token stop) = 0;
  // POST /v2/registries. A tier in `spec` becomes the whole account's. Aborted (409) when somebody
  // has the name, FailedPrecondition (412) when the tier allows no further registry.
  virtual absl::StatusOr<Registry> CreateRegistry(const RegistrySpec& spec,
                                                  std::stop_token stop) = 0;
  // DELETE /v2/registries/{name}
  virtual absl::Status DeleteRegistry(const std::string& name, std::stop_token stop) = 0;
  // GET /v2/registries/options
  virtual absl::StatusOr<RegistryOptions> GetRegistryOptions(std::stop_token stop) = 0;
  // POST /v2/registries/validate-name. Changes nothing. Aborted (409) when somebody has the name,
  // InvalidArgument when it is none.
  virtual absl::Status ValidateRegistryName(const std::string& name, std::stop_token stop) = 0;
  // GET /v2/registries/subscription. nullopt: the account has none.
  virtual absl::StatusOr<std::optional<RegistrySubscription>> GetRegistrySubscription(
      std::stop_token stop) = 0;
  // POST /v2/registries/subscription. FailedPrecondition (412) when what there is exceeds the tier.
  virtual absl::Status SetRegistrySubscription(const std::string& tier_slug,
                                               std::stop_token stop) = 0;

  // POST /v2/kubernetes/registries. A cluster shows only that it has some (registry_enabled).
  virtual absl::Status AddClusterRegistries(const std::string& cluster_id,
                                            const std::vector<std::string>& registries,
                                            std::stop_token stop) = 0;
  // DELETE /v2/kubernetes/registries. NotFound when the cluster or a registry is gone.
  virtual absl::Status RemoveClusterRegistries(const std::string& cluster_id,
                                               const std::vector<std::string>& registries,
                                               std::stop_token stop) = 0;
};

}  // namespace kproto::digitalocean
