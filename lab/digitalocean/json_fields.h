// SPDX-License-Identifier: MPL-2.0
// Readers of JSON that came from outside: a missing field or one of another type is the fallback,
// never an exception. Keys that differ only in case are one key where a caller asks for that.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kproto::lab {

using Json = nlohmann::json;

// The field, or a null that lives for ever.
const Json& Field(const Json& object, absl::string_view key);
// The same, the key compared without case (godo sends taints as Key/Value/Effect).
const Json& FieldIgnoringCase(const Json& object, absl::string_view key);

std::string StringField(const Json& object, absl::string_view key, absl::string_view fallback = "");
int64_t IntField(const Json& object, absl::string_view key, int64_t fallback = 0);
bool BoolField(const Json& object, absl::string_view key, bool fallback = false);
std::vector<std::string> StringList(const Json& object, absl::string_view key);

// A copy without what is for the simulator only: every member called "_", at any depth.
Json Public(const Json& value);

// One line; bytes that are no UTF-8 are replaced rather than thrown about.
std::string Dump(const Json& value);

}  // namespace kproto::lab
