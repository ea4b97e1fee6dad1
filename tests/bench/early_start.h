// SPDX-License-Identifier: MPL-2.0
// When Argo CD's install begins in a cluster that is made by the same configuration: after the last
// node runs, or with `wait_for_nodes = false` as soon as the API server answers. In a lab with a
// real API server, by the built provider.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kproto::bench {

// Moments since the create of the cluster began, as lab and API server keep them: whole seconds.
struct StartSample {
  absl::Duration api_server;  // DigitalOcean calls the cluster running
  absl::Duration install;     // the first record of Argo CD's release
  absl::Duration last_node;   // DigitalOcean calls it running
  absl::Duration stack;       // all is synced and healthy
};

struct StartReport {
  StartSample waiting, early;  // wait_for_nodes = true, and false
};

absl::StatusOr<StartReport> MeasureStart(const std::string& provider);

// As a Markdown table.
void PrintStart(const StartReport& report);

}  // namespace kproto::bench
