// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/application_steps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/argocd_install.h"
#include "resources/monitoring_stack/comparison.h"

namespace kproto::monitoring_stack {
namespace {

using argocd::Observed;

absl::StatusOr<argocd::ApplicationState> WaitHealthy(const Cluster& cluster,
                                                     const argocd::Application& want,
                                                     const kubernetes::Call& call) {
  argocd::HealthWait wait;
  wait.progress = [name = want.name](const std::string& reason) {
    Log(LogLevel::kInfo, "waiting for Application", {{"application", name}, {"reason", reason}});
  };
  return cluster.argocd->WaitHealthy(want, wait, call);
}

bool IsDone(const argocd::Application& want, const Observed& observed) {
  return !observed.state.deleting &&
         argocd::Judge(want, observed.state).kind == argocd::Verdict::Kind::kDone;
}

bool HasFailed(const Observed& observed) {
  return argocd::Judge(observed.application, observed.state).kind == argocd::Verdict::Kind::kFailed;
}

// What somebody else made may lack the finalizer without which its workloads would stay.
absl::Status LetCascade(const Cluster& cluster, const kubernetes::ObjectKey& key,
                        const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> there, cluster.kubernetes->Get(key, call));
  if (!there || !argocd::ApplicationFrom(*there).finalizers.empty() ||
      !kubernetes::StringAt(*there, "/metadata/deletionTimestamp").empty()) {
    return absl::OkStatus();
  }
  const Json finalizers = Json::array({argocd::kResourcesFinalizer});
  const absl::Status status = cluster.kubernetes
                                  ->Patch(key, kubernetes::PatchType::kMerge,
                                          {{"metadata", {{"finalizers", finalizers}}}}, call)
                                  .status();
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

enum class Workloads { kGo, kStay };
absl::Status DeleteAndWait(const Cluster& cluster, const std::string& ns, const std::string& name,
                           Workloads workloads, const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(bool cascades, ControllerIsThere(cluster, ns, call));
  if (cascades && workloads == Workloads::kGo) {
    KPROTO_RETURN_IF_ERROR(LetCascade(cluster, argocd::ApplicationKey(ns, name), call));
  }
  KPROTO_RETURN_IF_ERROR(cluster.argocd->DeleteApplication(ns, name, call));
  if (!cascades) {
    // The namespaces take the workloads along; waiting for nobody would never end.
    KPROTO_RETURN_IF_ERROR(
        kubernetes::DropFinalizers(*cluster.kubernetes, argocd::ApplicationKey(ns, name), call));
  }
  return cluster.argocd->WaitDeleted(ns, name, call);
}

}  // namespace

// ---- one Application -------------------------------------------------------------------------

absl::Status AppliedApplication::Observe(const Cluster& cluster, const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(observed(),
                          cluster.argocd->GetApplication(want_.ns, want_.name, CallOf(context)));
  return absl::OkStatus();
}

Difference AppliedApplication::Compare() const {
  const std::optional<Observed>& is = observed();
  if (!is) {
    return Difference::Missing(absl::StrCat("Application ", want_.name, " is missing"));
  }
  if (is->state.deleting) {
    return Difference::Missing(absl::StrCat("Application ", want_.name, " is being deleted"));
  }
  if (!SameSpec(want_, is->application)) {
    return Difference::Differs(absl::StrCat("Application ", want_.name, " differs"));
  }
  const argocd::Verdict verdict = argocd::Judge(want_, is->state);
  return verdict.kind == argocd::Verdict::Kind::kDone ? Difference::None()
                                                      : Difference::Differs(verdict.reason);
}

absl::Status AppliedApplication::Replace(const Cluster& cluster, const kubernetes::Call& call) {
  const kubernetes::ObjectKey key = argocd::ApplicationKey(want_.ns, want_.name);
  KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> there, cluster.kubernetes->Get(key, call));
  const Json* is = there ? kubernetes::FieldAt(*there, "/spec") : nullptr;
  const Json spec = argocd::ToObject(want_)["spec"];
  Json patch = Json::array();
  for (const char* field :
       {"source", "sources", "destination", "syncPolicy", "ignoreDifferences"}) {
    const std::string path = absl::StrCat("/spec/", field);
    if (spec.contains(field)) {
      patch.push_back({{"op", "add"}, {"path", path}, {"value", spec[field]}});
    } else if (is != nullptr && is->contains(field)) {
      patch.push_back({{"op", "remove"}, {"path", path}});
    }
  }
  return cluster.kubernetes->Patch(key, kubernetes::PatchType::kJson, patch, call).status();
}

