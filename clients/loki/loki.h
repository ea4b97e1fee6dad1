// SPDX-License-Identifier: MPL-2.0
// Loki: pushing a line and reading it back (https://grafana.com/docs/loki/latest/reference/
// loki-http-api/), over the API server's service proxy. Thread-safe. Errors: Unavailable (no pod
// answers), FailedPrecondition (Loki says no: its own words), those of
// clients/kubernetes/kubernetes.h.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::loki {

using kubernetes::Call;

class Loki {
 public:
  // Of the Service `ns`/`service` at `port`. `tenant`: "" where Loki has only one. `kubernetes`
  // outlives it.
  Loki(kubernetes::Kubernetes* kubernetes, std::string ns, std::string service, std::string port,
       std::string tenant);

  absl::Status Push(const std::map<std::string, std::string>& labels, absl::Time time,
                    const std::string& line, const Call& call);
  // The lines that a LogQL query finds in that span of time, newest first.
  absl::StatusOr<std::vector<std::string>> Query(const std::string& logql, absl::Time from,
                                                 absl::Time to, const Call& call);

 private:
  absl::StatusOr<std::string> Send(kubernetes::ServiceRequest request, const Call& call);

  kubernetes::Kubernetes* const kubernetes_;
  const std::string ns_, service_, port_, tenant_;
};

}  // namespace kproto::loki
