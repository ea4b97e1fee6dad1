// SPDX-License-Identifier: MPL-2.0
// ClusterUid: which cluster this is, whatever name, address or credentials lead to it. A kubeconfig
// whose context was switched, or an address that a rebuilt cluster took over, leads elsewhere
// without a word; the uid tells.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::monitoring_stack {

// The uid of the namespace kube-system, which lives exactly as long as its cluster. "" when these
// credentials may not see it: then there is nothing to compare.
absl::StatusOr<std::string> ClusterUid(kubernetes::Kubernetes& kubernetes,
                                       const kubernetes::Call& call);

// FailedPrecondition, with what to do, when the cluster with `uid` is not the one `expected`; ok
// when either is "".
absl::Status CheckSameCluster(const std::string& expected, const std::string& uid,
                              const std::string& where);

}  // namespace kproto::monitoring_stack
