// SPDX-License-Identifier: MPL-2.0
// What DigitalOcean charges and has no API for, in US dollars a month without tax, as listed at
// https://www.digitalocean.com/pricing on the day below. Droplet sizes are not here: /v2/sizes
// tells their price. Whoever changes a number changes the day. What provider and lab both count.
#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace kproto {

inline constexpr char kPricesAsOf[] = "2026-08-06";

inline constexpr double kHighAvailabilityMonthly = 40;      // of the control plane; plain is free
inline constexpr double kRegionalBalancerNodeMonthly = 12;  // REGIONAL: each node (size_unit)
inline constexpr double kOtherBalancerMonthly = 15;         // REGIONAL_NETWORK and GLOBAL
inline constexpr double kVolumeGibMonthly = 0.10;
inline constexpr double kSnapshotGibMonthly = 0.06;

// Of a load balancer of this type, with so many nodes.
inline double LoadBalancerMonthly(absl::string_view type, int64_t size_unit) {
  return type == "REGIONAL"
             ? kRegionalBalancerNodeMonthly * static_cast<double>(std::max<int64_t>(size_unit, 1))
             : kOtherBalancerMonthly;
}

}  // namespace kproto
