// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/argocd_install.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/explain.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/release_leftovers.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Conflicts;
using kubernetes::Propagation;
using kubernetes::StringAt;

// Longest wait for Argo CD's own workloads in one go; enough to pull images on slow nodes.
constexpr absl::Duration kReadyTimeout = absl::Minutes(15);

constexpr char kUpgrading[] = "upgrading";  // of the mark's data

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

// Workloads that `kubectl apply -f install.yaml` made. Their selectors are not the chart's and
// cannot be changed; Argo CD keeps nothing in them.
absl::Status RemoveHandMadeWorkloads(const Cluster& cluster, const std::string& ns,
                                     const kubernetes::Call& call) {
  kubernetes::ListOptions of_argocd;
  of_argocd.ns = ns;
  of_argocd.label_selector = "app.kubernetes.io/part-of=argocd";
  std::vector<kubernetes::ObjectKey> going;
  for (const char* kind : {"Deployment", "StatefulSet"}) {
    KPROTO_ASSIGN_OR_RETURN(std::vector<Json> found,
                            cluster.kubernetes->List("apps/v1", kind, of_argocd, call));
    for (const Json& workload : found) {
      if (kubernetes::LabelOf(workload, kManagedByLabel) != "Helm") {
        going.push_back(kubernetes::KeyOf(workload));
      }
    }
  }
  for (const kubernetes::ObjectKey& key : going) {
    KPROTO_RETURN_IF_ERROR(cluster.kubernetes->Delete(key, Propagation::kBackground, call));
  }
  for (const kubernetes::ObjectKey& key : going) {
    KPROTO_RETURN_IF_ERROR(kubernetes::WaitDeleted(*cluster.kubernetes, key, call));
  }
  return absl::OkStatus();
}

}  // namespace

kubernetes::ObjectKey MarkKey(const std::string& argocd_ns) {
  return {"v1", "ConfigMap", argocd_ns, "kproto-monitoring-stack"};
}

bool IsUpgrading(const Json& mark) {
  return !StringAt(mark, absl::StrCat("/data/", kUpgrading).c_str()).empty();
}

absl::Status CheckOwnership(Stack& stack, const kubernetes::Call& call) {
  const Desired& desired = stack.desired;
  if (desired.manage == Manage::kExternal) {
    return absl::OkStatus();
  }
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
    KPROTO_ASSIGN_OR_RETURN(bool runs, ControllerIsThere(cluster, desired.argocd_ns, call));
    return runs
               ? WithPath(WithHint(absl::AlreadyExistsError(absl::StrCat(
                                       "an Argo CD runs in namespace ", desired.argocd_ns,
                                       " already, installed without Helm, and was not made by this "
                                       "resource")),
                                   absl::StrCat("Take it over with `tofu import <address> ",
                                                stack.access.ClusterName(),
                                                "`, use it as it is with argocd.manage = "
                                                "\"external\", or choose another "
                                                "argocd.namespace.")),
                          Path("argocd"))
               : absl::OkStatus();
  }
  return WithPath(
      WithHint(absl::AlreadyExistsError(absl::StrCat(
                   "the Helm ", release->key.ToString(), " (chart ", release->chart_name, " ",
                   release->chart_version, ") is there already and was not made by this resource")),
               absl::StrCat("Take it over with `tofu import <address> ", stack.access.ClusterName(),
                            "`, or choose another argocd.namespace.")),
      Path("argocd"));
}

absl::Status MarkAsOurs(const Cluster& cluster, const Desired& desired, Upgrade upgrade,
                        const kubernetes::Call& call) {
  const kubernetes::ObjectKey key = MarkKey(desired.argocd_ns);
  Json mark = {
      {"apiVersion", key.api_version},
      {"kind", key.kind},
      {"metadata",
       {{"name", key.name}, {"namespace", key.ns}, {"labels", {{kManagedByLabel, kManagedBy}}}}},
      {"data", {{"namespace", desired.ns}}}};
  if (upgrade == Upgrade::kBegun) {
    mark["data"][kUpgrading] = "yes";
  }
  return cluster.kubernetes->Apply(mark, Conflicts::kForce, call).status();
}

