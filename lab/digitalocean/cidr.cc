// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/cidr.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace kproto::lab {
namespace {

uint32_t Mask(int bits) { return bits == 0 ? 0 : ~uint32_t{0} << (32 - bits); }

}  // namespace

absl::optional<Cidr> Cidr::Parse(absl::string_view text) {
  const std::vector<std::string> halves = absl::StrSplit(text, '/');
  int bits;
  if (halves.size() != 2 || !absl::SimpleAtoi(halves[1], &bits) || bits < 0 || bits > 32) {
    return absl::nullopt;
  }
  const std::vector<std::string> octets = absl::StrSplit(halves[0], '.');
  if (octets.size() != 4) {
    return absl::nullopt;
  }
  uint32_t address = 0;
  for (const std::string& octet : octets) {
    uint32_t value;
    if (!absl::SimpleAtoi(octet, &value) || value > 255) {
      return absl::nullopt;
    }
    address = address << 8 | value;
  }
  return Cidr{address & Mask(bits), bits};
}

bool Cidr::Overlaps(const Cidr& other) const {
  const uint32_t mask = Mask(std::min(bits, other.bits));
  return (address & mask) == (other.address & mask);
}

bool Cidr::Contains(const Cidr& other) const { return bits <= other.bits && Overlaps(other); }

bool Cidr::Private() const {
  for (const char* range : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}) {
    if (Parse(range)->Contains(*this)) {
      return true;
    }
  }
  return false;
}

std::string Cidr::ToString() const {
  return absl::StrFormat("%d.%d.%d.%d/%d", address >> 24, address >> 16 & 255, address >> 8 & 255,
                         address & 255, bits);
}

}  // namespace kproto::lab
