// SPDX-License-Identifier: MPL-2.0
// Planning a kproto_container_registry: what DigitalOcean would refuse, and what the account's
// subscription would become. Reads only.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "resources/container_registry/resource.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

void CheckOffered(const char* attribute, const Attr<std::string>& wanted,
                  const std::vector<std::string>& offered, Diagnostics& diagnostics) {
  if (wanted.is_known() && !offered.empty() &&
      std::find(offered.begin(), offered.end(), *wanted) == offered.end()) {
    diagnostics.AddError("Not offered",
                         absl::StrCat(attribute, ": DigitalOcean offers no \"", *wanted,
                                      "\". Offered: ", absl::StrJoin(offered, ", "), "."),
                         Path(attribute));
  }
}

// Somebody else's name can be told beforehand; one of the account's own is told on apply, with how
// to import it, because a create may be going on with what an earlier run made.
absl::Status CheckName(ocean::DigitalOcean& api, const std::string& name, std::stop_token stop) {
  const absl::Status free = api.ValidateRegistryName(name, stop);
  if (!absl::IsAborted(free)) {
    return WithPath(free, Path("name"));
  }
  KPROTO_ASSIGN_OR_RETURN(const auto own, api.GetRegistry(name, stop));
  return own ? absl::OkStatus()
             : WithPath(absl::AlreadyExistsError(absl::StrCat(
                            "the name \"", name, "\" belongs to somebody; choose another")),
                        Path("name"));
}

// The tier is the whole account's: it changes only where that is said.
void PlanTier(const std::string& tier, const RegistryModel& config, RegistryModel& planned,
              Diagnostics& diagnostics) {
  const Path path("subscription_tier_slug");
  if (config.subscription_tier_slug.is_null()) {
    if (tier.empty()) {
      diagnostics.AddError("The account has no registry subscription",
                           "Write subscription_tier_slug, such as \"basic\": it is billed for the "
                           "whole account.",
                           path);
    } else {
      planned.subscription_tier_slug = tier;
    }
    return;
  }
  if (!config.subscription_tier_slug.is_known() || tier.empty() ||
      *config.subscription_tier_slug == tier || config.change_subscription.is_unknown()) {
    return;
  }
  if (!config.change_subscription.value_or(false)) {
    diagnostics.AddError(
        "The account has another registry subscription",
        absl::StrCat("subscription_tier_slug: the account has \"", tier,
                     "\", for all its "
                     "registries. Leave the argument out to keep it, or write change_subscription "
                     "= true to change what is billed to \"",
                     *config.subscription_tier_slug, "\"."),
        path);
    return;
  }
  diagnostics.AddWarning("The account's registry subscription changes",
                         absl::StrCat("From \"", tier, "\" to \"", *config.subscription_tier_slug,
                                      "\", for all registries of the account."),
                         path);
}

absl::Status Check(ocean::DigitalOcean& api, bool creating, const RegistryModel& config,
                   RegistryModel& planned, Operation& operation) {
  const std::stop_token stop = operation.request.stop;
  KPROTO_ASSIGN_OR_RETURN(const ocean::RegistryOptions options, api.GetRegistryOptions(stop));
  CheckOffered("region", config.region, options.regions, operation.diagnostics);
  CheckOffered("subscription_tier_slug", config.subscription_tier_slug, options.tiers,
               operation.diagnostics);
  KPROTO_ASSIGN_OR_RETURN(const auto subscription, api.GetRegistrySubscription(stop));
  PlanTier(subscription ? subscription->tier_slug : "", config, planned, operation.diagnostics);
  return creating && planned.name.is_known() ? CheckName(api, *planned.name, stop)
                                             : absl::OkStatus();
}

}  // namespace

void ContainerRegistryResource::CheckPlan(ocean::DigitalOcean& api, Planning<RegistryModel>& plan) {
  const bool same = plan.prior != nullptr && RegistryModel::Fields().Encode(plan.planned) ==
                                                 RegistryModel::Fields().Encode(*plan.prior);
  if (!same && plan.replace.empty()) {
    plan.operation.diagnostics.AddStatus(
        Check(api, plan.prior == nullptr, plan.config, plan.planned, plan.operation),
        "The registry cannot be had");
  }
}

}  // namespace kproto
