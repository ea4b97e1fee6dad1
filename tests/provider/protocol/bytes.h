// SPDX-License-Identifier: MPL-2.0
// Wire bytes in tests, written as hexadecimal: Bytes("d4 00 00").
#pragma once

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace kproto::testing {

inline std::string Bytes(absl::string_view hex) {
  return absl::HexStringToBytes(absl::StrReplaceAll(hex, {{" ", ""}}));
}

inline std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

}  // namespace kproto::testing