absl::Status AppliedApplication::MakeSo(const Cluster& cluster, const kubernetes::Call& call) {
  // Beside what is there, Argo CD would take what is wanted for a contradiction.
  if (observed() && (observed()->application.destination.name != want_.destination.name ||
                     observed()->application.sources.size() > want_.sources.size())) {
    KPROTO_RETURN_IF_ERROR(Replace(cluster, call));
  }
  KPROTO_ASSIGN_OR_RETURN(Observed applied, cluster.argocd->ApplyApplication(want_, call));
  // Server-side apply leaves what somebody else added, such as one more key among the values.
  return SameSpec(want_, applied.application) ? absl::OkStatus() : Replace(cluster, call);
}

absl::Status AppliedApplication::Apply(const Cluster& cluster, const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  if (observed() && observed()->state.deleting) {
    KPROTO_RETURN_IF_ERROR(cluster.argocd->WaitDeleted(want_.ns, want_.name, call));
    observed().reset();
  }
  if (!observed() || !SameSpec(want_, observed()->application)) {
    KPROTO_RETURN_IF_ERROR(MakeSo(cluster, call));
  }
  if (std::any_of(want_.sources.begin(), want_.sources.end(),
                  [](const argocd::Source& source) { return source.chart.empty(); })) {
    // Git may have moved since Argo CD last asked.
    KPROTO_RETURN_IF_ERROR(
        cluster.argocd->Refresh(want_.ns, want_.name, argocd::RefreshType::kNormal, call));
  }
  absl::StatusOr<argocd::ApplicationState> state = WaitHealthy(cluster, want_, call);
  // Whatever became of it belongs into the state.
  absl::StatusOr<std::optional<Observed>> now =
      cluster.argocd->GetApplication(want_.ns, want_.name, call);
  if (now.ok()) {
    observed() = *std::move(now);
  }
  if (!state.ok()) {
    return WithPath(state.status(), path_);
  }
  if (observed()) {
    observed()->state = *std::move(state);
  }
  return absl::OkStatus();
}

absl::Status AppliedApplication::Remove(const Cluster& cluster, const StepContext& context) {
  if (!observed()) {
    return absl::OkStatus();
  }
  KPROTO_RETURN_IF_ERROR(
      DeleteAndWait(cluster, want_.ns, want_.name, Workloads::kGo, CallOf(context)));
  observed().reset();
  return absl::OkStatus();
}

// ---- each on its own -------------------------------------------------------------------------

ApplicationStep::ApplicationStep(Stack& stack, const Component& component)
    : StackStep(stack),
      name_(absl::StrCat("application ", component.name)),
      needs_({"project", "grafana admin secret", "volumes", "git credentials", "dashboards"}),
      application_(stack, stack.desired.ApplicationOf(component), Path(component.attribute)) {}

ApplicationStep::ApplicationStep(Stack& stack, const Extra& extra)
    : StackStep(stack),
      name_(absl::StrCat("application ", extra.application.name)),
      needs_({"extra project", "extra namespaces", "git credentials"}),
      application_(stack, extra.application, extra.path) {}

absl::Status ApplicationStep::Observe(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  return application_.Observe(cluster, context);
}

absl::Status ApplicationStep::Apply(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  return application_.Apply(cluster, context);
}

absl::Status ApplicationStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  return application_.Remove(cluster, context);
}

// ---- App-of-Apps -----------------------------------------------------------------------------

AppOfAppsStep::AppOfAppsStep(Stack& stack)
    : StackStep(stack), parent_(stack, stack.desired.Parent(), Path("git")) {}

absl::Status AppOfAppsStep::ObserveChildren(const Cluster& cluster, const StepContext& context) {
  for (const Component& component : desired().components) {
    KPROTO_ASSIGN_OR_RETURN(
        found().applications[component.name],
        cluster.argocd->GetApplication(desired().argocd_ns, component.name, CallOf(context)));
  }
  return absl::OkStatus();
}

absl::Status AppOfAppsStep::Observe(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_RETURN_IF_ERROR(parent_.Observe(cluster, context));
  return ObserveChildren(cluster, context);
}

// Whether Argo CD has yet to see the commit that the AppProject is made for: what is in Git no more
// has to go while the project still allows it.
bool AppOfAppsStep::IsBehind() const {
  const std::optional<Observed>& parent = stack_.found.applications.at(kParentName);
  const std::optional<Footprint>& footprint = desired().footprint;
  if (!parent || !footprint || footprint->commit.empty() || parent->state.revisions.empty()) {
    return false;
  }
  const std::string& compared = parent->state.revisions[0];
  return compared != footprint->commit && compared != desired().Parent().sources[0].target_revision;
}

