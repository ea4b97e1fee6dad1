// SPDX-License-Identifier: MPL-2.0
// Digests: one name for equal bytes, as caches and plans need it. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kproto {

// The SHA-256 of `bytes` in 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

}  // namespace kproto
