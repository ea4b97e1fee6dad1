// SPDX-License-Identifier: MPL-2.0
#include "resources/container_registry/step.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/runtime/diagnostics.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr absl::Duration kPoll = absl::Seconds(5);

class RegistryStep : public Step {
 public:
  explicit RegistryStep(RegistryWork& work) : work_(work) {}
  absl::string_view name() const override { return "registry"; }

  absl::Status Observe(const StepContext& context) override {
    work_.live.reset();
    if (work_.state.id.is_known()) {
      KPROTO_ASSIGN_OR_RETURN(work_.live, work_.api.GetRegistry(*work_.state.id, context.stop));
    }
    KPROTO_ASSIGN_OR_RETURN(const auto subscription,
                            work_.api.GetRegistrySubscription(context.stop));
    work_.tier = subscription ? subscription->tier_slug : "";
    return absl::OkStatus();
  }

  Difference Compare() const override {
    if (!work_.live) {
      return Difference::Missing(absl::StrCat("registry ", work_.wanted.name.value_or("")));
    }
    return OtherTier() ? Difference::Differs(absl::StrCat("tier ", work_.tier, " -> ",
                                                          *work_.wanted.subscription_tier_slug))
                       : Difference::None();
  }

  // The tier first: a further registry may need a higher one.
  absl::Status Apply(const StepContext& context) override {
    if (OtherTier() && !work_.tier.empty()) {
      KPROTO_RETURN_IF_ERROR(ChangeTier(context));
    }
    return work_.live ? absl::OkStatus() : Create(context);
  }

  absl::Status Remove(const StepContext& context) override {
    while (work_.live) {
      KPROTO_RETURN_IF_ERROR(work_.api.DeleteRegistry(work_.live->name, context.stop));
      KPROTO_ASSIGN_OR_RETURN(work_.live, work_.api.GetRegistry(work_.live->name, context.stop));
      if (work_.live && !context.clock.Sleep(kPoll, context.stop)) {
        return absl::CancelledError("stopped waiting for the registry to go");
      }
    }
    return absl::OkStatus();
  }

 private:
  bool OtherTier() const {
    return work_.wanted.subscription_tier_slug.is_known() &&
           *work_.wanted.subscription_tier_slug != work_.tier;
  }

  absl::Status ChangeTier(const StepContext& context) {
    const std::string& tier = *work_.wanted.subscription_tier_slug;
    if (!work_.wanted.change_subscription.value_or(false)) {
      return WithPath(
          WithHint(absl::FailedPreconditionError(absl::StrCat("the account's subscription is ",
                                                              work_.tier, ", not ", tier,
                                                              "; it was changed since the plan")),
                   "Plan again. With change_subscription = true it is changed for all registries."),
          Path("subscription_tier_slug"));
    }
    KPROTO_RETURN_IF_ERROR(WithPath(work_.api.SetRegistrySubscription(tier, context.stop),
                                    Path("subscription_tier_slug")));
    work_.tier = tier;
    return absl::OkStatus();
  }

  // A registry bears no mark. That it was asked for is noted before the call, so that one of the
  // name is ours only if this intent has asked for it.
  absl::StatusOr<std::optional<ocean::Registry>> Find(const StepContext& context) {
    const std::string name = work_.wanted.name.value_or("");
    KPROTO_ASSIGN_OR_RETURN(auto found, work_.api.GetRegistry(name, context.stop));
    if (found && work_.creation->fact(kRegistryFact) != name) {
      return WithPath(
          WithHint(absl::AlreadyExistsError(
                       absl::StrCat("the account has a registry named \"", name, "\" already")),
                   absl::StrCat("To manage it here: tofu import kproto_container_registry.NAME ",
                                name, ". Otherwise choose another name.")),
          Path("name"));
    }
    return found;
  }

  absl::Status Create(const StepContext& context) {
    if (!work_.creation) {
      return absl::NotFoundError("the registry is gone; run plan again to see it made anew");
    }
    ocean::RegistrySpec spec;
    spec.name = work_.wanted.name.value_or("");
    spec.region = work_.wanted.region.value_or("");
    if (work_.tier.empty()) {
      spec.subscription_tier_slug = work_.wanted.subscription_tier_slug.value_or("");
    }
    const auto made = Creation::Once<ocean::Registry>(
        [&] { return Find(context); },
        [&]() -> absl::StatusOr<ocean::Registry> {
          KPROTO_RETURN_IF_ERROR(work_.creation->Note(kRegistryFact, spec.name));
          return work_.api.CreateRegistry(spec, context.stop);
        });
    if (!made.ok()) {
      return Explain(made.status());
    }
    work_.live = *made;
    work_.state.id = made->name;
    if (!spec.subscription_tier_slug.empty()) {
      work_.tier = spec.subscription_tier_slug;
    }
    return absl::OkStatus();
  }

  static absl::Status Explain(const absl::Status& status) {
    if (absl::IsAborted(status)) {
      return WithPath(WithHint(status, "Names are unique among everybody's: choose another."),
                      Path("name"));
    }
    if (absl::IsFailedPrecondition(status)) {
      return WithPath(WithHint(status,
                               "A higher subscription_tier_slug, with change_subscription "
                               "= true, allows more registries; it is billed for the "
                               "whole account."),
                      Path("subscription_tier_slug"));
    }
    return status;
  }

  RegistryWork& work_;
};

}  // namespace

std::unique_ptr<Step> MakeRegistryStep(RegistryWork& work) {
  return std::make_unique<RegistryStep>(work);
}

}  // namespace kproto
