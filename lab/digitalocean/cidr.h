// SPDX-License-Identifier: MPL-2.0
// An IPv4 network in CIDR notation, for the rules about VPC, pod and service ranges.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace kproto::lab {

struct Cidr {
  uint32_t address = 0;  // host byte order, host bits cleared
  int bits = 0;

  static absl::optional<Cidr> Parse(absl::string_view text);
  bool Overlaps(const Cidr& other) const;
  bool Contains(const Cidr& other) const;
  bool Private() const;  // inside one of RFC 1918's ranges
  std::string ToString() const;
};

}  // namespace kproto::lab
