// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet/steps.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/reconcile/poll_pace.h"
#include "provider/runtime/diagnostics.h"
#include "resources/fleet/deliveries.h"
#include "resources/step_call.h"

namespace kproto::fleet {
namespace {

using kubernetes::Conflicts;
using kubernetes::Kubernetes;
using kubernetes::Propagation;

class FleetStep : public Step {
 public:
  explicit FleetStep(FleetWork& work) : work_(work) {}

 protected:
  const FleetRef& ref() const { return work_.wanted.ref; }
  absl::StatusOr<std::shared_ptr<Kubernetes>> Hub(const StepContext& context) {
    return work_.hubs.Connect(ref().hub_cluster_id, CallOf(context));
  }
  absl::StatusOr<std::vector<Json>> List(const StepContext& context, const char* kind) {
    KPROTO_ASSIGN_OR_RETURN(const auto hub, Hub(context));
    return hub->List(argocd::kApiVersion, kind,
                     {.ns = ref().argocd_ns, .label_selector = SelectorOf(ref())}, CallOf(context));
  }

  FleetWork& work_;
};

// Nothing to make: a stack has to have installed it.
class ArgoCdStep : public FleetStep {
 public:
  using FleetStep::FleetStep;
  absl::string_view name() const override { return "argocd"; }
  absl::Status Observe(const StepContext& context) override {
    KPROTO_ASSIGN_OR_RETURN(const auto hub, Hub(context));
    KPROTO_ASSIGN_OR_RETURN(there_, ControllersOn(*hub, ref().argocd_ns, CallOf(context)));
    return absl::OkStatus();
  }
  Difference Compare() const override {
    return there_.applications && there_.application_sets
               ? Difference::None()
               : Difference::Missing("Argo CD's controllers are missing");
  }
  absl::Status Apply(const StepContext&) override {
    return WithPath(
        WithHint(absl::FailedPreconditionError(absl::StrCat(
                     "there is no ", there_.applications ? "ApplicationSet controller" : "Argo CD",
                     " in namespace ", ref().argocd_ns, " of the hub")),
                 there_.applications
                     ? "Set applicationSet.replicas to 1 in the values of Argo CD's chart."
                     : "Give hub_cluster_id as kproto_monitoring_stack.<name>.cluster_id: then "
                       "Argo CD is there first."),
        Path("hub_cluster_id"));
  }
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  Controllers there_;
};

class ProjectStep : public FleetStep {
 public:
  using FleetStep::FleetStep;
  absl::string_view name() const override { return "project"; }
  std::vector<absl::string_view> needs() const override { return {"argocd"}; }
  absl::Status Observe(const StepContext& context) override {
    KPROTO_ASSIGN_OR_RETURN(const auto hub, Hub(context));
    KPROTO_ASSIGN_OR_RETURN(
        project_, ArgoCdOver(hub, context.clock)
                      ->GetProject(ref().argocd_ns, ProjectNameOf(ref()), CallOf(context)));
    return absl::OkStatus();
  }
  Difference Compare() const override {
    if (!project_) {
      return Difference::Missing("the AppProject is missing");
    }
    const argocd::AppProject want = work_.wanted.Project();
    return want.source_repos == project_->source_repos &&
                   want.destinations == project_->destinations &&
                   want.cluster_resources == project_->cluster_resources &&
                   want.namespace_resources == project_->namespace_resources
               ? Difference::None()
               : Difference::Differs("the AppProject differs");
  }
  absl::Status Apply(const StepContext& context) override {
    KPROTO_ASSIGN_OR_RETURN(const auto hub, Hub(context));
    return ArgoCdOver(hub, context.clock)->ApplyProject(work_.wanted.Project(), CallOf(context));
  }
  absl::Status Remove(const StepContext& context) override {
    KPROTO_ASSIGN_OR_RETURN(const auto hub, Hub(context));
    const kubernetes::ObjectKey key = argocd::AppProjectKey(ref().argocd_ns, ProjectNameOf(ref()));
    KPROTO_RETURN_IF_ERROR(hub->Delete(key, Propagation::kBackground, CallOf(context)));
    KPROTO_ASSIGN_OR_RETURN(const Controllers controllers,
                            ControllersOn(*hub, ref().argocd_ns, CallOf(context)));
    if (!controllers.applications) {
      // Nobody is there to see to its finalizer.
      KPROTO_RETURN_IF_ERROR(kubernetes::DropFinalizers(*hub, key, CallOf(context)));
    }
    return kubernetes::WaitDeleted(*hub, key, CallOf(context));
  }

