// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/argocd_steps.h"

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/argocd_install.h"
#include "resources/monitoring_stack/comparison.h"
#include "resources/monitoring_stack/project_limits.h"
#include "resources/monitoring_stack/release_leftovers.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Conflicts;
using kubernetes::Propagation;
using kubernetes::StringAt;

constexpr const char* kCrds[] = {"applications.argoproj.io", "applicationsets.argoproj.io",
                                 "appprojects.argoproj.io"};
kubernetes::ObjectKey CrdKey(const std::string& name) {
  return {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "", name};
}

}  // namespace

// ---- CRDs ------------------------------------------------------------------------------------

absl::Status CrdsStep::Remove(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(std::vector<Json> applications,
                          cluster.kubernetes->List(argocd::kApiVersion, "Application", {}, call));
  if (!applications.empty()) {
    Log(LogLevel::kInfo, "Argo CD's CRDs stay: other Applications need them");
    return absl::OkStatus();
  }
  for (const char* name : kCrds) {
    KPROTO_RETURN_IF_ERROR(
        cluster.kubernetes->Delete(CrdKey(name), Propagation::kBackground, call));
  }
  for (const char* name : kCrds) {
    KPROTO_RETURN_IF_ERROR(kubernetes::WaitDeleted(*cluster.kubernetes, CrdKey(name), call));
  }
  return absl::OkStatus();
}

// ---- release ---------------------------------------------------------------------------------

absl::Status ReleaseStep::Observe(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack_.connections.Helm());
  KPROTO_ASSIGN_OR_RETURN(std::optional<Json> mark,
                          cluster.kubernetes->Get(MarkKey(desired().argocd_ns), call));
  marked_ = mark.has_value();
  upgrading_ = mark && IsUpgrading(*mark);
  KPROTO_ASSIGN_OR_RETURN(found().release, helm->Status(cluster.credentials, Key(), call));
  found().marked = marked_;
  if (!found().release) {
    KPROTO_ASSIGN_OR_RETURN(found().argocd_without_helm,
                            ControllerIsThere(cluster, desired().argocd_ns, call));
  }
  found().release_values = Json::object();
  if (found().release) {
    absl::StatusOr<Json> values = helm->GetValues(cluster.credentials, Key(), call);
    // A release that never got deployed has no values to show.
    if (values.ok() && values->is_object()) {
      found().release_values = *std::move(values);
    } else if (!values.ok() && !absl::IsNotFound(values.status())) {
      return values.status();
    }
  }
  return absl::OkStatus();
}

Difference ReleaseStep::Compare() const {
  const std::optional<helm::Release>& release = stack_.found.release;
  if (!release) {
    return Difference::Missing("Argo CD is not installed");
  }
  if (release->status != helm::ReleaseStatus::kDeployed) {
    return Difference::Differs(absl::StrCat("its release is ", helm::ToString(release->status)));
  }
  if (release->chart_version != desired().argocd_chart.version) {
    return Difference::Differs(
        absl::StrCat("chart ", release->chart_version, " -> ", desired().argocd_chart.version));
  }
  if (Canonical(stack_.found.release_values) != Canonical(desired().argocd_values)) {
    return Difference::Differs("its values differ");
  }
  if (upgrading_) {
    return Difference::Differs("its last upgrade was not finished");
  }
  return marked_ ? Difference::None() : Difference::Differs("it is not marked as kproto's yet");
}

absl::Status ReleaseStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack_.connections.Helm());
  // Before the installation, so that what a killed apply leaves is known to be ours.
  const std::optional<helm::Release> before = found().release;
  KPROTO_RETURN_IF_ERROR(
      MarkAsOurs(cluster, desired(), before ? Upgrade::kBegun : Upgrade::kSettled, call));
  if (before && helm::IsPending(before->status)) {
    KPROTO_ASSIGN_OR_RETURN(found().recovered, helm->Recover(cluster.credentials, Key(), call));
  }
  KPROTO_RETURN_IF_ERROR(InstallArgoCd(stack_, cluster, helm::Wait::kReady, context));
  if (!before) {
    return absl::OkStatus();
  }
  KPROTO_RETURN_IF_ERROR(RemoveLeftovers(cluster, *helm, Key(), call));
  return MarkAsOurs(cluster, desired(), Upgrade::kSettled, call);
}

absl::Status ReleaseStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  return UninstallArgoCd(stack_, cluster, found().release.has_value(), context);
}

// ---- project ---------------------------------------------------------------------------------

absl::Status ProjectStep::Observe(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(there_,
                          cluster.argocd->GetProject(desired().argocd_ns, kProjectName, call));
  same_ = there_ && SameProject(desired(), *there_);
  KPROTO_ASSIGN_OR_RETURN(std::optional<argocd::AppProject> fallback,
                          cluster.argocd->GetProject(desired().argocd_ns, "default", call));
  default_there_ = fallback.has_value();
  return absl::OkStatus();
}

Difference ProjectStep::Compare() const {
  if (!there_) {
    return Difference::Missing(absl::StrCat("AppProject ", kProjectName, " is missing"));
  }
  if (!same_) {
    return Difference::Differs(absl::StrCat("AppProject ", kProjectName, " was changed"));
  }
  return default_there_ ? Difference::None() : Difference::Missing("AppProject default is missing");
}

absl::Status ProjectStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_RETURN_IF_ERROR(WaitForArgoCdCrds(cluster, call));
  if (!default_there_) {
    KPROTO_RETURN_IF_ERROR(EnsureDefaultProject(cluster, desired(), call));
  }
  if (same_) {
    return absl::OkStatus();
  }
  // What is no longer needed the Applications need to get rid of it: project_limits.h.
  std::vector<Json> applications;
  for (const std::string& name : desired().ApplicationNames()) {
    KPROTO_ASSIGN_OR_RETURN(
        std::optional<Json> there,
        cluster.kubernetes->Get(argocd::ApplicationKey(desired().argocd_ns, name), call));
    if (there) {
      applications.push_back(*std::move(there));
    }
  }
  const argocd::AppProject wanted = WithMade(desired().Project(), applications);
  return cluster.argocd->ApplyProject(there_ ? Both(wanted, *there_) : wanted, call);
}

absl::Status ProjectStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  return RemoveProject(cluster, desired().argocd_ns, kProjectName, !found().release,
                       CallOf(context));
}

absl::Status RemoveProject(const Cluster& cluster, const std::string& ns, const std::string& name,
                           bool alone, const kubernetes::Call& call) {
  KPROTO_RETURN_IF_ERROR(cluster.argocd->DeleteProject(ns, name, call));
  const kubernetes::ObjectKey key = argocd::AppProjectKey(ns, name);
  if (alone) {
    KPROTO_ASSIGN_OR_RETURN(std::optional<Json> left, cluster.kubernetes->Get(key, call));
    if (left) {
      KPROTO_RETURN_IF_ERROR(kubernetes::DropFinalizers(*cluster.kubernetes, key, call));
    }
  }
  return kubernetes::WaitDeleted(*cluster.kubernetes, key, call);
}

}  // namespace kproto::monitoring_stack
