// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/argocd_steps.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/kubernetes/explain.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Conflicts;
using kubernetes::Propagation;
using kubernetes::StringAt;

constexpr const char* kCrds[] = {"applications.argoproj.io", "applicationsets.argoproj.io",
                                 "appprojects.argoproj.io"};
// Longest wait for Argo CD's own workloads in one go; enough to pull images on slow nodes.
constexpr absl::Duration kReadyTimeout = absl::Minutes(15);

kubernetes::ObjectKey CrdKey(const std::string& name) {
  return {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "", name};
}

bool IsEstablished(const Json& crd) {
  for (const Json& condition : kubernetes::ListAt(crd, "/status/conditions")) {
    if (StringAt(condition, "/type") == "Established") {
      return StringAt(condition, "/status") == "True";
    }
  }
  return false;
}

absl::Status WaitForCrds(const Cluster& cluster, const StepContext& context) {
  for (const char* name : {"applications.argoproj.io", "appprojects.argoproj.io"}) {
    KPROTO_RETURN_IF_ERROR(cluster.kubernetes
                               ->WaitUntil(
                                   CrdKey(name),
                                   [](const Json* crd) -> absl::StatusOr<bool> {
                                     return crd != nullptr && IsEstablished(*crd);
                                   },
                                   CallOf(context))
                               .status());
  }
  return absl::OkStatus();
}

// Applications, in any namespace, that are not the stack's.
absl::StatusOr<std::vector<std::string>> OtherApplications(const Cluster& cluster,
                                                           const Desired& desired,
                                                           const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(std::vector<Json> all,
                          cluster.kubernetes->List(argocd::kApiVersion, "Application", {}, call));
  const std::vector<std::string> ours = desired.ApplicationNames();
  std::vector<std::string> others;
  for (const Json& application : all) {
    const kubernetes::ObjectKey key = kubernetes::KeyOf(application);
    if (key.ns != desired.argocd_ns ||
        std::find(ours.begin(), ours.end(), key.name) == ours.end()) {
      others.push_back(absl::StrCat(key.ns, "/", key.name));
    }
  }
  return others;
}

argocd::AppProject DefaultProject(const std::string& ns) {
  argocd::AppProject project;
  project.ns = ns;
  project.name = "default";
  project.source_repos = {"*"};
  argocd::Destination anywhere;
  anywhere.server = "*";
  anywhere.ns = "*";
  project.destinations = {anywhere};
  project.cluster_resources = {{"*", "*"}};
  project.finalizers.clear();
  return project;
}

}  // namespace

kubernetes::ObjectKey MarkKey(const std::string& argocd_ns) {
  return {"v1", "ConfigMap", argocd_ns, "kproto-monitoring-stack"};
}

absl::Status CheckOwnership(Stack& stack, const kubernetes::Call& call) {
  const Desired& desired = stack.desired;
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, stack.access.Get(call));
  KPROTO_ASSIGN_OR_RETURN(std::optional<Json> mark,
                          cluster.kubernetes->Get(MarkKey(desired.argocd_ns), call));
  if (mark) {
    const std::string owner = StringAt(*mark, "/data/namespace");
    return owner == desired.ns
               ? absl::OkStatus()
               : WithPath(absl::AlreadyExistsError(absl::StrCat(
                              "Argo CD in namespace ", desired.argocd_ns,
                              " belongs to the monitoring stack in namespace ", owner)),
                          Path("argocd").Attribute("namespace"));
  }
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack.connections.Helm());
  KPROTO_ASSIGN_OR_RETURN(
      std::optional<helm::Release> release,
      helm->Status(cluster.credentials, {desired.argocd_ns, kReleaseName}, call));
  if (!release) {
    return absl::OkStatus();
  }
  return WithPath(
      WithHint(absl::AlreadyExistsError(absl::StrCat(
                   "the Helm ", release->key.ToString(), " (chart ", release->chart_name, " ",
                   release->chart_version, ") is there already and was not made by this resource")),
               absl::StrCat("Take it over with `tofu import <address> ", stack.access.ClusterName(),
                            "`, or choose another argocd.namespace.")),
      Path("argocd"));
}

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
  KPROTO_ASSIGN_OR_RETURN(found().release, helm->Status(cluster.credentials, Key(), call));
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
  return marked_ ? Difference::None() : Difference::Differs("it is not marked as kproto's yet");
}

