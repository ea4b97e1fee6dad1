// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/base_steps.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/grafana_admin.h"
#include "resources/monitoring_stack/wiring.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Conflicts;
using kubernetes::Propagation;
using kubernetes::StringAt;

constexpr absl::Duration kGrafanaTimeout = absl::Seconds(20);  // for a pod that is there

kubernetes::ObjectKey NamespaceKey(const std::string& name) {
  return {"v1", "Namespace", "", name};
}

bool IsGoing(const Json& object) {
  return !StringAt(object, "/metadata/deletionTimestamp").empty();
}

// The admin password in a Secret; empty when there is none.
absl::StatusOr<SecretString> PasswordIn(const Cluster& cluster, const std::string& ns,
                                        const std::string& name, const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> secret,
                          cluster.kubernetes->Get({"v1", "Secret", ns, name}, call));
  std::string password;
  const bool has =
      secret && absl::Base64Unescape(StringAt(*secret, "/data/admin-password"), &password);
  return SecretString(has ? std::move(password) : std::string());
}

// The volume claims of the namespace: all, or those that the stack's charts made.
enum class Which { kAll, kOfReleases };
absl::StatusOr<std::vector<Json>> Claims(const Cluster& cluster, const Desired& desired,
                                         Which which, const kubernetes::Call& call) {
  kubernetes::ListOptions options;
  options.ns = desired.ns;
  KPROTO_ASSIGN_OR_RETURN(std::vector<Json> claims,
                          cluster.kubernetes->List("v1", "PersistentVolumeClaim", options, call));
  if (which == Which::kOfReleases) {
    std::erase_if(claims, [&](const Json& claim) {
      const std::string instance = kubernetes::LabelOf(claim, "app.kubernetes.io/instance");
      return std::none_of(desired.components.begin(), desired.components.end(),
                          [&](const Component& component) { return component.name == instance; });
    });
  }
  return claims;
}

}  // namespace

// ---- namespaces ------------------------------------------------------------------------------

absl::Status NamespacesStep::Observe(const StepContext& context) {
  missing_.clear();
  ours_.clear();
  found().foreign_namespaces.clear();
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const std::string& name : {desired().argocd_ns, desired().ns}) {
    if (name == desired().argocd_ns && desired().manage == Manage::kExternal) {
      continue;  // with what is in it
    }
    KPROTO_ASSIGN_OR_RETURN(std::optional<Json> object,
                            cluster.kubernetes->Get(NamespaceKey(name), CallOf(context)));
    if (!object || IsGoing(*object)) {
      missing_.push_back(name);
    }
    if (object && IsOurs(*object)) {
      ours_.push_back(name);
    } else if (object) {
      found().foreign_namespaces.push_back(name);
    }
  }
  return absl::OkStatus();
}

Difference NamespacesStep::Compare() const {
  return missing_.empty() ? Difference::None()
                          : Difference::Missing(absl::StrCat(
                                "Namespace ", absl::StrJoin(missing_, ", "), " is missing"));
}

absl::Status NamespacesStep::Make(const Cluster& cluster, const std::string& name,
                                  const StepContext& context) {
  // One that is still going has to be gone first.
  KPROTO_ASSIGN_OR_RETURN(std::optional<Json> going,
                          cluster.kubernetes->Get(NamespaceKey(name), CallOf(context)));
  if (going) {
    KPROTO_RETURN_IF_ERROR(
        kubernetes::WaitDeleted(*cluster.kubernetes, NamespaceKey(name), CallOf(context)));
  }
  const Json object = {{"apiVersion", "v1"},
                       {"kind", "Namespace"},
                       {"metadata", {{"name", name}, {"labels", {{kManagedByLabel, kManagedBy}}}}}};
  return cluster.kubernetes->Apply(object, Conflicts::kForce, CallOf(context)).status();
}

absl::Status NamespacesStep::Apply(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const std::string& name : missing_) {
    KPROTO_RETURN_IF_ERROR(Make(cluster, name, context));
  }
  return absl::OkStatus();
}

absl::Status NamespacesStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const std::string& name : ours_) {
    KPROTO_RETURN_IF_ERROR(
        cluster.kubernetes->Delete(NamespaceKey(name), Propagation::kBackground, CallOf(context)));
  }
  for (const std::string& name : ours_) {
    KPROTO_RETURN_IF_ERROR(
        kubernetes::WaitDeleted(*cluster.kubernetes, NamespaceKey(name), CallOf(context)));
  }
  return absl::OkStatus();
}

// ---- password --------------------------------------------------------------------------------

