// SPDX-License-Identifier: MPL-2.0
// CrdArgoCd: the ArgoCd that speaks to Argo CD's custom resources.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/argocd/argocd.h"
#include "clients/argocd/explain.h"
#include "clients/kubernetes/held_by.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::argocd {
namespace {

using kubernetes::Conflicts;
using kubernetes::Kubernetes;
using kubernetes::PatchType;
using kubernetes::Propagation;

constexpr char kRefreshAnnotation[] = "argocd.argoproj.io/refresh";

// Asking why must be possible when the time for waiting is over.
constexpr absl::Duration kTimeToExplain = absl::Seconds(15);

std::string Title(const std::string& ns, const std::string& name) {
  return absl::StrCat("Application ", ns, "/", name);
}

class CrdArgoCd : public ArgoCd {
 public:
  CrdArgoCd(Kubernetes* kubernetes, Clock* clock) : kubernetes_(*kubernetes), clock_(*clock) {}

  absl::StatusOr<std::optional<Observed>> GetApplication(const std::string& ns,
                                                         const std::string& name,
                                                         const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> object,
                            kubernetes_.Get(ApplicationKey(ns, name), call));
    if (!object.has_value()) {
      return std::nullopt;
    }
    return std::optional<Observed>(Read(*object));
  }

  absl::StatusOr<Observed> ApplyApplication(const Application& application,
                                            const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(const Json object,
                            kubernetes_.Apply(ToObject(application), Conflicts::kForce, call));
    return Read(object);
  }

  absl::Status DeleteApplication(const std::string& ns, const std::string& name,
                                 const Call& call) override {
    // The order (workloads first) is the finalizer's doing; Kubernetes' own has no part in it.
    return kubernetes_.Delete(ApplicationKey(ns, name), Propagation::kBackground, call);
  }

  absl::Status WaitDeleted(const std::string& ns, const std::string& name,
                           const Call& call) override;

  absl::StatusOr<std::optional<AppProject>> GetProject(const std::string& ns,
                                                       const std::string& name,
                                                       const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> object,
                            kubernetes_.Get(AppProjectKey(ns, name), call));
    if (!object.has_value()) {
      return std::nullopt;
    }
    return std::optional<AppProject>(AppProjectFrom(*object));
  }

  absl::Status ApplyProject(const AppProject& project, const Call& call) override {
    return kubernetes_.Apply(ToObject(project), Conflicts::kForce, call).status();
  }

  absl::Status DeleteProject(const std::string& ns, const std::string& name,
                             const Call& call) override {
    return kubernetes_.Delete(AppProjectKey(ns, name), Propagation::kBackground, call);
  }

  absl::Status Refresh(const std::string& ns, const std::string& name, RefreshType type,
                       const Call& call) override {
    const Json patch = {
        {"metadata",
         {{"annotations",
           {{kRefreshAnnotation, type == RefreshType::kHard ? "hard" : "normal"}}}}}};
    return kubernetes_.Patch(ApplicationKey(ns, name), PatchType::kMerge, patch, call).status();
  }

  absl::Status Sync(const std::string& ns, const std::string& name, const Call& call) override;

  absl::StatusOr<ApplicationState> WaitHealthy(const Application& want, const HealthWait& wait,
                                               const Call& call) override;

 private:
  Observed Read(const Json& object) {
    return {ApplicationFrom(object), StateFrom(object, clock_.Now())};
  }

  void AppendRemaining(const std::vector<ResourceState>& resources, const Call& call,
                       std::string& text, std::string& hint);

  Call CallToExplain(const Call& call) { return {clock_.Now() + kTimeToExplain, call.stop}; }

  Kubernetes& kubernetes_;
  Clock& clock_;
};

absl::Status CrdArgoCd::WaitDeleted(const std::string& ns, const std::string& name,
                                    const Call& call) {
  const absl::Status status = kubernetes::WaitDeleted(kubernetes_, ApplicationKey(ns, name), call);
  if (!absl::IsDeadlineExceeded(status)) {
    return status;
  }
  const absl::StatusOr<std::optional<Observed>> last =
      GetApplication(ns, name, CallToExplain(call));
  if (!last.ok() || !last->has_value()) {
    return status;
  }
  std::string text(status.message());
  for (const Condition& condition : (*last)->state.conditions) {
    absl::StrAppend(&text, "\nArgo CD: ", condition.type, ": ", condition.message);
  }
  std::string hint =
      "Argo CD deletes an Application's workloads before the Application; its application "
      "controller has to be running for that.";
  AppendRemaining((*last)->state.resources, CallToExplain(call), text, hint);
  return WithHint(absl::DeadlineExceededError(text), hint);
}

