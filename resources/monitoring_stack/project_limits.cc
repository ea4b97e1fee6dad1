// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/project_limits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/comparison.h"

namespace kproto::monitoring_stack {
namespace {

template <typename T>
void AddAll(const std::vector<T>& more, std::vector<T>& to) {
  for (const T& one : more) {
    if (std::find(to.begin(), to.end(), one) == to.end()) {
      to.push_back(one);
    }
  }
}

}  // namespace

argocd::AppProject Both(argocd::AppProject wanted, const argocd::AppProject& before) {
  AddAll(before.source_repos, wanted.source_repos);
  AddAll(before.destinations, wanted.destinations);
  AddAll(before.cluster_resources, wanted.cluster_resources);
  if (wanted.namespace_resources.empty() || before.namespace_resources.empty()) {
    wanted.namespace_resources.clear();  // which allows all
  } else {
    AddAll(before.namespace_resources, wanted.namespace_resources);
  }
  return wanted;
}

argocd::AppProject WithMade(argocd::AppProject project, const std::vector<Json>& applications) {
  for (const Json& application : applications) {
    if (kubernetes::StringAt(application, "/spec/project") == project.name) {
      continue;
    }
    for (const Json& made : kubernetes::ListAt(application, "/status/resources")) {
      const argocd::GroupKind kind{kubernetes::StringAt(made, "/group"),
                                   kubernetes::StringAt(made, "/kind")};
      const std::string ns = kubernetes::StringAt(made, "/namespace");
      if (ns.empty()) {
        AddAll({kind}, project.cluster_resources);
        continue;
      }
      if (!project.namespace_resources.empty()) {
        AddAll({kind}, project.namespace_resources);
      }
      argocd::Destination destination;
      destination.ns = ns;
      AddAll({destination}, project.destinations);
    }
  }
  return project;
}

absl::Status ProjectLimitsStep::Observe(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(
      there_, cluster.argocd->GetProject(desired().argocd_ns, kProjectName, CallOf(context)));
  return absl::OkStatus();
}

Difference ProjectLimitsStep::Compare() const {
  return !there_ || SameProject(stack_.desired, *there_)
             ? Difference::None()
             : Difference::Differs(
                   absl::StrCat("AppProject ", kProjectName, " allows more than is needed"));
}

absl::Status ProjectLimitsStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  // An Application that goes takes along only what its project allows.
  kubernetes::ListOptions here;
  here.ns = desired().argocd_ns;
  KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> applications,
                          cluster.kubernetes->List(argocd::kApiVersion, "Application", here, call));
  for (const Json& application : applications) {
    if (kubernetes::StringAt(application, "/spec/project") == kProjectName &&
        !kubernetes::StringAt(application, "/metadata/deletionTimestamp").empty()) {
      KPROTO_RETURN_IF_ERROR(
          cluster.argocd->WaitDeleted(here.ns, kubernetes::KeyOf(application).name, call));
    }
  }
  return cluster.argocd->ApplyProject(desired().Project(), call);
}

}  // namespace kproto::monitoring_stack
