// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/argocd_modes.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/argocd_install.h"
#include "resources/monitoring_stack/comparison.h"

namespace kproto::monitoring_stack {
namespace {

kubernetes::ObjectKey ItselfKey(const Desired& desired) {
  return argocd::ApplicationKey(desired.argocd_ns, kReleaseName);
}

// Lets Argo CD's own Application go without what it manages.
absl::Status LetItselfGo(const Cluster& cluster, const Desired& desired,
                         const kubernetes::Call& call) {
  KPROTO_RETURN_IF_ERROR(cluster.argocd->DeleteApplication(desired.argocd_ns, kReleaseName, call));
  return kubernetes::WaitDeleted(*cluster.kubernetes, ItselfKey(desired), call);
}

}  // namespace

// ---- by itself -------------------------------------------------------------------------------

absl::Status SelfManagedStep::Observe(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack_.connections.Helm());
  KPROTO_ASSIGN_OR_RETURN(
      release_, helm->Status(cluster.credentials, {desired().argocd_ns, kReleaseName}, call));
  KPROTO_ASSIGN_OR_RETURN(itself_,
                          cluster.argocd->GetApplication(desired().argocd_ns, kReleaseName, call));
  KPROTO_ASSIGN_OR_RETURN(runs_, ControllerIsThere(cluster, desired().argocd_ns, call));
  Show();
  return absl::OkStatus();
}

// What the Application says in the words of a release, which is what attributes are about.
void SelfManagedStep::Show() {
  found().release.reset();
  found().release_values = Json::object();
  if (!itself_ || itself_->application.sources.empty()) {
    return;
  }
  const argocd::Source& source = itself_->application.sources[0];
  helm::Release shown;
  shown.key = {desired().argocd_ns, kReleaseName};
  shown.chart_name = source.chart;
  shown.chart_version = source.target_revision;
  shown.status = runs_ ? helm::ReleaseStatus::kDeployed : helm::ReleaseStatus::kFailed;
  if (absl::StatusOr<helm::Helm*> helm = stack_.connections.Helm(); helm.ok()) {
    // Of a chart that may be gone from its repository by now.
    auto chart = (*helm)->ShowChart({source.repo_url, source.chart, source.target_revision},
                                    {absl::Now() + absl::Seconds(30), {}});
    shown.app_version = chart.ok() ? chart->app_version : "";
  }
  found().release = std::move(shown);
  if (source.helm && source.helm->values.is_object()) {
    found().release_values = source.helm->values;
  }
}

Difference SelfManagedStep::Compare() const {
  const argocd::Application want = stack_.desired.Itself();
  if (!runs_) {
    return Difference::Missing("Argo CD is not installed");
  }
  if (!itself_) {
    return Difference::Missing("Argo CD does not manage itself yet");
  }
  if (!SameSpec(want, itself_->application)) {
    return Difference::Differs("Argo CD's own Application differs");
  }
  if (release_) {
    return Difference::Differs("Helm still has its record of Argo CD");
  }
  const argocd::Verdict verdict = argocd::Judge(want, itself_->state);
  return verdict.kind == argocd::Verdict::Kind::kDone ? Difference::None()
                                                      : Difference::Differs(verdict.reason);
}

absl::Status SelfManagedStep::Bootstrap(const Cluster& cluster, const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack_.connections.Helm());
  if (release_ && helm::IsPending(release_->status)) {
    KPROTO_ASSIGN_OR_RETURN(
        found().recovered,
        helm->Recover(cluster.credentials, {desired().argocd_ns, kReleaseName}, call));
  }
  found().release = release_;
  KPROTO_RETURN_IF_ERROR(InstallArgoCd(stack_, cluster, helm::Wait::kReady, context));
  runs_ = true;
  return absl::OkStatus();
}

absl::Status SelfManagedStep::HandOver(const Cluster& cluster, const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  const argocd::Application want = desired().Itself();
  KPROTO_RETURN_IF_ERROR(WaitForArgoCdCrds(cluster, call));
  KPROTO_RETURN_IF_ERROR(EnsureDefaultProject(cluster, desired(), call));
  KPROTO_RETURN_IF_ERROR(cluster.argocd->ApplyApplication(want, call).status());
  absl::StatusOr<argocd::ApplicationState> state = cluster.argocd->WaitHealthy(want, {}, call);
  KPROTO_ASSIGN_OR_RETURN(itself_, cluster.argocd->GetApplication(want.ns, want.name, call));
  Show();
  return state.ok() ? absl::OkStatus() : WithPath(state.status(), Path("argocd"));
}

absl::Status SelfManagedStep::Apply(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  // Before anything is made, so that what a killed apply leaves is known to be ours.
  KPROTO_RETURN_IF_ERROR(MarkAsOurs(cluster, desired(), Upgrade::kSettled, CallOf(context)));
  if (!runs_ || (release_ && !itself_ && release_->status != helm::ReleaseStatus::kDeployed)) {
    KPROTO_RETURN_IF_ERROR(Bootstrap(cluster, context));
  }
  KPROTO_RETURN_IF_ERROR(HandOver(cluster, context));
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack_.connections.Helm());
  return helm->Forget(cluster.credentials, {desired().argocd_ns, kReleaseName}, CallOf(context));
}

absl::Status SelfManagedStep::Remove(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_RETURN_IF_ERROR(LetItselfGo(cluster, desired(), call));
  if (runs_ && !release_) {
    // Nobody else knows all that the chart has made.
    found().release.reset();
    KPROTO_RETURN_IF_ERROR(InstallArgoCd(stack_, cluster, helm::Wait::kNone, context));
  }
  return UninstallArgoCd(stack_, cluster, runs_ || release_.has_value(), context);
}

// ---- somebody else's -------------------------------------------------------------------------

absl::Status ExternalStep::Observe(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(runs_, ControllerIsThere(cluster, desired().argocd_ns, CallOf(context)));
  return absl::OkStatus();
}

Difference ExternalStep::Compare() const {
  return runs_ ? Difference::None()
               : Difference::Missing(
                     absl::StrCat("there is no Argo CD in namespace ", desired().argocd_ns));
}

absl::Status ExternalStep::Apply(const StepContext&) {
  return WithPath(
      WithHint(absl::FailedPreconditionError(absl::StrCat(
                   "no application controller of Argo CD runs in namespace ", desired().argocd_ns)),
               "Install Argo CD there first, name its namespace in argocd.namespace, or leave "
               "argocd.manage out to have it installed."),
      Path("argocd").Attribute("manage"));
}

}  // namespace kproto::monitoring_stack
