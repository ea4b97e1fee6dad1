// SPDX-License-Identifier: MPL-2.0
#include "tests/support/fake_registries.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kproto::testing {
namespace {

size_t RegistriesOf(const std::string& tier) { return tier == "professional" ? 10 : 1; }

absl::Status OverLimit() {
  return absl::FailedPreconditionError(
      "registry is not eligible for tier because: [OverRegistryLimit] (precondition_failed, HTTP "
      "412, request fake)");
}

}  // namespace

absl::StatusOr<std::vector<api::Registry>> FakeRegistries::ListRegistries(std::stop_token stop) {
  return Do("ListRegistries", "", stop, [&]() -> absl::StatusOr<std::vector<api::Registry>> {
    return Values(cloud_.registries);
  });
}

absl::StatusOr<std::optional<api::Registry>> FakeRegistries::GetRegistry(const std::string& name,
                                                                         std::stop_token stop) {
  return Do("GetRegistry", name, stop, [&]() -> absl::StatusOr<std::optional<api::Registry>> {
    return Lookup(cloud_.registries, name);
  });
}

absl::StatusOr<api::Registry> FakeRegistries::CreateRegistry(const api::RegistrySpec& spec,
                                                             std::stop_token stop) {
  return Do("CreateRegistry", spec.name, stop, [&]() -> absl::StatusOr<api::Registry> {
    if (spec.name == "taken" || cloud_.registries.count(spec.name) != 0) {
      return absl::AbortedError("name already exists (conflict, HTTP 409, request fake)");
    }
    const std::string tier =
        spec.subscription_tier_slug.empty() ? cloud_.registry_tier : spec.subscription_tier_slug;
    if (tier.empty()) {
      return Refused("subscription_tier_slug is required");
    }
    if (cloud_.registries.size() >= RegistriesOf(tier)) {
      return OverLimit();
    }
    cloud_.registry_tier = tier;
    return cloud_.registries[spec.name] =
               api::Registry{spec.name, spec.region.empty() ? "nyc3" : spec.region, kFakeNow, 0};
  });
}

absl::Status FakeRegistries::DeleteRegistry(const std::string& name, std::stop_token stop) {
  return Do("DeleteRegistry", name, stop, [&]() -> absl::Status {
    cloud_.registries.erase(name);
    for (const auto& [cluster, unused] : cloud_.clusters) {
      std::vector<std::string> left = cloud_.cluster_registries[cluster];
      std::erase(left, name);
      Integrate(cluster, std::move(left));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<api::RegistryOptions> FakeRegistries::GetRegistryOptions(std::stop_token stop) {
  return Do("GetRegistryOptions", "", stop, [&]() -> absl::StatusOr<api::RegistryOptions> {
    return api::RegistryOptions{{"starter", "basic", "professional"}, {"nyc3", "fra1"}};
  });
}

absl::Status FakeRegistries::ValidateRegistryName(const std::string& name, std::stop_token stop) {
  return Do("ValidateRegistryName", name, stop, [&]() -> absl::Status {
    return name == "taken" || cloud_.registries.count(name) != 0
               ? absl::AbortedError("name already exists (conflict, HTTP 409, request fake)")
               : absl::OkStatus();
  });
}

absl::StatusOr<std::optional<api::RegistrySubscription>> FakeRegistries::GetRegistrySubscription(
    std::stop_token stop) {
  return Do("GetRegistrySubscription", "", stop,
            [&]() -> absl::StatusOr<std::optional<api::RegistrySubscription>> {
              if (cloud_.registry_tier.empty()) {
                return std::nullopt;
              }
              const int64_t cents = cloud_.registry_tier == "professional" ? 2000
                                    : cloud_.registry_tier == "basic"      ? 500
                                                                           : 0;
              return api::RegistrySubscription{cloud_.registry_tier, cents};
            });
}

absl::Status FakeRegistries::SetRegistrySubscription(const std::string& tier_slug,
                                                     std::stop_token stop) {
  return Do("SetRegistrySubscription", tier_slug, stop, [&]() -> absl::Status {
    if (cloud_.registries.size() > RegistriesOf(tier_slug)) {
      return OverLimit();
    }
    cloud_.registry_tier = tier_slug;
    return absl::OkStatus();
  });
}

absl::Status FakeRegistries::CheckIntegration(const std::string& cluster_id,
                                              const std::vector<std::string>& registries) const {
  if (cloud_.clusters.count(cluster_id) == 0) {
    return Missing("cluster");
  }
  for (const std::string& name : registries) {
    if (cloud_.registries.count(name) == 0) {
      return Missing(absl::StrCat("registry ", name));
    }
  }
  return absl::OkStatus();
}

void FakeRegistries::Integrate(const std::string& cluster_id, std::vector<std::string> registries) {
  cloud_.clusters[cluster_id].registry_enabled = !registries.empty();
  cloud_.cluster_registries[cluster_id] = std::move(registries);
}

absl::Status FakeRegistries::AddClusterRegistries(const std::string& cluster_id,
                                                  const std::vector<std::string>& registries,
                                                  std::stop_token stop) {
  return Do("AddClusterRegistries", absl::StrJoin(registries, ","), stop, [&]() -> absl::Status {
    if (const absl::Status refused = CheckIntegration(cluster_id, registries); !refused.ok()) {
      return refused;
    }
    std::vector<std::string> all = cloud_.cluster_registries[cluster_id];
    for (const std::string& name : registries) {
      std::erase(all, name);
      all.push_back(name);
    }
    Integrate(cluster_id, std::move(all));
    return absl::OkStatus();
  });
}

absl::Status FakeRegistries::RemoveClusterRegistries(const std::string& cluster_id,
                                                     const std::vector<std::string>& registries,
                                                     std::stop_token stop) {
  return Do("RemoveClusterRegistries", absl::StrJoin(registries, ","), stop, [&]() -> absl::Status {
    if (const absl::Status refused = CheckIntegration(cluster_id, registries); !refused.ok()) {
      return refused;
    }
    std::vector<std::string> left = cloud_.cluster_registries[cluster_id];
    for (const std::string& name : registries) {
      std::erase(left, name);
    }
    Integrate(cluster_id, std::move(left));
    return absl::OkStatus();
  });
}

}  // namespace kproto::testing
