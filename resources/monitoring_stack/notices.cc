// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/notices.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/monitoring_stack/orphans.h"

namespace kproto::monitoring_stack {
namespace {

constexpr absl::Duration kLookTimeout = absl::Minutes(3);

}  // namespace

void WarnOfExpiry(const Access& access, Operation& operation) {
  if (const std::string warning = access.ExpiryWarning(); !warning.empty()) {
    operation.diagnostics.AddWarning("The cluster's credentials may run out", warning,
                                     Path("kubernetes"));
  }
}

void ReportRecovery(const Stack& stack, Operation& operation) {
  if (!stack.found.recovered.empty()) {
    operation.diagnostics.AddWarning(
        "A stuck Helm release was recovered",
        absl::StrCat(stack.found.recovered,
                     ". Helm refuses every other operation on such a release; nothing is left to "
                     "be done about it."),
        Path("argocd"));
  }
}

void WarnOfGoneCluster(const MonitoringStackModel& state, Operation& operation) {
  operation.diagnostics.AddWarning(
      "The monitoring stack is gone with its cluster",
      absl::StrCat("DigitalOcean has no cluster ", *state.cluster_id,
                   " any more, so there is nothing of the stack left to look at or to destroy. "
                   "Volumes and load balancers that the cluster had may still be there and "
                   "billed."),
      Path("cluster_id"));
}

void WarnOfNamespaces(const Stack& stack, Operation& operation) {
  if (!stack.found.foreign_namespaces.empty()) {
    operation.diagnostics.AddWarning(
        "Namespaces stay",
        absl::StrCat("They were there before the monitoring stack, and nothing of it is left in "
                     "them: ",
                     absl::StrJoin(stack.found.foreign_namespaces, ", "), "."));
  }
}

void ReportOrphans(Connections& connections, kubernetes::Kubernetes& kubernetes,
                   const std::string& cluster_id, Operation& operation) {
  const absl::StatusOr<digitalocean::DigitalOcean*> cloud = connections.DigitalOcean();
  if (!cloud.ok()) {
    return;
  }
  const kubernetes::Call call{absl::Now() + kLookTimeout, operation.request.stop};
  const auto orphans = FindOrphans(**cloud, kubernetes, cluster_id, call);
  if (!orphans.ok()) {
    operation.diagnostics.AddWarning(
        "Could not look for what is left behind",
        absl::StrCat("The monitoring stack is destroyed. Whether load balancers or volumes of the "
                     "cluster stand for nothing any more is not known: ",
                     orphans.status().message()));
  } else if (!orphans->empty()) {
    operation.diagnostics.AddWarning(
        "The cluster has left things behind",
        absl::StrCat("No Service or PersistentVolume stands for these any more, and they are "
                     "billed: ",
                     absl::StrJoin(*orphans, ", "),
                     ". They may stem from before this stack; delete them in DigitalOcean's "
                     "control panel if nobody needs them."));
  }
}

}  // namespace kproto::monitoring_stack
