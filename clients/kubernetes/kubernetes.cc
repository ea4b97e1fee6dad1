// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/kubernetes.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "clients/kubernetes/held_by.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::kubernetes {

std::string ObjectKey::ToString() const {
  return ns.empty() ? absl::StrCat(kind, " ", name) : absl::StrCat(kind, " ", ns, "/", name);
}

ObjectKey KeyOf(const Json& object) {
  return {StringAt(object, "/apiVersion"), StringAt(object, "/kind"),
          StringAt(object, "/metadata/namespace"), StringAt(object, "/metadata/name")};
}

absl::Status DropFinalizers(Kubernetes& kubernetes, const ObjectKey& key, const Call& call) {
  const absl::Status status =
      kubernetes.Patch(key, PatchType::kMerge, {{"metadata", {{"finalizers", nullptr}}}}, call)
          .status();
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::Status WaitDeleted(Kubernetes& kubernetes, const ObjectKey& key, const Call& call) {
  std::string why;
  bool held = false;
  const auto gone = [&](const Json* object) -> absl::StatusOr<bool> {
    if (object == nullptr) {
      return true;
    }
    why = HeldBy(*object);
    held = IsHeld(*object);
    return false;
  };
  const absl::Status status = kubernetes.WaitUntil(key, gone, call).status();
  if (!absl::IsDeadlineExceeded(status)) {
    return status;
  }
  absl::Status late = absl::DeadlineExceededError(
      absl::StrCat("timed out waiting for ", key.ToString(), " to be deleted",
                   why.empty() ? "" : absl::StrCat("; ", why)));
  return held ? WithHint(std::move(late), HintForHeld(key)) : late;
}

}  // namespace kproto::kubernetes
