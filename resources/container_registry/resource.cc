// SPDX-License-Identifier: MPL-2.0
#include "resources/container_registry/resource.h"

#include "absl/strings/str_cat.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const ObjectNames& Names() {
  static const auto& names =
      *new ObjectNames{"registry", "container registry", "kproto_container_registry"};
  return names;
}

absl::Status Explain(const absl::Status& status) {
  if (absl::IsAborted(status)) {
    return WithPath(WithHint(status, "Names are unique among everybody's: choose another."),
                    Path("name"));
  }
  if (absl::IsFailedPrecondition(status)) {
    return WithPath(WithHint(status,
                             "A higher subscription_tier_slug, with change_subscription = true, "
                             "allows more registries; it is billed for the whole account."),
                    Path("subscription_tier_slug"));
  }
  return status;
}

// Source: /v2/registries, /v2/registries/subscription.
class RegistryStep : public ObjectStep<SubscribedRegistry> {
 public:
  explicit RegistryStep(ObjectWork<RegistryModel>& work)
      : ObjectStep(Names(), work.Record()), work_(work) {}

  absl::StatusOr<std::vector<SubscribedRegistry>> List(std::stop_token stop) override {
    KPROTO_ASSIGN_OR_RETURN(const auto all, work_.api.ListRegistries(stop));
    return std::vector<SubscribedRegistry>(all.begin(), all.end());
  }
  absl::StatusOr<std::optional<SubscribedRegistry>> Get(const std::string& id,
                                                        std::stop_token stop) override {
    KPROTO_ASSIGN_OR_RETURN(const auto found, work_.api.GetRegistry(id, stop));
    if (!found) {
      return std::nullopt;
    }
    KPROTO_ASSIGN_OR_RETURN(const std::string tier, Tier(stop));
    return SubscribedRegistry(*found, tier);
  }
  // The tier first: a further registry may need a higher one.
  absl::StatusOr<SubscribedRegistry> Create(std::stop_token stop) override {
    KPROTO_ASSIGN_OR_RETURN(std::string tier, Tier(stop));
    ocean::RegistrySpec spec;
    spec.name = WantedName();
    spec.region = work_.wanted.region.value_or("");
    if (tier.empty()) {
      tier = spec.subscription_tier_slug = work_.wanted.subscription_tier_slug.value_or("");
    } else if (IsOther(tier)) {
      KPROTO_RETURN_IF_ERROR(ChangeTier(tier, stop));
      tier = *work_.wanted.subscription_tier_slug;
    }
    const auto made = work_.api.CreateRegistry(spec, stop);
    if (!made.ok()) {
      return Explain(made.status());
    }
    return SubscribedRegistry(*made, tier);
  }
  absl::Status Delete(const std::string& id, std::stop_token stop) override {
    return work_.api.DeleteRegistry(id, stop);
  }
  std::string WantedName() const override { return work_.wanted.name.value_or(""); }
  bool AsAsked(const SubscribedRegistry& live) const override {
    return live.region == work_.wanted.region.value_or(live.region);
  }
  Progress ProgressOf(const SubscribedRegistry&) const override { return {}; }
  std::string DifferenceOf(const SubscribedRegistry& live) const override {
    return live.tier.empty() || !IsOther(live.tier)
               ? ""
               : absl::StrCat("tier ", live.tier, " -> ", *work_.wanted.subscription_tier_slug);
  }
  absl::StatusOr<SubscribedRegistry> Update(const SubscribedRegistry& live,
                                            std::stop_token stop) override {
    KPROTO_RETURN_IF_ERROR(ChangeTier(live.tier, stop));
    return SubscribedRegistry(live.registry, *work_.wanted.subscription_tier_slug);
  }

 private:
  absl::StatusOr<std::string> Tier(std::stop_token stop) {
    KPROTO_ASSIGN_OR_RETURN(const auto subscription, work_.api.GetRegistrySubscription(stop));
    return subscription ? subscription->tier_slug : "";
  }

  bool IsOther(const std::string& tier) const {
    return work_.wanted.subscription_tier_slug.value_or(tier) != tier;
  }

  absl::Status ChangeTier(const std::string& from, std::stop_token stop) {
    const std::string& to = *work_.wanted.subscription_tier_slug;
    if (!work_.wanted.change_subscription.value_or(false)) {
      return WithPath(
          WithHint(absl::FailedPreconditionError(absl::StrCat("the account's subscription is ",
                                                              from, ", not ", to,
                                                              "; it was changed since the plan")),
                   "Plan again. With change_subscription = true it is changed for all registries."),
          Path("subscription_tier_slug"));
    }
    return WithPath(work_.api.SetRegistrySubscription(to, stop), Path("subscription_tier_slug"));
  }

  ObjectWork<RegistryModel>& work_;
};

}  // namespace

ContainerRegistryResource::ContainerRegistryResource(Connections& connections)
    : ObjectResource(connections, Names(), {absl::Minutes(5), absl::Minutes(5), absl::Minutes(5)},
                     "A DigitalOcean container registry. An account may have several; what is "
                     "billed for them is one subscription, which changes only where that is said. "
                     "A `kproto_cluster` names those it pulls from in `registries`.") {}

std::unique_ptr<ObjectStep<SubscribedRegistry>> ContainerRegistryResource::MakeStep(
    ObjectWork<RegistryModel>& work) {
  return std::make_unique<RegistryStep>(work);
}

void ContainerRegistryResource::ReadObject(const SubscribedRegistry& live, RegistryModel& state) {
  ReadRegistry(live.registry, state);
  if (!live.tier.empty()) {
    state.subscription_tier_slug = live.tier;
  }
}

std::string ContainerRegistryResource::IntentKey(const RegistryModel& model) {
  return absl::StrCat("kproto_container_registry/", model.name.value_or(""));
}

bool ContainerRegistryResource::IsFinished(const RegistryModel&) { return true; }

}  // namespace kproto
