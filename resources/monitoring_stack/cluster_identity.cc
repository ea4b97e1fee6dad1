// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/cluster_identity.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {

absl::StatusOr<std::string> ClusterUid(kubernetes::Kubernetes& kubernetes,
                                       const kubernetes::Call& call) {
  const absl::StatusOr<std::optional<kubernetes::Json>> found =
      kubernetes.Get({"v1", "Namespace", "", "kube-system"}, call);
  if (absl::IsPermissionDenied(found.status())) {
    return "";
  }
  if (!found.ok()) {
    return found.status();
  }
  return *found ? kubernetes::StringAt(**found, "/metadata/uid") : "";
}

absl::Status CheckSameCluster(const std::string& expected, const std::string& uid,
                              const std::string& where) {
  if (expected.empty() || uid.empty() || expected == uid) {
    return absl::OkStatus();
  }
  return WithHint(
      absl::FailedPreconditionError(absl::StrCat(
          where,
          " is another cluster than the one this stack is in: its kube-system namespace has ",
          "the uid ", uid, ", the stack was made in the cluster with ", expected)),
      "Nothing was touched. Point the configuration at the right cluster; if the old one is gone "
      "for good, forget the stack with `tofu state rm` and apply again.");
}

}  // namespace kproto::monitoring_stack
