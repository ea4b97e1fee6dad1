// SPDX-License-Identifier: MPL-2.0
// JSON → Value: stored state, which may have been written by another version of the schema, and
// the rare DynamicValue in JSON. (What goes out is always MessagePack.)
#pragma once

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provider/schema/type.h"
#include "provider/schema/value.h"

namespace kproto {

// Like nlohmann's parse, but a number that neither an integer nor a double holds exactly becomes a
// string with its text, which FromJson() takes for a number. InvalidArgument when it is no JSON.
absl::StatusOr<nlohmann::json> ParseExactJson(absl::string_view text);

// What to do with attributes that the type does not have.
enum class Extras { kRefuse, kIgnore };

// Attributes that are missing are null. Scalars are converted as hosts do: a string takes a number
// or bool, a number or bool takes its text. InvalidArgument, with path, when nothing fits.
absl::StatusOr<Value> FromJson(const nlohmann::json& json, const Type& type, Extras extras);

}  // namespace kproto
