// SPDX-License-Identifier: MPL-2.0
// Forecast: what a stack will ask of the cloud beside nodes, counted in the rendered objects: load
// balancers, volumes, and their price. Rule load_balancers keeps it under the user's limit.
#pragma once

#include <cstdint>
#include <optional>

#include "provider/schema/attr.h"
#include "resources/monitoring_stack/checks/rendered_stack.h"

namespace kproto::monitoring_stack {

struct Forecast {
  int64_t load_balancers = 0, volumes = 0, volume_gib = 0;
  Attr<double> monthly_cost;  // US dollars; null but at DigitalOcean
};

// nullopt when a component does not render.
std::optional<Forecast> ForecastOf(const RenderedStack& stack);

}  // namespace kproto::monitoring_stack
