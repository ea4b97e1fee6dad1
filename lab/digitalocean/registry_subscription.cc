// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/registry_subscription.h"

namespace kproto::lab {
namespace {

constexpr RegistryTier kTiers[] = {{"starter", "Starter", 1, 1, 0, 0},
                                   {"basic", "Basic", 1, 5, 5, 500},
                                   {"professional", "Professional", 10, 0, 100, 2000}};

Json& Subscription(Cloud* cloud) { return cloud->store.root()["registry_subscription"]; }

bool Fits(Cloud* cloud, const RegistryTier& tier) {
  return static_cast<int>(cloud->store.All("registries").size()) <= tier.registries;
}

Json Describe(Cloud* cloud, const RegistryTier& tier) {
  constexpr int64_t kMib = 1 << 20;
  Json json = {{"name", tier.name},
               {"slug", tier.slug},
               {"included_repositories", tier.repositories},
               {"included_storage_bytes",
                tier.storage_gib == 0 ? 500 * kMib : tier.storage_gib * 1024 * kMib},
               {"allow_storage_overage", tier.cents_monthly > 0},
               {"included_bandwidth_bytes", tier.storage_gib * 1024 * kMib},
               {"monthly_price_in_cents", tier.cents_monthly},
               {"eligible", Fits(cloud, tier)}};
  if (!Fits(cloud, tier)) {
    json["eligibility_reasons"] = {"OverRegistryLimit"};
  }
  return json;
}

ApiResponse ShowSubscription(Cloud* cloud) {
  const RegistryTier* tier = FindRegistryTier(SubscribedTier(cloud));
  if (tier == nullptr) {
    return NotFound("subscription not found");
  }
  return Ok({{"subscription",
              {{"tier", Describe(cloud, *tier)},
               {"created_at", StringField(Subscription(cloud), "created_at")},
               {"updated_at", StringField(Subscription(cloud), "updated_at")}}}});
}

ApiResponse ChangeSubscription(Cloud* cloud, const ApiRequest& request) {
  const RegistryTier* tier = FindRegistryTier(StringField(request.body, "tier_slug"));
  if (tier == nullptr) {
    return Unprocessable("invalid subscription tier");
  }
  if (!Fits(cloud, *tier)) {
    return Error(412, "registry is not eligible for tier because: [OverRegistryLimit]");
  }
  Subscribe(cloud, *tier);
  return ShowSubscription(cloud);
}

ApiResponse ShowOptions(Cloud* cloud) {
  Json tiers = Json::array();
  for (const RegistryTier& tier : kTiers) {
    tiers.push_back(Describe(cloud, tier));
  }
  return Ok({{"options",
              {{"subscription_tiers", tiers},
               {"available_regions",
                {"nyc3", "sfo3", "sfo2", "ams3", "sgp1", "fra1", "blr1", "syd1"}}}}});
}

}  // namespace

const RegistryTier* FindRegistryTier(const std::string& slug) {
  for (const RegistryTier& tier : kTiers) {
    if (slug == tier.slug) {
      return &tier;
    }
  }
  return nullptr;
}

std::string SubscribedTier(Cloud* cloud) { return StringField(Subscription(cloud), "tier"); }

void Subscribe(Cloud* cloud, const RegistryTier& tier) {
  Json& subscription = Subscription(cloud);
  if (!subscription.is_object()) {
    subscription = {{"created_at", cloud->time.Stamp()}};
  }
  subscription["tier"] = tier.slug;
  subscription["updated_at"] = cloud->time.Stamp();
  cloud->store.Touch();
}

void ServeRegistrySubscription(Cloud* cloud, Router* router, const std::string& root) {
  router->Add("GET", root + "/options", [cloud](const ApiRequest&) { return ShowOptions(cloud); });
  router->Add("GET", root + "/subscription",
              [cloud](const ApiRequest&) { return ShowSubscription(cloud); });
  router->Add("POST", root + "/subscription",
              [cloud](const ApiRequest& request) { return ChangeSubscription(cloud, request); });
}

}  // namespace kproto::lab
