// SPDX-License-Identifier: MPL-2.0
// Network: an IPv4 network as a range of addresses, for telling whether two overlap and for finding
// a free one. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto::subnets {

struct Network {
  uint32_t first = 0;  // host byte order
  int bits = 0;        // 0 … 32

  friend bool operator==(const Network&, const Network&) = default;
  uint32_t last() const { return first | (bits == 0 ? ~0u : bits == 32 ? 0 : ~0u >> bits); }
  bool Overlaps(const Network& other) const {
    return first <= other.last() && other.first <= last();
  }
  bool Contains(const Network& other) const {
    return first <= other.first && other.last() <= last();
  }
};

// InvalidArgument completes "<name> …": "must be an IPv4 network in CIDR form, …".
absl::StatusOr<Network> ParseNetwork(absl::string_view cidr);
std::string ToCidr(const Network& network);

// The first of `networks` that overlaps; nullptr when none does.
const Network* FirstOverlap(const Network& network, const std::vector<Network>& networks);

enum class From { kLowest, kHighest };

// The lowest or highest network of that size within `space` that overlaps none of `taken`.
std::optional<Network> FindFree(const Network& space, int bits, const std::vector<Network>& taken,
                                From from);

}  // namespace kproto::subnets
