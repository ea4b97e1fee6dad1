// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/utf8.h"

#include <cstddef>
#include <cstdint>

namespace kproto {
namespace {

bool IsContinuation(absl::string_view text, size_t i, uint8_t low = 0x80, uint8_t high = 0xbf) {
  return i < text.size() && static_cast<uint8_t>(text[i]) >= low &&
         static_cast<uint8_t>(text[i]) <= high;
}

// Length of the well-formed sequence at `i` (Unicode, table 3-7), or 0.
size_t SequenceLength(absl::string_view text, size_t i) {
  const uint8_t lead = static_cast<uint8_t>(text[i]);
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xc2 && lead <= 0xdf) {
    return IsContinuation(text, i + 1) ? 2 : 0;
  }
  if (lead >= 0xe0 && lead <= 0xef) {
    // No overlong forms, no surrogates.
    const uint8_t low = lead == 0xe0 ? 0xa0 : 0x80;
    const uint8_t high = lead == 0xed ? 0x9f : 0xbf;
    return IsContinuation(text, i + 1, low, high) && IsContinuation(text, i + 2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const uint8_t low = lead == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xf4 ? 0x8f : 0xbf;
    return IsContinuation(text, i + 1, low, high) && IsContinuation(text, i + 2) &&
                   IsContinuation(text, i + 3)
               ? 4
               : 0;
  }
  return 0;
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = SequenceLength(text, i);
    if (length == 0) {
      return false;
    }
    i += length;
  }
  return true;
}

std::string ToValidUtf8(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t length = SequenceLength(text, i);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++i;
    } else {
      out.append(text.data() + i, length);
      i += length;
    }
  }
  return out;
}

}  // namespace kproto
