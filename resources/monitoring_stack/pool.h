// SPDX-License-Identifier: MPL-2.0
// Which nodes run the stack: those of the pool that the configuration names, else of the pool made
// for it, else any. Nodes that DigitalOcean is still starting count.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "resources/monitoring_stack/access.h"

namespace kproto::monitoring_stack {

inline constexpr char kDefaultPool[] = "monitoring";

// Where the stack goes when the configuration does not say: "monitoring" or, without such nodes,
// "".
absl::StatusOr<std::string> ChoosePool(Access& access, const kubernetes::Call& call);

// FailedPrecondition when no node is labelled for `pool`: everything would stay Pending.
absl::Status CheckPool(Access& access, const std::string& pool, const kubernetes::Call& call);

}  // namespace kproto::monitoring_stack
