// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/objects_step.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/checks/quantity.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Conflicts;
using kubernetes::Propagation;

// Kinds whose objects cannot be changed, only made anew.
bool IsImmutable(const Json& object) {
  return kubernetes::StringAt(object, "/kind") == "StorageClass";
}

std::string Named(const Json& object) { return kubernetes::KeyOf(object).ToString(); }

}  // namespace

bool Includes(const Json& is, const Json& wanted) {
  if (wanted.is_object()) {
    for (const auto& [key, member] : wanted.items()) {
      if (!is.is_object() || !is.contains(key) || !Includes(is[key], member)) {
        return false;
      }
    }
    return is.is_object();
  }
  if (wanted.is_array()) {
    return is.is_array() && is.size() == wanted.size() &&
           std::equal(wanted.begin(), wanted.end(), is.begin(),
                      [](const Json& w, const Json& i) { return Includes(i, w); });
  }
  if (is == wanted) {
    return true;
  }
  const std::optional<int64_t> amount = MilliUnitsOf(wanted);
  return amount && MilliUnitsOf(is) == amount;
}

ObjectsStep::ObjectsStep(Stack& stack, std::string name, std::vector<Kind> kinds,
                         std::vector<Json> wanted, Path path)
    : StackStep(stack),
      name_(std::move(name)),
      kinds_(std::move(kinds)),
      wanted_(std::move(wanted)),
      path_(std::move(path)) {
  for (Json& object : wanted_) {
    object["metadata"]["labels"][kManagedByLabel] = kManagedBy;
    object["metadata"]["labels"][kPartOfLabel] = stack.desired.ns;
  }
}

const Json* ObjectsStep::There(const kubernetes::ObjectKey& key) const {
  const auto found = std::find_if(there_.begin(), there_.end(), [&](const Json& object) {
    return kubernetes::KeyOf(object) == key;
  });
  return found == there_.end() ? nullptr : &*found;
}

bool ObjectsStep::IsWanted(const Json& object) const {
  return std::any_of(wanted_.begin(), wanted_.end(), [&](const Json& wanted) {
    return kubernetes::KeyOf(wanted) == kubernetes::KeyOf(object);
  });
}

absl::Status ObjectsStep::Observe(const StepContext& context) {
  there_.clear();
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  kubernetes::ListOptions ours;
  ours.label_selector =
      absl::StrCat(kManagedByLabel, "=", kManagedBy, ",", kPartOfLabel, "=", desired().ns);
  for (const Kind& kind : kinds_) {
    KPROTO_ASSIGN_OR_RETURN(
        std::vector<Json> found,
        cluster.kubernetes->List(kind.api_version, kind.kind, ours, CallOf(context)));
    there_.insert(there_.end(), found.begin(), found.end());
  }
  return absl::OkStatus();
}

Difference ObjectsStep::Compare() const {
  for (const Json& object : wanted_) {
    const Json* is = There(kubernetes::KeyOf(object));
    if (is == nullptr) {
      return Difference::Missing(absl::StrCat(Named(object), " is missing"));
    }
    if (!Includes(*is, object)) {
      return Difference::Differs(absl::StrCat(Named(object), " was changed"));
    }
  }
  for (const Json& object : there_) {
    if (!IsWanted(object)) {
      return Difference::Differs(absl::StrCat(Named(object), " is no longer wanted"));
    }
  }
  return Difference::None();
}

absl::Status ObjectsStep::Make(const Cluster& cluster, const Json& object,
                               const kubernetes::Call& call) {
  const kubernetes::ObjectKey key = kubernetes::KeyOf(object);
  const Json* ours = There(key);
  if (ours == nullptr) {
    KPROTO_ASSIGN_OR_RETURN(std::optional<Json> other, cluster.kubernetes->Get(key, call));
    if (other) {
      return WithPath(absl::AlreadyExistsError(absl::StrCat(
                          key.ToString(),
                          " is there already and was not made by this resource: delete it, or "
                          "choose another name")),
                      path_);
    }
  } else if (Includes(*ours, object)) {
    return absl::OkStatus();
  } else if (IsImmutable(object)) {
    KPROTO_RETURN_IF_ERROR(cluster.kubernetes->Delete(key, Propagation::kBackground, call));
    KPROTO_RETURN_IF_ERROR(kubernetes::WaitDeleted(*cluster.kubernetes, key, call));
  }
  const absl::Status made = cluster.kubernetes->Apply(object, Conflicts::kForce, call).status();
  return made.ok() ? made : WithPath(made, path_);
}

absl::Status ObjectsStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const Json& object : wanted_) {
    KPROTO_RETURN_IF_ERROR(Make(cluster, object, call));
  }
  for (const Json& object : there_) {
    if (!IsWanted(object)) {
      KPROTO_RETURN_IF_ERROR(
          cluster.kubernetes->Delete(kubernetes::KeyOf(object), Propagation::kBackground, call));
    }
  }
  return absl::OkStatus();
}

absl::Status ObjectsStep::Remove(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const Json& object : there_) {
    KPROTO_RETURN_IF_ERROR(
        cluster.kubernetes->Delete(kubernetes::KeyOf(object), Propagation::kBackground, call));
  }
  for (const Json& object : there_) {
    KPROTO_RETURN_IF_ERROR(
        kubernetes::WaitDeleted(*cluster.kubernetes, kubernetes::KeyOf(object), call));
  }
  return absl::OkStatus();
}

}  // namespace kproto::monitoring_stack
