// SPDX-License-Identifier: MPL-2.0
// Text that leaves the process must be UTF-8: a host refuses a message, or corrupts a state, whose
// strings are not. What an API or a program printed is not always.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kproto {

bool IsValidUtf8(absl::string_view text);

// `text` with each byte that belongs to no well-formed UTF-8 sequence replaced by U+FFFD.
std::string ToValidUtf8(absl::string_view text);

}  // namespace kproto