absl::Status PasswordStep::Observe(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(current_,
                          PasswordIn(cluster, desired().ns, kGrafanaAdminSecret, CallOf(context)));
  there_ = !current_.empty();
  if (!there_) {
    // The chart's own, of a Grafana made by hand, whose database has it by now.
    KPROTO_ASSIGN_OR_RETURN(current_, PasswordIn(cluster, desired().ns,
                                                 FullName(desired(), "grafana"), CallOf(context)));
  }
  return absl::OkStatus();
}

Difference PasswordStep::Compare() const {
  if (!there_) {
    return Difference::Missing(absl::StrCat("Secret ", kGrafanaAdminSecret, " is missing"));
  }
  return stack_.password_changed ? Difference::Differs("Grafana's admin password is set anew")
                                 : Difference::None();
}

absl::Status PasswordStep::TellGrafana(const Cluster& cluster, const SecretString& password,
                                       const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  const std::string name = FullName(desired(), "grafana");
  bool runs = false;
  for (const char* kind : {"Deployment", "StatefulSet"}) {
    KPROTO_ASSIGN_OR_RETURN(std::optional<Json> workload,
                            cluster.kubernetes->Get({"apps/v1", kind, desired().ns, name}, call));
    runs = runs || workload.has_value();
  }
  if (!runs || !KeepsItsDatabase(desired())) {
    return absl::OkStatus();  // its next pod takes what the Secret says
  }
  grafana::Grafana grafana = GrafanaOf(desired(), cluster.kubernetes.get());
  const kubernetes::Call brief{std::min(call.deadline, absl::Now() + kGrafanaTimeout), call.stop};
  absl::Status status = grafana.CheckHealth(brief);
  if (status.ok()) {
    status = RotateAdminPassword(grafana, current_, password, call);
  } else {
    status = Annotate(status,
                      "Grafana has to run for its password to be changed, and does not "
                      "answer");
  }
  return status.ok() ? status : WithPath(status, Path("grafana").Attribute("admin_password_wo"));
}

absl::Status PasswordStep::Apply(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  const bool known = !current_.empty();
  const SecretString password =
      stack_.password.value_or(known ? current_ : SecretString(RandomHex(16)));
  if (there_ || (known && !(password == current_))) {
    KPROTO_RETURN_IF_ERROR(TellGrafana(cluster, password, context));
  }
  const Json secret = {{"apiVersion", "v1"},
                       {"kind", "Secret"},
                       {"metadata",
                        {{"name", kGrafanaAdminSecret},
                         {"namespace", desired().ns},
                         {"labels", {{kManagedByLabel, kManagedBy}}}}},
                       {"type", "Opaque"},
                       {"data",
                        {{"admin-user", absl::Base64Escape("admin")},
                         {"admin-password", absl::Base64Escape(password.Reveal())}}}};
  return cluster.kubernetes->Apply(secret, Conflicts::kForce, CallOf(context)).status();
}

absl::Status PasswordStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  return cluster.kubernetes->Delete({"v1", "Secret", desired().ns, kGrafanaAdminSecret},
                                    Propagation::kBackground, CallOf(context));
}

// ---- volumes ---------------------------------------------------------------------------------

absl::Status VolumesStep::Remove(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(std::optional<Json> ns,
                          cluster.kubernetes->Get(NamespaceKey(desired().ns), call));
  const Which which = ns && IsOurs(*ns) ? Which::kAll : Which::kOfReleases;
  KPROTO_ASSIGN_OR_RETURN(std::vector<Json> claims, Claims(cluster, desired(), which, call));
  KPROTO_ASSIGN_OR_RETURN(std::vector<Json> volumes,
                          cluster.kubernetes->List("v1", "PersistentVolume", {}, call));
  std::vector<std::string> claim_names;
  for (const Json& claim : claims) {
    claim_names.push_back(StringAt(claim, "/metadata/name"));
    KPROTO_RETURN_IF_ERROR(
        cluster.kubernetes->Delete(kubernetes::KeyOf(claim), Propagation::kBackground, call));
  }
  for (const Json& claim : claims) {
    KPROTO_RETURN_IF_ERROR(
        kubernetes::WaitDeleted(*cluster.kubernetes, kubernetes::KeyOf(claim), call));
  }
  for (const Json& volume : volumes) {
    const std::string claim = StringAt(volume, "/spec/claimRef/name");
    const bool of_stack = StringAt(volume, "/spec/claimRef/namespace") == desired().ns &&
                          (which == Which::kAll || std::find(claim_names.begin(), claim_names.end(),
                                                             claim) != claim_names.end());
    // What a class retains is meant to stay.
    if (of_stack && StringAt(volume, "/spec/persistentVolumeReclaimPolicy") != "Retain") {
      KPROTO_RETURN_IF_ERROR(
          kubernetes::WaitDeleted(*cluster.kubernetes, kubernetes::KeyOf(volume), call));
    }
  }
  return absl::OkStatus();
}

}  // namespace kproto::monitoring_stack
