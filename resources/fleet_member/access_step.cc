// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet_member/access_step.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/objects_step.h"
#include "resources/monitoring_stack/wiring.h"

namespace kproto::fleet_member {
namespace {

using kubernetes::Conflicts;
using kubernetes::ObjectKey;
using kubernetes::Propagation;
using kubernetes::StringAt;

constexpr char kRbac[] = "rbac.authorization.k8s.io";

struct Kind {
  const char *api_version, *kind;
};
// All that the step ever makes, in the order in which it is taken away: the namespace takes long,
// and Argo CD's rights end with the binding.
constexpr Kind kKinds[] = {{"rbac.authorization.k8s.io/v1", "ClusterRoleBinding"},
                           {"v1", "ServiceAccount"},
                           {"v1", "Secret"},
                           {"v1", "Namespace"}};

Json Object(const char* api_version, const char* kind, const std::string& ns,
            const std::string& name) {
  Json object = {{"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", name}}}};
  if (!ns.empty()) {
    object["metadata"]["namespace"] = ns;
  }
  return object;
}

// A binding's role cannot be changed, only the binding made anew.
bool HasAnotherRole(const Json& is, const Json& wanted) {
  return is.value("roleRef", Json()) != wanted.value("roleRef", Json());
}

}  // namespace

std::vector<Json> AccessStep::Wanted() const {
  const std::string account = work_.AccountName();
  std::vector<Json> wanted;
  wanted.push_back(Object("v1", "ServiceAccount", kAccountNamespace, account));
  Json binding = Object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", account);
  binding["roleRef"] = {
      {"apiGroup", kRbac}, {"kind", "ClusterRole"}, {"name", work_.wanted.cluster_role}};
  binding["subjects"] = Json::array(
      {{{"kind", "ServiceAccount"}, {"name", account}, {"namespace", kAccountNamespace}}});
  wanted.push_back(std::move(binding));
  const std::string ns = work_.Namespace();
  wanted.push_back(Object("v1", "Namespace", "", ns));
  if (work_.Delivers("grafana")) {
    wanted.push_back(Object("v1", "Secret", ns, monitoring_stack::kGrafanaAdminSecret));
  }
  for (Json& object : wanted) {
    object["metadata"]["labels"] = {{fleet::kManagedByLabel, fleet::kManagedBy},
                                    {fleet::kHubLabel, work_.ref.hub_cluster_id},
                                    {fleet::kFleetLabel, work_.ref.name}};
  }
  return wanted;
}

const Json* AccessStep::There(const ObjectKey& key) const {
  const auto found = std::find_if(there_.begin(), there_.end(), [&](const Json& object) {
    return kubernetes::KeyOf(object) == key;
  });
  return found == there_.end() ? nullptr : &*found;
}

bool AccessStep::IsSo(const Json& wanted) const {
  const Json* is = There(kubernetes::KeyOf(wanted));
  return is != nullptr && StringAt(*is, "/metadata/deletionTimestamp").empty() &&
         monitoring_stack::Includes(*is, wanted);
}

absl::Status AccessStep::Observe(const StepContext& context) {
  there_.clear();
  if (!work_.hub_is_gone) {
    KPROTO_RETURN_IF_ERROR(work_.Look(context));
  }
  const absl::Status listed = work_.member_is_gone ? absl::OkStatus() : ListOurs(context);
  if (listed.ok()) {
    return listed;
  }
  KPROTO_ASSIGN_OR_RETURN(const bool gone, work_.MemberIsGone(context));
  return gone ? absl::OkStatus() : listed;
}

absl::Status AccessStep::ListOurs(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(const auto member, work_.Member(context));
  const std::string ours =
      absl::StrCat(fleet::kManagedByLabel, "=", fleet::kManagedBy, ",", fleet::kHubLabel, "=",
                   work_.ref.hub_cluster_id, ",", fleet::kFleetLabel, "=", work_.ref.name);
  for (const Kind& kind : kKinds) {
    KPROTO_ASSIGN_OR_RETURN(
        std::vector<Json> found,
        member->List(kind.api_version, kind.kind, {.label_selector = ours}, CallOf(context)));
    there_.insert(there_.end(), found.begin(), found.end());
  }
  return absl::OkStatus();
}

Difference AccessStep::Compare() const {
  if (work_.sets.empty()) {
    return Difference::Missing("the fleet is missing");
  }
  // A namespace or a password that is somebody else's is looked for anew each time.
  for (const Json& wanted : Wanted()) {
    if (!IsSo(wanted)) {
      return Difference::Differs(
          absl::StrCat(kubernetes::KeyOf(wanted).ToString(), " is not as wanted"));
    }
  }
  return Difference::None();
}