Difference AppOfAppsStep::Compare() const {
  const Difference difference = parent_.Compare();
  if (difference.kind != Difference::Kind::kNone) {
    return difference;
  }
  if (IsBehind()) {
    return Difference::Differs("Git has moved since Argo CD last looked");
  }
  for (const Component& component : desired().components) {
    const std::optional<Observed>& child = stack_.found.applications.at(component.name);
    if (!child) {
      return Difference::Missing(absl::StrCat("Application ", component.name, " is missing"));
    }
    if (!IsDone(child->application, *child)) {
      return Difference::Differs(absl::StrCat("Application ", component.name, " is not done"));
    }
  }
  return Difference::None();
}

absl::Status AppOfAppsStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  const absl::Status parent = parent_.Apply(cluster, context);
  // A parent that fails does so for its children, who say it better.
  for (const Component& component : desired().components) {
    const std::string& ns = desired().argocd_ns;
    std::optional<Observed>& child = found().applications[component.name];
    KPROTO_ASSIGN_OR_RETURN(child, cluster.argocd->GetApplication(ns, component.name, call));
    if (!child) {
      KPROTO_RETURN_IF_ERROR(parent);
      return WithPath(absl::FailedPreconditionError(absl::StrCat(
                          "the chart in ", desired().git->path, " renders no Application ",
                          component.name, ": it has to make one of every entry of `applications`")),
                      Path("git"));
    }
    if (!parent.ok() && !HasFailed(*child)) {
      continue;
    }
    absl::StatusOr<argocd::ApplicationState> state = WaitHealthy(cluster, child->application, call);
    if (!state.ok()) {
      return WithPath(state.status(), Path(component.attribute));
    }
    child->state = *std::move(state);
  }
  return parent;
}

absl::Status AppOfAppsStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_RETURN_IF_ERROR(parent_.Remove(cluster, context));
  for (const Component& component : desired().components) {
    // A chart may keep its children from being pruned.
    KPROTO_RETURN_IF_ERROR(DeleteAndWait(cluster, desired().argocd_ns, component.name,
                                         Workloads::kGo, CallOf(context)));
  }
  return absl::OkStatus();
}

// ---- those of an earlier configuration -------------------------------------------------------

absl::Status RetiredApplicationsStep::Observe(const StepContext& context) {
  names_.clear();
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  kubernetes::ListOptions ours;
  ours.ns = desired().argocd_ns;
  ours.label_selector = absl::StrCat(kManagedByLabel, "=", kManagedBy);
  KPROTO_ASSIGN_OR_RETURN(
      std::vector<Json> applications,
      cluster.kubernetes->List(argocd::kApiVersion, "Application", ours, CallOf(context)));
  const std::vector<std::string> wanted = desired().ApplicationNames();
  for (const Json& application : applications) {
    const std::string name = kubernetes::KeyOf(application).name;
    if (name == kReleaseName && desired().manage == Manage::kSelf) {
      continue;  // Argo CD itself
    }
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) {
      names_.push_back(name);
    }
  }
  found().retired = names_;
  for (const std::string& name : stack_.formerly) {
    KPROTO_ASSIGN_OR_RETURN(
        const std::optional<Observed> there,
        cluster.argocd->GetApplication(desired().argocd_ns, name, CallOf(context)));
    if (there && std::find(names_.begin(), names_.end(), name) == names_.end()) {
      names_.push_back(name);
    }
  }
  return absl::OkStatus();
}

Difference RetiredApplicationsStep::Compare() const {
  return names_.empty() ? Difference::None()
                        : Difference::Differs(absl::StrCat(
                              "Application ", absl::StrJoin(names_, ", "), " is not wanted"));
}

absl::Status RetiredApplicationsStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  const std::string& ns = desired().argocd_ns;
  KPROTO_ASSIGN_OR_RETURN(std::optional<argocd::AppProject> project,
                          cluster.argocd->GetProject(ns, kProjectName, call));
  if (!names_.empty() && !project) {
    // Without it Argo CD deletes nothing.
    KPROTO_RETURN_IF_ERROR(cluster.argocd->ApplyProject(desired().Project(), call));
  }
  for (const std::string& name : names_) {
    const bool children_stay = name == kParentName && !desired().git;
    if (children_stay) {
      // They are the Applications that are still wanted.
      KPROTO_RETURN_IF_ERROR(
          kubernetes::DropFinalizers(*cluster.kubernetes, argocd::ApplicationKey(ns, name), call));
    }
    KPROTO_RETURN_IF_ERROR(
        DeleteAndWait(cluster, ns, name, children_stay ? Workloads::kStay : Workloads::kGo, call));
  }
  return absl::OkStatus();
}

absl::Status LeftoverApplicationsStep::Remove(const StepContext& context) {
  KPROTO_RETURN_IF_ERROR(RetiredApplicationsStep::Observe(context));
  return RetiredApplicationsStep::Apply(context);
}

}  // namespace kproto::monitoring_stack