 private:
  std::optional<argocd::AppProject> project_;
};

class ApplicationSetsStep : public FleetStep {
 public:
  explicit ApplicationSetsStep(FleetWork& work) : FleetStep(work) {
    for (const Delivery& delivery : work.wanted.deliveries) {
      wanted_.push_back(work.wanted.ApplicationSetOf(delivery));
    }
  }
  absl::string_view name() const override { return "application sets"; }
  std::vector<absl::string_view> needs() const override { return {"project"}; }
  absl::Status Observe(const StepContext& context) override {
    KPROTO_ASSIGN_OR_RETURN(work_.sets, List(context, "ApplicationSet"));
    return absl::OkStatus();
  }
  Difference Compare() const override {
    for (const Json& wanted : wanted_) {
      if (!IsSo(wanted)) {
        return Difference::Differs(
            absl::StrCat("ApplicationSet ", kubernetes::KeyOf(wanted).name, " is not as wanted"));
      }
    }
    return work_.sets.size() == wanted_.size() ? Difference::None()
                                               : Difference::Differs("one is not wanted");
  }
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  const Json* There(const Json& wanted) const {
    const auto found = std::find_if(work_.sets.begin(), work_.sets.end(), [&](const Json& set) {
      return kubernetes::KeyOf(set) == kubernetes::KeyOf(wanted);
    });
    return found == work_.sets.end() ? nullptr : &*found;
  }
  bool IsSo(const Json& wanted) const {
    const Json* is = There(wanted);
    return is != nullptr && Describe(*is) == Describe(wanted) &&
           kubernetes::StringMapAt(*is, "/metadata/annotations") ==
               kubernetes::StringMapAt(wanted, "/metadata/annotations");
  }
  absl::Status Make(Kubernetes& hub, const Json& wanted, const kubernetes::Call& call);
  absl::Status WaitForNoApplications(Kubernetes& hub, const StepContext& context);

  std::vector<Json> wanted_;
};

absl::Status ApplicationSetsStep::Make(Kubernetes& hub, const Json& wanted,
                                       const kubernetes::Call& call) {
  const kubernetes::ObjectKey key = kubernetes::KeyOf(wanted);
  if (There(wanted) == nullptr) {
    KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> other, hub.Get(key, call));
    if (other) {
      return WithPath(absl::AlreadyExistsError(
                          absl::StrCat(key.ToString(),
                                       " is there already and is not of this fleet: delete it, "
                                       "or choose another name for the fleet")),
                      Path("name"));
    }
  }
  KPROTO_ASSIGN_OR_RETURN(const Json made, hub.Apply(wanted, Conflicts::kForce, call));
  if (DigestOf(made) == DigestOf(wanted)) {
    return absl::OkStatus();
  }
  // Server-side apply leaves what somebody else added, such as a templatePatch.
  return hub
      .Patch(key, kubernetes::PatchType::kJson,
             Json::array({{{"op", "replace"}, {"path", "/spec"}, {"value", wanted["spec"]}}}), call)
      .status();
}

absl::Status ApplicationSetsStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(const auto hub, Hub(context));
  work_.hubs.Changed(ref());
  for (const Json& wanted : wanted_) {
    if (!IsSo(wanted)) {
      KPROTO_RETURN_IF_ERROR(Make(*hub, wanted, call));
    }
  }
  for (const Json& set : work_.sets) {
    const bool is_wanted = std::any_of(wanted_.begin(), wanted_.end(), [&](const Json& wanted) {
      return kubernetes::KeyOf(set) == kubernetes::KeyOf(wanted);
    });
    if (!is_wanted) {
      KPROTO_RETURN_IF_ERROR(hub->Delete(kubernetes::KeyOf(set), Propagation::kBackground, call));
    }
  }
  return Observe(context);
}

// Its Applications go with an ApplicationSet, each with its workloads first.
absl::Status ApplicationSetsStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(const auto hub, Hub(context));
  work_.hubs.Changed(ref());
  for (const Json& set : work_.sets) {
    KPROTO_RETURN_IF_ERROR(
        hub->Delete(kubernetes::KeyOf(set), Propagation::kBackground, CallOf(context)));
  }
  return WaitForNoApplications(*hub, context);
}

absl::Status ApplicationSetsStep::WaitForNoApplications(Kubernetes& hub,
                                                        const StepContext& context) {
  PollPace pace(context.clock);
  while (true) {
    KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> left, List(context, "Application"));
    if (left.empty()) {
      return absl::OkStatus();
    }
    KPROTO_ASSIGN_OR_RETURN(const Controllers controllers,
                            ControllersOn(hub, ref().argocd_ns, CallOf(context)));
    std::vector<std::string> names;
    for (const Json& application : left) {
      names.push_back(kubernetes::KeyOf(application).name);
      if (!controllers.applications) {  // nobody deletes workloads, so nobody is waited for
        KPROTO_RETURN_IF_ERROR(LetGo(hub, application, CallOf(context)));
      }
    }
    if (!context.clock.Sleep(pace.Next(), context.stop)) {
      names.resize(std::min<size_t>(names.size(), 12));
      return WithHint(
          absl::CancelledError(
              absl::StrCat("still being deleted: Application ", absl::StrJoin(names, ", "))),
          "Argo CD deletes the workloads in the members first: their clusters have to answer. "
          "Destroy kproto_fleet_member resources before the fleet.");
    }
  }
}

