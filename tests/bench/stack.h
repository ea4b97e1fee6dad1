// SPDX-License-Identifier: MPL-2.0
// What a plan of a monitoring stack costs: with a full render when nothing is known of it yet, and
// when nothing has changed since, beside the plain `helm template` of the same charts with the same
// values files. In a lab of its own with a real API server, by the built provider.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kproto::bench {

struct StackReport {
  int rounds = 0;
  // Medians. `templates` is `helm template --repo` for each chart, one after the other, each time
  // with empty caches; `cold` the plan of a new stack by a new process, charts fetched anew;
  // `unchanged` the plan of the applied one without its refresh; `refresh` that refresh.
  absl::Duration templates, cold, unchanged, refresh;
  absl::Duration apply;  // of the whole stack, in the lab
};

absl::StatusOr<StackReport> MeasureStack(const std::string& provider);

void PrintStack(const StackReport& report);

}  // namespace kproto::bench
