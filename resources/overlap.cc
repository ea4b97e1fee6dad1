// SPDX-License-Identifier: MPL-2.0
#include "resources/overlap.h"

#include <arpa/inet.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace kproto {
namespace {

struct Range {
  uint32_t first = 0, last = 0;  // host byte order, both inclusive
};

std::optional<Range> RangeOf(const std::string& cidr) {
  const std::vector<std::string> parts = absl::StrSplit(cidr, '/');
  in_addr address;
  int bits = 0;
  if (parts.size() != 2 || inet_pton(AF_INET, parts[0].c_str(), &address) != 1 ||
      !absl::SimpleAtoi(parts[1], &bits) || bits < 0 || bits > 32) {
    return std::nullopt;
  }
  const uint32_t hosts = bits == 0 ? ~0u : bits == 32 ? 0u : ~0u >> bits;
  const uint32_t first = ntohl(address.s_addr) & ~hosts;
  return Range{first, first | hosts};
}

}  // namespace

bool NetworksOverlap(const std::string& a, const std::string& b) {
  const std::optional<Range> x = RangeOf(a), y = RangeOf(b);
  return x && y && x->first <= y->last && y->first <= x->last;
}

}  // namespace kproto
