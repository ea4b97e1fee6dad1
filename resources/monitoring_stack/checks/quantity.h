// SPDX-License-Identifier: MPL-2.0
// Kubernetes quantities ("500m", "1.5Gi", 2) as numbers, and back as a person writes them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace kproto::monitoring_stack {

// Thousandths, rounded up; nullopt for what is no quantity.
std::optional<int64_t> MilliUnits(absl::string_view quantity);
// Whole units, such as bytes, rounded up.
std::optional<int64_t> Units(absl::string_view quantity);

// The same of a JSON string or number.
std::optional<int64_t> MilliUnitsOf(const nlohmann::json& quantity);
std::optional<int64_t> UnitsOf(const nlohmann::json& quantity);

std::string CpuText(int64_t milli_cpus);  // "500m", "2"
std::string MemoryText(int64_t bytes);    // "512Mi", "1.5Gi"

}  // namespace kproto::monitoring_stack
