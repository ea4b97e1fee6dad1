// SPDX-License-Identifier: MPL-2.0
// The word a person probably meant: for messages that name a mistake and its remedy. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kproto {

// Insertions, deletions, substitutions and swaps of neighbours from one to the other, without
// regard to case.
size_t EditDistance(absl::string_view a, absl::string_view b);

// The candidate nearest to `word`, the first of equals; "" when none is near enough to be meant:
// a third of the letters may differ.
std::string Nearest(absl::string_view word, const std::vector<std::string>& candidates);

// All of `candidates`, the one nearest to `word` first, the order they came in among equals.
std::vector<std::string> NearestFirst(absl::string_view word, std::vector<std::string> candidates);

}  // namespace kproto
