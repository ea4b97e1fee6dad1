// SPDX-License-Identifier: MPL-2.0
// What somebody may have meant: valid names, the ones most like the wrong one first. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kproto {

// Ordered by how few letters have to be changed (Levenshtein), the order of `names` among equals.
std::vector<std::string> NearestFirst(absl::string_view wanted, std::vector<std::string> names);

}  // namespace kproto