absl::Status AccessStep::Make(kubernetes::Kubernetes& member, Json object,
                              const kubernetes::Call& call) {
  const ObjectKey key = kubernetes::KeyOf(object);
  const Json* is = There(key);
  if (is == nullptr) {
    KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> other, member.Get(key, call));
    const bool going = other && !StringAt(*other, "/metadata/deletionTimestamp").empty();
    if (going) {
      KPROTO_RETURN_IF_ERROR(kubernetes::WaitDeleted(member, key, call));
    } else if (other && (key.kind == "Namespace" || key.kind == "Secret")) {
      return absl::OkStatus();  // somebody else's serves as well, and stays theirs
    } else if (other) {
      return WithPath(absl::AlreadyExistsError(
                          absl::StrCat(key.ToString(),
                                       " is in the member already and is not of this fleet: "
                                       "delete it, or give the fleet another name")),
                      Path("cluster_id"));
    }
  } else if (!StringAt(*is, "/metadata/deletionTimestamp").empty()) {
    KPROTO_RETURN_IF_ERROR(kubernetes::WaitDeleted(member, key, call));
  } else if (key.kind == "ClusterRoleBinding" && HasAnotherRole(*is, object)) {
    KPROTO_RETURN_IF_ERROR(member.Delete(key, Propagation::kBackground, call));
    KPROTO_RETURN_IF_ERROR(kubernetes::WaitDeleted(member, key, call));
  }
  if (key.kind == "Secret") {
    object["data"] = {{"admin-user", absl::Base64Escape("admin")},
                      {"admin-password", absl::Base64Escape(RandomHex(16))}};
  } else if (key.kind == "ServiceAccount") {
    work_.renew_token = true;  // tokens of the one before are worth nothing
  }
  return member.Apply(object, Conflicts::kForce, call).status();
}

absl::Status AccessStep::Apply(const StepContext& context) {
  if (work_.sets.empty()) {
    return WithPath(
        WithHint(
            absl::FailedPreconditionError(absl::StrCat("the hub has no fleet \"", work_.ref.name,
                                                       "\" in namespace ", work_.ref.argocd_ns)),
            "Give fleet_id as kproto_fleet.<name>.id: then the fleet is there first."),
        Path("fleet_id"));
  }
  KPROTO_ASSIGN_OR_RETURN(const auto member, work_.Member(context));
  for (const Json& wanted : Wanted()) {
    if (!IsSo(wanted)) {
      KPROTO_RETURN_IF_ERROR(Make(*member, wanted, CallOf(context)));
    }
  }
  return absl::OkStatus();
}

absl::Status AccessStep::WaitForVolumes(kubernetes::Kubernetes& member,
                                        const std::vector<Json>& volumes, const std::string& ns,
                                        const StepContext& context) {
  for (const Json& volume : volumes) {
    // What a class retains is meant to stay.
    if (StringAt(volume, "/spec/claimRef/namespace") == ns &&
        StringAt(volume, "/spec/persistentVolumeReclaimPolicy") != "Retain") {
      KPROTO_RETURN_IF_ERROR(work_.WaitDeleted(member, kubernetes::KeyOf(volume), context));
    }
  }
  return absl::OkStatus();
}

absl::Status AccessStep::Remove(const StepContext& context) {
  const absl::Status away = work_.member_is_gone ? absl::OkStatus() : TakeAway(context);
  if (away.ok()) {
    return away;
  }
  KPROTO_ASSIGN_OR_RETURN(const bool gone, work_.MemberIsGone(context));
  return gone ? absl::OkStatus() : away;
}

absl::Status AccessStep::TakeAway(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(const auto member, work_.Member(context));
  KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> volumes,
                          member->List("v1", "PersistentVolume", {}, call));
  for (const Json& object : there_) {
    KPROTO_RETURN_IF_ERROR(
        member->Delete(kubernetes::KeyOf(object), Propagation::kBackground, call));
  }
  for (const Json& object : there_) {
    const ObjectKey key = kubernetes::KeyOf(object);
    KPROTO_RETURN_IF_ERROR(work_.WaitDeleted(*member, key, context));
    if (key.kind == "Namespace") {
      KPROTO_RETURN_IF_ERROR(WaitForVolumes(*member, volumes, key.name, context));
    }
  }
  return absl::OkStatus();
}

}  // namespace kproto::fleet_member