// What Argo CD listed last may be gone by now: each is looked at. One that a finalizer holds is why
// the others wait, and what to do about it is the advice.
void CrdArgoCd::AppendRemaining(const std::vector<ResourceState>& resources, const Call& call,
                                std::string& text, std::string& hint) {
  constexpr int kMostLooks = 40;
  constexpr int kMostShown = 8;
  int looks = 0, shown = 0;
  for (const ResourceState& resource : resources) {
    if (++looks > kMostLooks || shown == kMostShown) {
      return;
    }
    const kubernetes::ObjectKey key{
        absl::StrCat(resource.group, resource.group.empty() ? "" : "/", resource.version),
        resource.kind, resource.ns, resource.name};
    const absl::StatusOr<std::optional<Json>> live = kubernetes_.Get(key, call);
    if (!live.ok() || !live->has_value()) {
      continue;
    }
    ++shown;
    const std::string why = kubernetes::HeldBy(**live);
    absl::StrAppend(&text, "\nstill there: ", key.ToString(), why.empty() ? "" : ", ", why);
    if (kubernetes::IsHeld(**live)) {
      hint = kubernetes::HintForHeld(key);
    }
  }
}

absl::Status CrdArgoCd::Sync(const std::string& ns, const std::string& name, const Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> object,
                          kubernetes_.Get(ApplicationKey(ns, name), call));
  if (!object.has_value()) {
    return absl::NotFoundError(absl::StrCat(Title(ns, name), " not found"));
  }
  const Observed observed = Read(*object);
  if (observed.state.operation_pending) {
    return absl::AbortedError(absl::StrCat(Title(ns, name), ": another operation is in progress"));
  }
  Json sync = {{"prune", observed.application.automated.value_or(Automated{}).prune},
               {"syncStrategy", {{"hook", Json::object()}}}};
  if (!observed.application.sync_options.empty()) {
    sync["syncOptions"] = observed.application.sync_options;
  }
  Json operation = {{"initiatedBy", {{"username", "kproto"}}}, {"sync", std::move(sync)}};
  if (const Json* retry = kubernetes::FieldAt(*object, "/spec/syncPolicy/retry");
      retry != nullptr) {
    operation["retry"] = *retry;
  }
  return kubernetes_
      .Patch(ApplicationKey(ns, name), PatchType::kMerge, {{"operation", std::move(operation)}},
             call)
      .status();
}

// One wait may need a push: a failed comparison is looked at again only minutes later, and a sync
// that failed before this apply never. Both are asked for once.
absl::StatusOr<ApplicationState> CrdArgoCd::WaitHealthy(const Application& want,
                                                        const HealthWait& wait, const Call& call) {
  VerdictOptions options = wait.verdict;
  if (options.applied_at == absl::InfinitePast()) {
    options.applied_at = clock_.Now();
  }
  ApplicationState state;
  Verdict verdict;
  std::string told;
  bool missing = false;
  bool refreshed = false;
  bool synced = false;
  enum class Push { kNone, kRefresh, kSync } push = Push::kNone;
  const auto look = [&](const Json* object) -> absl::StatusOr<bool> {
    missing = object == nullptr;
    if (missing) {
      verdict = {Verdict::Kind::kProgressing, "does not exist"};
      return false;
    }
    state = StateFrom(*object, clock_.Now());
    verdict = Judge(want, state, options);
    if (verdict.kind != Verdict::Kind::kProgressing) {
      return true;
    }
    if (wait.progress && verdict.reason != told) {
      told = verdict.reason;
      wait.progress(told);
    }
    push = !synced && FailedBefore(state, options.applied_at) && ComparedTo(want, state) &&
                   state.sync != argocd::Sync::kSynced && !state.operation_pending
               ? Push::kSync
           : !refreshed && FindCondition(state, "ComparisonError") != nullptr ? Push::kRefresh
                                                                              : Push::kNone;
    return push != Push::kNone;
  };
  while (true) {
    push = Push::kNone;
    const absl::Status status =
        kubernetes_.WaitUntil(ApplicationKey(want.ns, want.name), look, call).status();
    if (absl::IsDeadlineExceeded(status)) {
      break;
    }
    if (!status.ok()) {
      return Annotate(status, Title(want.ns, want.name));
    }
    if (push == Push::kRefresh) {
      refreshed = true;
      // So that the second look is late enough to count (see VerdictOptions).
      clock_.Sleep((options.condition_grace + absl::Seconds(1)) * clock_.factor(), call.stop);
      KPROTO_RETURN_IF_ERROR(Refresh(want.ns, want.name, RefreshType::kHard, call));
    } else if (push == Push::kSync) {
      synced = true;
      const absl::Status asked = Sync(want.ns, want.name, call);
      if (!asked.ok() && !absl::IsAborted(asked)) {
        return asked;
      }
    } else if (verdict.kind == Verdict::Kind::kDone) {
      return state;
    } else {
      break;
    }
  }
  const bool failed = verdict.kind == Verdict::Kind::kFailed;
  const std::string head = absl::StrCat(
      Title(want.ns, want.name), failed ? " failed: " : " is not ready in time: ", verdict.reason);
  const std::string tail = missing
                               ? ""
                               : Explain(wait.workloads != nullptr ? *wait.workloads : kubernetes_,
                                         want, state, CallToExplain(call));
  return absl::Status(
      failed ? absl::StatusCode::kFailedPrecondition : absl::StatusCode::kDeadlineExceeded,
      absl::StrCat(head, tail));
}

}  // namespace

std::unique_ptr<ArgoCd> MakeArgoCd(Kubernetes* kubernetes, Clock* clock) {
  return std::make_unique<CrdArgoCd>(kubernetes, clock);
}

}  // namespace kproto::argocd
