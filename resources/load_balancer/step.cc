// SPDX-License-Identifier: MPL-2.0
#include "resources/load_balancer/step.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "provider/runtime/diagnostics.h"
#include "resources/load_balancer/mapping.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

class BalancerStep : public Step {
 public:
  explicit BalancerStep(BalancerWork& work) : work_(work) {}
  absl::string_view name() const override { return "load balancer"; }

  absl::Status Observe(const StepContext& context) override {
    work_.live.reset();
    if (work_.state.id.is_known()) {
      KPROTO_ASSIGN_OR_RETURN(work_.live, work_.api.GetLoadBalancer(*work_.state.id, context.stop));
    } else if (Adopted()) {
      return ObserveAdopted(context);
    }
    return absl::OkStatus();
  }

  Difference Compare() const override {
    if (!work_.live) {
      return Difference::Missing(absl::StrCat("load balancer ", work_.wanted.name.value_or("")));
    }
    if (work_.live->state != ocean::LoadBalancerState::kActive) {
      return Difference::Differs(absl::StrCat("load balancer is ", work_.live->state_text));
    }
    return WantedBalancer(work_.wanted, *work_.live) == *work_.live
               ? Difference::None()
               : Difference::Differs("settings");
  }

  absl::Status Apply(const StepContext& context) override {
    if (!work_.live) {
      KPROTO_RETURN_IF_ERROR(Create(context));
    }
    KPROTO_RETURN_IF_ERROR(WaitUntilActive(context));
    const ocean::LoadBalancer wanted = WantedBalancer(work_.wanted, *work_.live);
    if (wanted == *work_.live) {
      return absl::OkStatus();
    }
    KPROTO_RETURN_IF_ERROR(Change(wanted, context));
    return WaitUntilActive(context);
  }

  absl::Status Remove(const StepContext& context) override {
    if (!work_.live) {
      return absl::OkStatus();
    }
    const std::string id = work_.live->id;
    if (Adopted()) {
      Log(LogLevel::kInfo, "adopted load balancer is left as it is", {{"load_balancer", id}});
      return absl::OkStatus();
    }
    KPROTO_RETURN_IF_ERROR(
        WhileBusy(context, [&] { return work_.api.DeleteLoadBalancer(id, context.stop); }));
    while (true) {
      KPROTO_ASSIGN_OR_RETURN(work_.live, work_.api.GetLoadBalancer(id, context.stop));
      if (!work_.live) {
        return absl::OkStatus();
      }
      if (!context.clock.Sleep(kBalancerPollInterval, context.stop)) {
        return absl::CancelledError(
            absl::StrCat("stopped waiting for load balancer ", id, " to go; it is being deleted"));
      }
    }
  }

 private:
  bool Adopted() const { return work_.wanted.adopt_id.is_known(); }

  absl::Status ObserveAdopted(const StepContext& context) {
    const std::string& id = *work_.wanted.adopt_id;
    KPROTO_ASSIGN_OR_RETURN(work_.live, work_.api.GetLoadBalancer(id, context.stop));
    if (!work_.live) {
      return WithPath(absl::NotFoundError(absl::StrCat("there is no load balancer with id ", id)),
                      Path("adopt_id"));
    }
    return Found(*work_.live);
  }

  absl::StatusOr<std::optional<ocean::LoadBalancer>> FindByMark(const StepContext& context) {
    KPROTO_ASSIGN_OR_RETURN(const auto all, work_.api.ListLoadBalancers(context.stop));
    const std::string mark = work_.creation->mark();
    for (const ocean::LoadBalancer& balancer : all) {
      if (std::find(balancer.tags.begin(), balancer.tags.end(), mark) != balancer.tags.end()) {
        return balancer;
      }
    }
    return std::nullopt;
  }