// Until every Application of every member is of the new revision, Synced and Healthy.
class MembersStep : public FleetStep {
 public:
  using FleetStep::FleetStep;
  absl::string_view name() const override { return kMembersStep; }
  std::vector<absl::string_view> needs() const override { return {"application sets"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override {
    const auto amiss = std::find_if(all_.begin(), all_.end(), [](const Delivering& one) {
      return one.delivered != Delivered::kYes;
    });
    return amiss == all_.end() ? Difference::None() : Difference::Differs(amiss->ToString());
  }
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  absl::Status Push(const StepContext& context);

  argocd::VerdictOptions options_;
  std::shared_ptr<const HubPicture> picture_;  // that all_ points into
  std::vector<Delivering> all_;
  std::set<std::string> pushed_;
};

absl::Status MembersStep::Observe(const StepContext& context) {
  work_.hubs.Changed(ref());  // what is waited for is looked at anew each time
  KPROTO_ASSIGN_OR_RETURN(picture_, work_.hubs.Look(ref(), context.stop));
  all_.clear();
  const std::vector<Json> sets = picture_->SetsOf(ref());
  for (const Json& secret : picture_->cluster_secrets) {
    const auto labels = kubernetes::StringMapAt(secret, "/metadata/labels");
    const auto is = [&](const char* label, const std::string& value) {
      const auto found = labels.find(label);
      return found != labels.end() && found->second == value;
    };
    if (is(kFleetLabel, ref().name) && is(kJoinedLabel, "true") && labels.count(kMemberLabel) > 0) {
      const std::string& member = labels.at(kMemberLabel);
      const std::vector<Delivering> its =
          LookAt(sets, picture_->ApplicationsOf(ref(), member), member,
                 kubernetes::AnnotationOf(secret, kRevisionAnnotation), options_);
      all_.insert(all_.end(), its.begin(), its.end());
    }
  }
  return absl::OkStatus();
}

// A sync that failed before what is applied now is tried again by nobody, unless asked for.
absl::Status MembersStep::Push(const StepContext& context) {
  for (const Delivering& one : all_) {
    if (one.observed == nullptr || one.delivered == Delivered::kYes ||
        one.observed->state.operation_pending ||
        !argocd::FailedBefore(one.observed->state, options_.applied_at) ||
        !pushed_.insert(one.observed->application.name).second) {
      continue;
    }
    KPROTO_ASSIGN_OR_RETURN(const auto hub, Hub(context));
    const absl::Status asked =
        ArgoCdOver(hub, context.clock)
            ->Sync(ref().argocd_ns, one.observed->application.name, CallOf(context));
    KPROTO_RETURN_IF_ERROR(absl::IsAborted(asked) || absl::IsNotFound(asked) ? absl::OkStatus()
                                                                             : asked);
  }
  return absl::OkStatus();
}

absl::Status MembersStep::Apply(const StepContext& context) {
  options_.applied_at = context.clock.Now();  // what has been amiss before is not held against it
  KPROTO_RETURN_IF_ERROR(Observe(context));
  PollPace pace(context.clock);
  std::string told;
  while (true) {
    const bool failed = std::any_of(all_.begin(), all_.end(), [](const Delivering& one) {
      return one.delivered == Delivered::kFailed;
    });
    if (Compare().kind == Difference::Kind::kNone) {
      return absl::OkStatus();
    }
    const std::string trouble = TroubleOf(picture_->SetsOf(ref()));
    // One that has failed is not waited for, but the others are let get as far as they do.
    const bool others = std::any_of(all_.begin(), all_.end(), [](const Delivering& one) {
      return one.delivered == Delivered::kNotYet;
    });
    if (failed && !others) {
      return absl::FailedPreconditionError(Explain(all_));
    }
    KPROTO_RETURN_IF_ERROR(Push(context));
    if (const std::string reason = Compare().reason; reason != told) {
      told = reason;
      Log(LogLevel::kInfo, "waiting for the fleet", {{"fleet", ref().name}, {"reason", reason}});
    }
    if (!context.clock.Sleep(pace.Next(), context.stop)) {
      return absl::CancelledError(
          absl::StrCat(Explain(all_), trouble.empty() ? "" : "\n", trouble));
    }
    KPROTO_RETURN_IF_ERROR(Observe(context));
  }
}

}  // namespace

std::vector<std::unique_ptr<Step>> StepsOf(FleetWork& work) {
  std::vector<std::unique_ptr<Step>> steps;
  steps.push_back(std::make_unique<ArgoCdStep>(work));
  steps.push_back(std::make_unique<ProjectStep>(work));
  steps.push_back(std::make_unique<ApplicationSetsStep>(work));
  steps.push_back(std::make_unique<MembersStep>(work));
  return steps;
}

}  // namespace kproto::fleet
