// SPDX-License-Identifier: MPL-2.0
// The gate before an upgrade: DigitalOcean's clusterlint, run and judged as `preflight` says.
// Sources: POST and GET /v2/kubernetes/clusters/{id}/clusterlint.
#pragma once

#include "absl/status/status.h"
#include "provider/reconcile/step.h"
#include "resources/cluster/steps.h"

namespace kproto {

// FailedPrecondition with the findings when they stop the upgrade (clusterlint = "error"); what
// does not stop it, also that the check could not be made, becomes a warning of `work`.
absl::Status CheckWithClusterlint(ClusterWork& work, const StepContext& context);

}  // namespace kproto
