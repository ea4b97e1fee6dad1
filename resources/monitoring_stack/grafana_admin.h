// SPDX-License-Identifier: MPL-2.0
// GrafanaAdmin: the password of Grafana's administrator. Grafana takes it from the Secret only when
// it makes its database; afterwards it has to be told.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "base/secret.h"
#include "clients/grafana/grafana.h"
#include "resources/monitoring_stack/desired.h"

namespace kproto::monitoring_stack {

inline constexpr char kAdminUser[] = "admin";

// The Grafana of the stack, whether exposed or not. `kubernetes` outlives it.
grafana::Grafana GrafanaOf(const Desired& desired, kubernetes::Kubernetes* kubernetes);

// Whether Grafana's database outlives its pod.
bool KeepsItsDatabase(const Desired& desired);

// Makes `to` the password, which is `from` or, after an interruption, `to` already; and proves it
// by a login. FailedPrecondition when it is neither.
absl::Status RotateAdminPassword(grafana::Grafana& grafana, const SecretString& from,
                                 const SecretString& to, const kubernetes::Call& call);

}  // namespace kproto::monitoring_stack
