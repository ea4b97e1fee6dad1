// SPDX-License-Identifier: MPL-2.0
// What a cluster costs a month: sizes' prices come from the API, the rest from a table here,
// because DigitalOcean has no API for it (https://www.digitalocean.com/pricing/kubernetes). Pure.
#pragma once

#include <optional>
#include <vector>

#include "clients/digitalocean/types.h"
#include "resources/cluster/model.h"

namespace kproto {

inline constexpr double kHighAvailabilityMonthly = 40;  // US dollars

// nullopt while a count or size is unknown, or a size has no price.
std::optional<double> MonthlyCost(const ClusterModel& cluster,
                                  const std::vector<digitalocean::Size>& sizes);

}  // namespace kproto
