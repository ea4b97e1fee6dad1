// SPDX-License-Identifier: MPL-2.0
// OperationLease: one apply or destroy of a stack at a time, from whatever machine and state file.
// A Lease (coordination.k8s.io/v1) in kube-system, which is there before the stack's own namespaces
// are; renewed while held, given back at the end. What a killed apply left is taken over at once
// when it was on this machine, else when it has not been renewed for its duration.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::monitoring_stack {

class OperationLease {
 public:
  // `ns` is the stack's namespace. Aborted, naming the holder, when another operation is at work.
  // nullptr when these credentials may not hold a Lease: then nobody is kept out.
  static absl::StatusOr<std::unique_ptr<OperationLease>> Take(
      std::shared_ptr<kubernetes::Kubernetes> kubernetes, const std::string& ns, Clock& clock,
      const kubernetes::Call& call);
  ~OperationLease();  // gives it back; a cluster that does not answer only lets it run out

 private:
  OperationLease(std::shared_ptr<kubernetes::Kubernetes> kubernetes, kubernetes::ObjectKey key,
                 std::string identity);
  void Renew(std::stop_token stop) const;

  const std::shared_ptr<kubernetes::Kubernetes> kubernetes_;
  const kubernetes::ObjectKey key_;
  const std::string identity_;
  std::jthread renewal_;
};

// "<host name>_<process id>_<nonce>". Exposed for tests.
std::string NewHolderIdentity();

}  // namespace kproto::monitoring_stack
