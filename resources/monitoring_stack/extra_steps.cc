// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/extra_steps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/argocd_install.h"
#include "resources/monitoring_stack/argocd_steps.h"
#include "resources/monitoring_stack/comparison.h"
#include "resources/monitoring_stack/objects_step.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Conflicts;
using kubernetes::Propagation;

kubernetes::ObjectKey NamespaceKey(const std::string& name) {
  return {"v1", "Namespace", "", name};
}

bool IsGoing(const Json& object) {
  return !kubernetes::StringAt(object, "/metadata/deletionTimestamp").empty();
}

}  // namespace

// ---- namespaces ------------------------------------------------------------------------------

absl::Status ExtraNamespacesStep::Observe(const StepContext& context) {
  missing_.clear();
  unwanted_.clear();
  ours_.clear();
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  const std::vector<std::string> wanted =
      ExtraNamespaces(desired().extras, desired().Surroundings());
  for (const std::string& name : wanted) {
    KPROTO_ASSIGN_OR_RETURN(std::optional<Json> object,
                            cluster.kubernetes->Get(NamespaceKey(name), call));
    if (!object || IsGoing(*object)) {
      missing_.push_back(name);
    }
  }
  kubernetes::ListOptions made;
  made.label_selector =
      absl::StrCat(kManagedByLabel, "=", kManagedBy, ",", kPartOfLabel, "=", desired().ns);
  KPROTO_ASSIGN_OR_RETURN(std::vector<Json> ours,
                          cluster.kubernetes->List("v1", "Namespace", made, call));
  for (const Json& object : ours) {
    const std::string name = kubernetes::KeyOf(object).name;
    ours_.push_back(name);
    if (!std::binary_search(wanted.begin(), wanted.end(), name)) {
      unwanted_.push_back(name);
    }
  }
  return absl::OkStatus();
}

Difference ExtraNamespacesStep::Compare() const {
  if (!missing_.empty()) {
    return Difference::Missing(
        absl::StrCat("Namespace ", absl::StrJoin(missing_, ", "), " is missing"));
  }
  return unwanted_.empty()
             ? Difference::None()
             : Difference::Differs(absl::StrCat("Namespace ", absl::StrJoin(unwanted_, ", "),
                                                " is no longer wanted"));
}

absl::Status ExtraNamespacesStep::Delete(const std::vector<std::string>& names,
                                         const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const std::string& name : names) {
    KPROTO_RETURN_IF_ERROR(
        cluster.kubernetes->Delete(NamespaceKey(name), Propagation::kBackground, call));
  }
  for (const std::string& name : names) {
    KPROTO_RETURN_IF_ERROR(kubernetes::WaitDeleted(*cluster.kubernetes, NamespaceKey(name), call));
  }
  return absl::OkStatus();
}

absl::Status ExtraNamespacesStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_RETURN_IF_ERROR(Delete(unwanted_, context));
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const std::string& name : missing_) {
    // One that is still going has to be gone first.
    KPROTO_ASSIGN_OR_RETURN(std::optional<Json> going,
                            cluster.kubernetes->Get(NamespaceKey(name), call));
    if (going) {
      KPROTO_RETURN_IF_ERROR(
          kubernetes::WaitDeleted(*cluster.kubernetes, NamespaceKey(name), call));
    }
    const Json object = {
        {"apiVersion", "v1"},
        {"kind", "Namespace"},
        {"metadata",
         {{"name", name},
          {"labels", {{kManagedByLabel, kManagedBy}, {kPartOfLabel, desired().ns}}}}}};
    KPROTO_RETURN_IF_ERROR(cluster.kubernetes->Apply(object, Conflicts::kForce, call).status());
  }
  return absl::OkStatus();
}

absl::Status ExtraNamespacesStep::Remove(const StepContext& context) {
  return Delete(ours_, context);
}

// ---- project ---------------------------------------------------------------------------------

bool ExtraProjectStep::IsWanted() const {
  const std::vector<Extra>& extras = stack_.desired.extras;
  return std::any_of(extras.begin(), extras.end(), [](const Extra& extra) {
    return extra.application.project == kExtraProjectName;
  });
}

argocd::AppProject ExtraProjectStep::Wanted() const {
  const Desired& desired = stack_.desired;
  return ExtraProject(desired.extras, desired.Surroundings(), desired.footprint);
}

absl::Status ExtraProjectStep::Observe(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(
      std::optional<argocd::AppProject> project,
      cluster.argocd->GetProject(desired().argocd_ns, kExtraProjectName, CallOf(context)));
  there_ = project.has_value();
  same_ = project && SameProject(Wanted(), *project, desired().footprint.has_value());
  return absl::OkStatus();
}

Difference ExtraProjectStep::Compare() const {
  if (!IsWanted()) {
    return there_ ? Difference::Differs(
                        absl::StrCat("AppProject ", kExtraProjectName, " is no longer wanted"))
                  : Difference::None();
  }
  if (!there_) {
    return Difference::Missing(absl::StrCat("AppProject ", kExtraProjectName, " is missing"));
  }
  return same_
             ? Difference::None()
             : Difference::Differs(absl::StrCat("AppProject ", kExtraProjectName, " was changed"));
}

absl::Status ExtraProjectStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  if (!IsWanted()) {
    return Remove(context);
  }
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_RETURN_IF_ERROR(WaitForArgoCdCrds(cluster, call));
  return same_ ? absl::OkStatus() : cluster.argocd->ApplyProject(Wanted(), call);
}

absl::Status ExtraProjectStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  return there_ ? RemoveProject(cluster, desired().argocd_ns, kExtraProjectName, !found().release,
                                CallOf(context))
                : absl::OkStatus();
}

}  // namespace kproto::monitoring_stack
