// SPDX-License-Identifier: MPL-2.0
// Reading JSON that others wrote without ever throwing: what is missing or of another type reads as
// empty. Used by everything in the lab that talks to an API server.
#pragma once

#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

// The member reached by `path` from `object`, or a null value.
const nlohmann::json& At(const nlohmann::json& object,
                         std::initializer_list<absl::string_view> path);

// The text there, or "".
std::string Text(const nlohmann::json& object, std::initializer_list<absl::string_view> path);

// The array there, or an empty one; for range-for.
const nlohmann::json& Items(const nlohmann::json& object,
                            std::initializer_list<absl::string_view> path = {"items"});

// `text` parsed; a discarded value when it is no JSON.
nlohmann::json ParseJson(absl::string_view text);

}  // namespace kproto::lab
