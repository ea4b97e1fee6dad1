// SPDX-License-Identifier: MPL-2.0
// The way back from Type::ToJson(): types that a host sends beside values of dynamic type.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provider/schema/type.h"

namespace kproto {

// InvalidArgument when the text is no type constraint, or is nested deeper than any real one.
absl::StatusOr<Type> ParseType(absl::string_view json);
absl::StatusOr<Type> TypeFromJson(const nlohmann::json& json);

}  // namespace kproto