absl::Status ReleaseStep::Mark(const Cluster& cluster, const StepContext& context) {
  const kubernetes::ObjectKey key = MarkKey(desired().argocd_ns);
  const Json mark = {
      {"apiVersion", key.api_version},
      {"kind", key.kind},
      {"metadata",
       {{"name", key.name}, {"namespace", key.ns}, {"labels", {{kManagedByLabel, kManagedBy}}}}},
      {"data", {{"namespace", desired().ns}}}};
  return cluster.kubernetes->Apply(mark, Conflicts::kForce, CallOf(context)).status();
}

absl::Status ReleaseStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack_.connections.Helm());
  // Before the installation, so that what a killed apply leaves is known to be ours.
  KPROTO_RETURN_IF_ERROR(Mark(cluster, context));
  const std::optional<helm::Release>& before = found().release;
  if (before && helm::IsPending(before->status)) {
    KPROTO_ASSIGN_OR_RETURN(std::string done, helm->Recover(cluster.credentials, Key(), call));
    Log(LogLevel::kWarn, "recovered a stuck Helm release", {{"what", done}});
  }
  helm::UpgradeRequest request;
  request.key = Key();
  request.chart = desired().argocd_chart;
  request.values = desired().argocd_values;
  request.timeout = std::min(kReadyTimeout, context.deadline - absl::Now());
  absl::StatusOr<helm::Release> release = helm->UpgradeInstall(cluster.credentials, request, call);
  if (!release.ok()) {
    absl::Status status = release.status();
    if (absl::IsDeadlineExceeded(status)) {
      const std::string why = kubernetes::Explain(*cluster.kubernetes, desired().argocd_ns, "", 6,
                                                  {absl::Now() + absl::Seconds(10), context.stop});
      if (!why.empty()) {
        status = absl::DeadlineExceededError(absl::StrCat(status.message(), "\n", why));
      }
    }
    return WithPath(status, Path("argocd"));
  }
  found().release = *std::move(release);
  found().release_values = desired().argocd_values;
  return absl::OkStatus();
}

absl::Status ReleaseStep::Remove(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack_.connections.Helm());
  if (found().release) {
    KPROTO_ASSIGN_OR_RETURN(std::vector<std::string> others,
                            OtherApplications(cluster, desired(), call));
    if (!others.empty()) {
      return WithHint(absl::FailedPreconditionError(absl::StrCat(
                          "Argo CD still runs Applications that are not part of this stack: ",
                          absl::StrJoin(others, ", "))),
                      "Delete them first: without Argo CD nobody removes their workloads.");
    }
    KPROTO_RETURN_IF_ERROR(helm->Uninstall(cluster.credentials, Key(), helm::Wait::kReady,
                                           std::min(kReadyTimeout, context.deadline - absl::Now()),
                                           call));
  }
  return cluster.kubernetes->Delete(MarkKey(desired().argocd_ns), Propagation::kBackground, call);
}

// ---- project ---------------------------------------------------------------------------------

absl::Status ProjectStep::Observe(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(std::optional<argocd::AppProject> project,
                          cluster.argocd->GetProject(desired().argocd_ns, kProjectName, call));
  there_ = project.has_value();
  same_ = project && SameProject(desired(), *project);
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
  KPROTO_RETURN_IF_ERROR(WaitForCrds(cluster, context));
  if (!default_there_) {
    KPROTO_RETURN_IF_ERROR(cluster.argocd->ApplyProject(DefaultProject(desired().argocd_ns), call));
  }
  return same_ ? absl::OkStatus() : cluster.argocd->ApplyProject(desired().Project(), call);
}

absl::Status ProjectStep::Remove(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_RETURN_IF_ERROR(cluster.argocd->DeleteProject(desired().argocd_ns, kProjectName, call));
  if (!found().release) {
    // Nobody is left to take the finalizer off.
    const kubernetes::ObjectKey key = argocd::AppProjectKey(desired().argocd_ns, kProjectName);
    KPROTO_ASSIGN_OR_RETURN(std::optional<Json> left, cluster.kubernetes->Get(key, call));
    if (left) {
      const absl::Status status = cluster.kubernetes
                                      ->Patch(key, kubernetes::PatchType::kMerge,
                                              {{"metadata", {{"finalizers", nullptr}}}}, call)
                                      .status();
      if (!absl::IsNotFound(status)) {  // else it went just now
        KPROTO_RETURN_IF_ERROR(status);
      }
    }
  }
  return kubernetes::WaitDeleted(*cluster.kubernetes,
                                 argocd::AppProjectKey(desired().argocd_ns, kProjectName), call);
}

}  // namespace kproto::monitoring_stack
