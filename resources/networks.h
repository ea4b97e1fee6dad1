// SPDX-License-Identifier: MPL-2.0
// IPv4 networks as plans compare them: what overlaps what, what DigitalOcean keeps for itself, and
// which range is still free. Pure. Rules of POST /v2/vpcs and of "Plan your network" in
// DigitalOcean's VPC documentation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provider/runtime/diagnostics.h"
#include "provider/schema/attr.h"

namespace kproto {

struct Network {
  uint32_t first = 0;  // address in host byte order
  int bits = 0;        // 0 … 32

  friend bool operator==(const Network&, const Network&) = default;
  constexpr uint32_t last() const {
    return first | (bits == 0 ? ~0u : bits == 32 ? 0 : ~0u >> bits);
  }
  constexpr bool Overlaps(const Network& other) const {
    return first <= other.last() && other.first <= last();
  }
  constexpr bool Contains(const Network& other) const {
    return first <= other.first && other.last() <= last();
  }
  std::string ToString() const;  // CIDR form
};

constexpr Network NetworkAt(uint32_t a, uint32_t b, int bits) {
  return {(a << 24) | (b << 16), bits};
}

// RFC 1918: the only ranges that a VPC may have.
inline constexpr Network kPrivateNetworks[] = {NetworkAt(10, 0, 8), NetworkAt(172, 16, 12),
                                               NetworkAt(192, 168, 16)};
// What DOKS takes for pods and Services when nothing is said.
inline constexpr Network kDefaultPods = NetworkAt(10, 244, 16);
inline constexpr Network kDefaultServices = NetworkAt(10, 245, 16);
// What DigitalOcean keeps for itself beside these two.
inline constexpr Network kInternalNetworks[] = {NetworkAt(10, 229, 16), NetworkAt(10, 246, 24)};

// nullopt for what is no IPv4 network in CIDR form. Bits of hosts are left out of account.
std::optional<Network> ParseNetwork(absl::string_view cidr);
// The same, and no bit of a host may be set. InvalidArgument completes "<name> …": "must be …".
absl::StatusOr<Network> ParseExactNetwork(absl::string_view cidr);

// False when one of them is no network, which validators report.
bool NetworksOverlap(absl::string_view a, absl::string_view b);

bool IsPrivate(const Network& network);

// The range that a VPC may not overlap with and `network` does; "" when there is none.
std::string ReservedRangeIn(const Network& network);

// A VPC's range is private and none that DigitalOcean keeps for itself.
void CheckVpcRange(const Attr<std::string>& range, const Path& path, Diagnostics& diagnostics);

// The first of `networks` that overlaps; nullptr when none does.
const Network* FirstOverlap(const Network& network, const std::vector<Network>& networks);

enum class From { kLowest, kHighest };

// The lowest or highest network of that size within `space` that overlaps none of `taken`.
std::optional<Network> FindFree(const Network& space, int bits, const std::vector<Network>& taken,
                                From from);

// The lowest network of `bits` in 10.0.0.0/8 that is neither reserved nor overlaps one of `taken`.
std::optional<Network> FreeNetwork(int bits, std::vector<Network> taken);

}  // namespace kproto
