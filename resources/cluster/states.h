// SPDX-License-Identifier: MPL-2.0
// What DigitalOcean may say of a cluster that kproto cannot make sense of. States that came up
// after this kproto was made are neither well nor failed: they are waited for, and the user is
// told. An answer that lacks what every cluster has is an error and never read as "that is gone".
// Pure.
#pragma once

#include "absl/status/status.h"
#include "clients/digitalocean/types.h"
#include "provider/runtime/diagnostics.h"

namespace kproto {

// A warning for each such state of the cluster and its nodes, unless `warnings` has it already.
void WarnOfUnknownStates(const digitalocean::Cluster& cluster, Diagnostics& warnings);

// DataLoss names what is missing: name, region, version, or the pools of a running cluster.
absl::Status CheckComplete(const digitalocean::Cluster& cluster);

}  // namespace kproto
