// SPDX-License-Identifier: MPL-2.0
// What 1, 10 and 100 clusters in one configuration cost: calls, time, memory, measured with the
// built provider over a simulator with DigitalOcean's rate limits.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kproto::bench {

struct ScaleSample {
  int clusters = 0;
  std::string operation;  // create, refresh, plan, destroy
  int64_t calls = 0;      // to the API
  int64_t refused = 0;    // of them, answered with 429
  absl::Duration wall;
  absl::Duration simulated;    // the same in the cloud's time
  absl::Duration cloud_waits;  // the longest chain of what only the cloud can hasten; 0: none
  double peak_megabytes = 0;   // of the provider process
};

struct ScaleReport {
  std::vector<ScaleSample> samples;
  // Resident memory of one process after the first and the last of many refreshes.
  int refreshes = 0;
  double megabytes_at_first = 0, megabytes_at_last = 0;
};

absl::StatusOr<ScaleReport> MeasureScale(const std::string& provider);

// As a Markdown table.
void PrintScale(const ScaleReport& report);

}  // namespace kproto::bench
