// SPDX-License-Identifier: MPL-2.0
// What a plain YAML scalar means: the resolution rules of the Go library behind Helm and kubectl
// (sigs.k8s.io/yaml over yaml v2), so that a plan sees what the chart will see.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace kproto::yaml {

// null, bool, integer, float, else string. nullopt for infinities and NaN, which JSON lacks.
std::optional<nlohmann::json> ResolvePlain(absl::string_view text);

}  // namespace kproto::yaml
