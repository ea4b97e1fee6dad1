// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet_member/applications_step.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/reconcile/poll_pace.h"
#include "resources/fleet/application_sets.h"

namespace kproto::fleet_member {
namespace {

using fleet::Delivered;
using fleet::Delivering;

}  // namespace

std::vector<Delivering> ApplicationsStep::All(const argocd::VerdictOptions& options) const {
  const std::string revision = work_.secret ? work_.secret->Revision() : "none";
  return fleet::LookAt(work_.sets, work_.applications, work_.wanted.member, revision, options);
}

bool ApplicationsStep::IsMade(const Delivering& one) const {
  if (one.observed == nullptr || one.observed->state.deleting || !work_.secret) {
    return false;
  }
  const auto& annotations = one.observed->application.annotations;
  const auto is = annotations.find(fleet::kRevisionAnnotation);
  return is != annotations.end() &&
         std::any_of(work_.sets.begin(), work_.sets.end(), [&](const Json& set) {
           return is->second == fleet::RevisionOf(set, work_.secret->Revision());
         });
}

absl::Status ApplicationsStep::Observe(const StepContext& context) {
  return work_.hub_is_gone ? absl::OkStatus() : work_.Look(context);
}

Difference ApplicationsStep::Compare() const {
  const std::vector<Delivering> all = All({});
  const auto amiss = std::find_if(all.begin(), all.end(), [](const Delivering& one) {
    return one.delivered != Delivered::kYes;
  });
  return amiss == all.end() ? Difference::None() : Difference::Differs(amiss->ToString());
}

// Until the ApplicationSet controller has made each of this revision. What comes of them is then
// waited for one by one, though Argo CD works on them side by side.
absl::Status ApplicationsStep::WaitForThem(const StepContext& context) {
  PollPace pace(context.clock);
  std::string told;
  while (true) {
    const std::vector<Delivering> all = All({});
    const bool made =
        std::all_of(all.begin(), all.end(), [&](const Delivering& one) { return IsMade(one); });
    if (made) {
      return absl::OkStatus();
    }
    const std::string trouble = fleet::TroubleOf(work_.sets);
    const std::string text =
        absl::StrCat(fleet::Explain(all), trouble.empty() ? "" : "\n", trouble);
    if (text != told) {
      told = text;
      Log(LogLevel::kInfo, "waiting for the member's Applications",
          {{"member", work_.wanted.member}, {"reason", text}});
    }
    if (!context.clock.Sleep(pace.Next(), context.stop)) {
      return WithHint(absl::CancelledError(text),
                      "The hub's ApplicationSet controller makes the Applications: see its log.");
    }
    KPROTO_RETURN_IF_ERROR(Observe(context));
  }
}

absl::Status ApplicationsStep::Apply(const StepContext& context) {
  KPROTO_RETURN_IF_ERROR(WaitForThem(context));
  KPROTO_ASSIGN_OR_RETURN(const auto hub, work_.Hub(context));
  KPROTO_ASSIGN_OR_RETURN(const auto member, work_.Member(context));
  const auto argocd = fleet::ArgoCdOver(hub, context.clock);
  work_.hubs.Changed(work_.ref);
  absl::Status first;
  for (const argocd::Observed& one : work_.applications) {
    argocd::HealthWait wait;
    wait.workloads = member.get();
    wait.progress = [&one](const std::string& reason) {
      Log(LogLevel::kInfo, "waiting for Application",
          {{"application", one.application.name}, {"reason", reason}});
    };
    first = argocd->WaitHealthy(one.application, wait, CallOf(context)).status();
    if (!first.ok()) {
      break;
    }
  }
  const absl::Status looked = Observe({context.clock, {}, absl::Now() + absl::Seconds(15)});
  if (first.ok()) {
    return looked;
  }
  // The others' trouble belongs to the answer as well.
  std::vector<Delivering> others = looked.ok() ? All({}) : std::vector<Delivering>();
  std::erase_if(others, [&](const Delivering& other) {
    return other.observed != nullptr &&
           first.message().find(other.observed->application.name) != absl::string_view::npos;
  });
  const std::string rest = fleet::Explain(std::move(others));
  return rest.empty() ? first
                      : absl::Status(first.code(), absl::StrCat(first.message(), "\n", rest));
}

// The ApplicationSets let go of it: the Applications go, each with its workloads first. The Secret
// stays until then.
absl::Status ApplicationsStep::Leave(kubernetes::Kubernetes& hub, const StepContext& context) {
  const absl::Status left =
      hub.Patch(fleet::SecretKeyOf(work_.ref, work_.wanted.member), kubernetes::PatchType::kMerge,
                {{"metadata", {{"labels", {{fleet::kJoinedLabel, "false"}}}}}}, CallOf(context))
          .status();
  return absl::IsNotFound(left) ? absl::OkStatus() : left;
}

absl::Status ApplicationsStep::Remove(const StepContext& context) {
  if (work_.hub_is_gone) {
    return absl::OkStatus();
  }
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(const auto hub, work_.Hub(context));
  work_.hubs.Changed(work_.ref);
  KPROTO_RETURN_IF_ERROR(Observe(context));
  if (work_.secret) {
    KPROTO_RETURN_IF_ERROR(Leave(*hub, context));
  }
  PollPace pace(context.clock);
  while (true) {
    KPROTO_RETURN_IF_ERROR(Observe(context));
    if (work_.applications.empty()) {
      return absl::OkStatus();
    }
    KPROTO_ASSIGN_OR_RETURN(const fleet::Controllers controllers,
                            fleet::ControllersOn(*hub, work_.ref.argocd_ns, call));
    KPROTO_ASSIGN_OR_RETURN(const bool gone, work_.MemberIsGone(context));
    std::vector<std::string> left;
    for (const argocd::Observed& one : work_.applications) {
      const std::string& name = one.application.name;
      std::vector<std::string> lines = {absl::StrCat("Application ", name)};
      for (const argocd::Condition& condition : one.state.conditions) {
        lines.push_back(absl::StrCat(condition.type, ": ", condition.message));
      }
      left.push_back(absl::StrJoin(lines, ": "));
      // Workloads in a cluster that is gone are gone; without a controller nobody deletes them.
      if ((gone && one.state.deleting) || !controllers.applications) {
        KPROTO_RETURN_IF_ERROR(fleet::LetGo(*hub, argocd::ToObject(one.application), call));
      } else if (!one.state.deleting && (!controllers.application_sets || work_.sets.empty())) {
        KPROTO_RETURN_IF_ERROR(hub->Delete(argocd::ApplicationKey(work_.ref.argocd_ns, name),
                                           kubernetes::Propagation::kBackground, call));
      }
    }
    if (!context.clock.Sleep(pace.Next(), context.stop)) {
      return WithHint(
          absl::CancelledError(absl::StrCat("still being deleted: ", absl::StrJoin(left, "; "))),
          "Argo CD deletes the workloads in the member first: its cluster has to answer. Once "
          "DigitalOcean has no such cluster any more, they are not waited for.");
    }
  }
}

}  // namespace kproto::fleet_member
