// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/storage_step.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/reconcile/poll_pace.h"
#include "provider/runtime/diagnostics.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::StringAt;

constexpr char kStorageApi[] = "storage.k8s.io/v1";
constexpr absl::Duration kPatience = absl::Minutes(2);
constexpr char kIsDefault[] = "storageclass.kubernetes.io/is-default-class";

Path ClassPath() { return Path("storage").Attribute("class"); }

absl::StatusOr<std::optional<Json>> FindClass(kubernetes::Kubernetes& kubernetes,
                                              const std::string& name,
                                              const kubernetes::Call& call) {
  if (!name.empty()) {
    return kubernetes.Get({kStorageApi, "StorageClass", "", name}, call);
  }
  KPROTO_ASSIGN_OR_RETURN(std::vector<Json> classes,
                          kubernetes.List(kStorageApi, "StorageClass", {}, call));
  for (Json& one : classes) {
    if (kubernetes::AnnotationOf(one, kIsDefault) == "true") {
      return std::move(one);
    }
  }
  return std::optional<Json>();
}

// DOKS adds its classes a little after the API server of a new cluster answers. Whose classes they
// are elsewhere nobody knows: those are there or not.
absl::StatusOr<std::optional<Json>> WaitForClass(Access& access, const std::string& name,
                                                 Clock& clock, const kubernetes::Call& call) {
  const bool may_come = access.IsDigitalOcean() && (name.empty() || IsDigitalOceans(name));
  PollPace pace(clock);
  while (true) {
    KPROTO_ASSIGN_OR_RETURN(Cluster cluster, access.Get(call));
    KPROTO_ASSIGN_OR_RETURN(std::optional<Json> found, FindClass(*cluster.kubernetes, name, call));
    if (found || !may_come || pace.Passed() > kPatience) {
      return found;
    }
    if (!clock.Sleep(pace.Next(), call.stop)) {
      return absl::CancelledError("stopped while waiting for the StorageClass");
    }
  }
}

kubernetes::ObjectKey VolumeKey(const std::string& name) {
  return {"v1", "PersistentVolume", "", name};
}

}  // namespace

bool IsDigitalOceans(const std::string& storage_class) {
  return absl::StartsWith(storage_class, "do-block-storage");
}

absl::Status CheckStorageClass(const StorageWanted& wanted, Access& access, Clock& clock,
                               const kubernetes::Call& call) {
  if (wanted.IsOurs() || (wanted.storage_class.empty() && !wanted.must_encrypt)) {
    return absl::OkStatus();  // what is ours the plan has judged
  }
  KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> found,
                          WaitForClass(access, wanted.storage_class, clock, call));
  if (!found) {
    return WithPath(
        absl::FailedPreconditionError(
            wanted.storage_class.empty()
                ? "the cluster has no default StorageClass"
                : absl::StrCat("the cluster has no StorageClass ", wanted.storage_class)),
        ClassPath());
  }
  const std::string provisioner = StringAt(*found, "/provisioner");
  if (wanted.must_encrypt &&
      !IsEncrypted(provisioner, kubernetes::StringMapAt(*found, "/parameters"))) {
    return WithPath(
        WithHint(absl::FailedPreconditionError(absl::StrCat(
                     "volumes of the StorageClass ", StringAt(*found, "/metadata/name"),
                     " (provisioner ", provisioner, ") are not known to be encrypted at rest")),
                 "Name a class whose volumes are, or set storage.encrypted to false."),
        ClassPath());
  }
  return absl::OkStatus();
}

// ---- the step --------------------------------------------------------------------------------

StorageStep::StorageStep(Stack& stack)
    : ObjectsStep(stack, "storage class", {{kStorageApi, "StorageClass"}},
                  stack.desired.storage.IsOurs()
                      ? std::vector<Json>{StorageClassOf(stack.desired.storage)}
                      : std::vector<Json>{},
                  ClassPath()) {}

absl::Status StorageStep::Observe(const StepContext& context) {
  KPROTO_RETURN_IF_ERROR(ObjectsStep::Observe(context));
  astray_.clear();
  found().storage_class = there().empty() ? std::optional<Json>() : there()[0];
  const StorageWanted& wanted = desired().storage;
  if (!wanted.IsOurs()) {
    return absl::OkStatus();
  }
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> volumes,
                          cluster.kubernetes->List("v1", "PersistentVolume", {}, CallOf(context)));
  for (const Json& volume : volumes) {
    if (StringAt(volume, "/spec/storageClassName") == wanted.storage_class &&
        StringAt(volume, "/status/phase") == "Bound" &&
        StringAt(volume, "/spec/persistentVolumeReclaimPolicy") != wanted.reclaim_policy) {
      astray_.push_back(StringAt(volume, "/metadata/name"));
    }
  }
  return absl::OkStatus();
}

Difference StorageStep::Compare() const {
  Difference difference = ObjectsStep::Compare();
  if (difference.kind == Difference::Kind::kNone && !astray_.empty()) {
    difference = Difference::Differs(absl::StrCat("PersistentVolume ", absl::StrJoin(astray_, ", "),
                                                  " is not reclaimed by the policy of its class"));
  }
  return difference;
}

absl::Status StorageStep::Apply(const StepContext& context) {
  KPROTO_RETURN_IF_ERROR(ObjectsStep::Apply(context));
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const std::string& name : astray_) {
    KPROTO_RETURN_IF_ERROR(
        cluster.kubernetes
            ->Patch(
                VolumeKey(name), kubernetes::PatchType::kMerge,
                {{"spec", {{"persistentVolumeReclaimPolicy", desired().storage.reclaim_policy}}}},
                CallOf(context))
            .status());
  }
  return absl::OkStatus();
}

}  // namespace kproto::monitoring_stack