  absl::Status Create(const StepContext& context) {
    if (!work_.creation) {
      return absl::NotFoundError("the load balancer is gone; run plan again to see it made anew");
    }
    if (!work_.validated) {
      KPROTO_RETURN_IF_ERROR(DryRun(work_.api, work_.wanted, std::nullopt, context.stop));
    }
    ocean::LoadBalancer asked = WantedBalancer(work_.wanted, {});
    asked.tags = {work_.creation->mark()};
    const absl::StatusOr<ocean::LoadBalancer> made = Creation::Once<ocean::LoadBalancer>(
        [&] { return FindByMark(context); },
        [&] { return work_.api.CreateLoadBalancer(asked, context.stop); });
    return made.ok() ? Found(*made) : Annotate(made.status(), "could not create it");
  }

  absl::Status Found(const ocean::LoadBalancer& balancer) {
    work_.live = balancer;
    work_.state.id = balancer.id;
    return work_.creation ? work_.creation->Note(kBalancerFact, balancer.id) : absl::OkStatus();
  }

  absl::Status WaitUntilActive(const StepContext& context) {
    const std::string id = work_.live->id;
    while (work_.live->state != ocean::LoadBalancerState::kActive) {
      if (work_.live->state == ocean::LoadBalancerState::kErrored) {
        return WithHint(absl::FailedPreconditionError(
                            absl::StrCat("DigitalOcean reports load balancer ", id, " as errored")),
                        "Apply again to replace it.");
      }
      if (!context.clock.Sleep(kBalancerPollInterval, context.stop)) {
        return WithHint(
            absl::CancelledError(absl::StrCat("stopped while waiting for load balancer ", id,
                                              ", which is ", work_.live->state_text)),
            "Nothing is lost: it is in the state.");
      }
      KPROTO_ASSIGN_OR_RETURN(work_.live, work_.api.GetLoadBalancer(id, context.stop));
      if (!work_.live) {
        return absl::NotFoundError(
            absl::StrCat("load balancer ", id, " disappeared while waiting for it"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Change(const ocean::LoadBalancer& wanted, const StepContext& context) {
    return WhileBusy(context, [&]() -> absl::Status {
      KPROTO_ASSIGN_OR_RETURN(work_.live,
                              work_.api.UpdateLoadBalancer(wanted.id, wanted, context.stop));
      return absl::OkStatus();
    });
  }

  // DigitalOcean refuses changes while it works on an earlier one; that passes.
  template <typename Call>
  absl::Status WhileBusy(const StepContext& context, Call call) {
    while (true) {
      const absl::Status status = call();
      if (!absl::StrContains(status.message(), "processes previous actions")) {
        return status;
      }
      if (!context.clock.Sleep(kBalancerPollInterval, context.stop)) {
        return status;
      }
    }
  }

  BalancerWork& work_;
};

// DigitalOcean's words tell which attribute it means.
Path BlamedPath(const absl::Status& status) {
  const std::pair<const char*, const char*> kWords[] = {
      {"forwarding", "forwarding_rules"},
      {"entry", "forwarding_rules"},
      {"target port", "forwarding_rules"},
      {"certificate", "forwarding_rules"},
      {"egion is not", "region"},
      {"VPC", "vpc_uuid"},
      {"roplet", "droplet_ids"},
      {"project", "project_id"},
      {"size", "size_unit"},
      {"health", "health_check"},
      {"firewall", "firewall"},
      {"target load balancer", "target_load_balancer_ids"},
      {"glb", "glb_settings"},
      {"domain", "domains"}};
  for (const auto& [word, attribute] : kWords) {
    if (absl::StrContains(status.message(), word)) {
      return Path(attribute);
    }
  }
  return Path();
}

}  // namespace

absl::Status DryRun(ocean::DigitalOcean& api, const LoadBalancerModel& wanted,
                    const std::optional<ocean::LoadBalancer>& live, std::stop_token stop) {
  const std::optional<std::string> id = live ? std::optional(live->id) : std::nullopt;
  const absl::Status status = api.ValidateLoadBalancer(
      id, WantedBalancer(wanted, live.value_or(ocean::LoadBalancer())), stop);
  if (!absl::IsInvalidArgument(status)) {
    return status;
  }
  return WithPath(status, BlamedPath(status));
}

std::unique_ptr<Step> MakeBalancerStep(BalancerWork& work) {
  return std::make_unique<BalancerStep>(work);
}

}  // namespace kproto
