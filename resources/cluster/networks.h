// SPDX-License-Identifier: MPL-2.0
// IPv4 networks as a cluster's plan compares them: what overlaps what, what DigitalOcean keeps for
// itself, and which range is still free. Pure. Rules of POST /v2/vpcs and of "Plan your network" in
// DigitalOcean's VPC documentation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kproto {

struct Network {
  uint32_t first = 0, last = 0;  // addresses in host byte order
  int bits = 0;

  bool Overlaps(const Network& other) const { return first <= other.last && other.first <= last; }
  bool Contains(const Network& other) const { return first <= other.first && other.last <= last; }
  std::string ToString() const;  // CIDR form
};

// nullopt for what is no IPv4 network in CIDR form.
std::optional<Network> ParseNetwork(absl::string_view cidr);

// Whether it lies in one of the private ranges of RFC 1918, the only ones a VPC may have.
bool IsPrivate(const Network& network);

// The range that DigitalOcean keeps for itself and `network` overlaps; "" when there is none.
std::string ReservedRangeIn(const Network& network);

// The first network of `bits` in 10.0.0.0/8 that is neither reserved nor overlaps one of `taken`.
std::optional<Network> FreeNetwork(int bits, const std::vector<Network>& taken);

}  // namespace kproto