absl::StatusOr<bool> ControllerIsThere(const Cluster& cluster, const std::string& ns,
                                       const kubernetes::Call& call) {
  kubernetes::ListOptions options;
  options.ns = ns;
  options.label_selector = "app.kubernetes.io/component=application-controller";
  for (const char* kind : {"StatefulSet", "Deployment"}) {
    KPROTO_ASSIGN_OR_RETURN(std::vector<Json> found,
                            cluster.kubernetes->List("apps/v1", kind, options, call));
    if (!found.empty()) {
      return true;
    }
  }
  return false;
}

absl::Status WaitForArgoCdCrds(const Cluster& cluster, const kubernetes::Call& call) {
  for (const char* name : {"applications.argoproj.io", "appprojects.argoproj.io"}) {
    KPROTO_RETURN_IF_ERROR(cluster.kubernetes
                               ->WaitUntil(
                                   CrdKey(name),
                                   [](const Json* crd) -> absl::StatusOr<bool> {
                                     return crd != nullptr && IsEstablished(*crd);
                                   },
                                   call)
                               .status());
  }
  return absl::OkStatus();
}

absl::Status EnsureDefaultProject(const Cluster& cluster, const Desired& desired,
                                  const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(std::optional<argocd::AppProject> there,
                          cluster.argocd->GetProject(desired.argocd_ns, "default", call));
  return there ? absl::OkStatus()
               : cluster.argocd->ApplyProject(DefaultProject(desired.argocd_ns), call);
}

absl::Status InstallArgoCd(Stack& stack, const Cluster& cluster, helm::Wait wait,
                           const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  const Desired& desired = stack.desired;
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack.connections.Helm());
  helm::UpgradeRequest request;
  request.key = {desired.argocd_ns, kReleaseName};
  request.chart = desired.argocd_chart;
  request.values = desired.argocd_values;
  request.wait = wait;
  request.timeout = std::min(kReadyTimeout, context.deadline - absl::Now());
  if (!stack.found.release) {
    request.ownership = helm::Ownership::kTake;
    KPROTO_RETURN_IF_ERROR(RemoveHandMadeWorkloads(cluster, desired.argocd_ns, call));
  }
  absl::StatusOr<helm::Release> release = helm->UpgradeInstall(cluster.credentials, request, call);
  if (!release.ok()) {
    absl::Status status = release.status();
    if (absl::IsDeadlineExceeded(status)) {
      const std::string why = kubernetes::Explain(*cluster.kubernetes, desired.argocd_ns, "", 6,
                                                  {absl::Now() + absl::Seconds(10), context.stop});
      if (!why.empty()) {
        status = absl::DeadlineExceededError(absl::StrCat(status.message(), "\n", why));
      }
    }
    return WithPath(status, Path("argocd"));
  }
  stack.found.release = *std::move(release);
  stack.found.release_values = desired.argocd_values;
  return absl::OkStatus();
}

absl::Status UninstallArgoCd(Stack& stack, const Cluster& cluster, bool there,
                             const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  const Desired& desired = stack.desired;
  if (there) {
    KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, stack.connections.Helm());
    KPROTO_ASSIGN_OR_RETURN(std::vector<std::string> others,
                            OtherApplications(cluster, desired, call));
    if (!others.empty()) {
      return WithHint(absl::FailedPreconditionError(absl::StrCat(
                          "Argo CD still runs Applications that are not part of this stack: ",
                          absl::StrJoin(others, ", "))),
                      "Delete them first: without Argo CD nobody removes their workloads.");
    }
    const helm::ReleaseKey key{desired.argocd_ns, kReleaseName};
    KPROTO_RETURN_IF_ERROR(RemoveLeftovers(cluster, *helm, key, call));
    KPROTO_RETURN_IF_ERROR(helm->Uninstall(cluster.credentials, key, helm::Wait::kReady,
                                           std::min(kReadyTimeout, context.deadline - absl::Now()),
                                           call));
  }
  return cluster.kubernetes->Delete(MarkKey(desired.argocd_ns), Propagation::kBackground, call);
}

}  // namespace kproto::monitoring_stack
