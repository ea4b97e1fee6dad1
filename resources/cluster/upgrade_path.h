// SPDX-License-Identifier: MPL-2.0
// The way from one Kubernetes version to another, by DigitalOcean's rules: the newest patch of the
// present minor first, then one minor at a time, never down. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace kproto {

// Where a cluster at `current` goes next on its way to `target`, of what GET …/upgrades lists
// (`next`). FailedPrecondition when nothing of it leads there: it names what is possible.
absl::StatusOr<std::string> NextHop(const std::string& current, const std::string& target,
                                    const std::vector<std::string>& next);

// All hops, `target` included; empty when `current` is `target`. `offered`: the slugs of
// GET /v2/kubernetes/options, from which the hops after the first are taken. FailedPrecondition
// when a minor in between is not offered, or as above.
absl::StatusOr<std::vector<std::string>> UpgradePath(const std::string& current,
                                                     const std::string& target,
                                                     const std::vector<std::string>& next,
                                                     const std::vector<std::string>& offered);

}  // namespace kproto
