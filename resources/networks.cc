// SPDX-License-Identifier: MPL-2.0
#include "resources/networks.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kproto {
namespace {

std::vector<Network> Reserved() {
  std::vector<Network> reserved = {kDefaultPods, kDefaultServices};
  reserved.insert(reserved.end(), std::begin(kInternalNetworks), std::end(kInternalNetworks));
  return reserved;
}

}  // namespace

std::string Network::ToString() const {
  return absl::StrCat(first >> 24, ".", (first >> 16) & 255, ".", (first >> 8) & 255, ".",
                      first & 255, "/", bits);
}

absl::StatusOr<Network> ParseExactNetwork(absl::string_view cidr) {
  const std::optional<Network> network = ParseNetwork(cidr);
  if (!network) {
    return absl::InvalidArgumentError(absl::StrCat(
        "must be an IPv4 network in CIDR form, such as \"10.10.0.0/20\", got \"", cidr, "\""));
  }
  if (network->ToString() != cidr) {
    return absl::InvalidArgumentError(absl::StrCat("must be the address of a network, got \"", cidr,
                                                   "\"; did you mean ", network->ToString(), "?"));
  }
  return *network;
}

std::optional<Network> ParseNetwork(absl::string_view cidr) {
  const std::vector<std::string> parts = absl::StrSplit(cidr, '/');
  in_addr address;
  Network network;
  if (parts.size() != 2 || inet_pton(AF_INET, parts[0].c_str(), &address) != 1 ||
      parts[1].empty() || parts[1].find_first_not_of("0123456789") != std::string::npos ||
      !absl::SimpleAtoi(parts[1], &network.bits) || network.bits > 32) {
    return std::nullopt;
  }
  network.first = ntohl(address.s_addr) & ~Network{0, network.bits}.last();
  return network;
}

bool NetworksOverlap(absl::string_view a, absl::string_view b) {
  const auto x = ParseNetwork(a), y = ParseNetwork(b);
  return x && y && x->Overlaps(*y);
}

bool IsPrivate(const Network& network) {
  return std::any_of(std::begin(kPrivateNetworks), std::end(kPrivateNetworks),
                     [&](const Network& range) { return range.Contains(network); });
}

std::string ReservedRangeIn(const Network& network) {
  const std::vector<Network> reserved = Reserved();
  const Network* range = FirstOverlap(network, reserved);
  return range == nullptr ? "" : range->ToString();
}

void CheckVpcRange(const Attr<std::string>& range, const Path& path, Diagnostics& diagnostics) {
  const auto network = range.is_known() ? ParseNetwork(*range) : std::nullopt;
  if (!network || network->bits < 16 || network->bits > 28) {
    return;  // The attribute's own check has said so.
  }
  if (!IsPrivate(*network)) {
    diagnostics.AddError("Not a private network",
                         absl::StrCat(path.ToString(), " (", *range,
                                      ") must lie in 10.0.0.0/8, 172.16.0.0/12 or "
                                      "192.168.0.0/16."),
                         path);
  } else if (const std::string reserved = ReservedRangeIn(*network); !reserved.empty()) {
    diagnostics.AddError("Reserved network",
                         absl::StrCat(path.ToString(), " (", *range, ") overlaps with ", reserved,
                                      ", which DigitalOcean keeps for itself. Choose another "
                                      "range, such as ",
                                      FreeNetwork(network->bits, {})->ToString(), "."),
                         path);
  }
}

const Network* FirstOverlap(const Network& network, const std::vector<Network>& networks) {
  for (const Network& other : networks) {
    if (network.Overlaps(other)) {
      return &other;
    }
  }
  return nullptr;
}

std::optional<Network> FindFree(const Network& space, int bits, const std::vector<Network>& taken,
                                From from) {
  if (bits < space.bits) {
    return std::nullopt;
  }
  const uint64_t size = uint64_t{1} << (32 - bits);
  const uint64_t low = space.first, end = uint64_t{space.last()} + 1;
  uint64_t at = from == From::kLowest ? low : end - size;
  while (at >= low && at + size <= end) {
    const Network candidate{static_cast<uint32_t>(at), bits};
    const Network* in_the_way = FirstOverlap(candidate, taken);
    if (in_the_way == nullptr) {
      return candidate;
    }
    // Past what is in the way at once, so that the steps are as few as the networks.
    const uint64_t next = from == From::kLowest ? (uint64_t{in_the_way->last()} / size + 1) * size
                                                : in_the_way->first / size * size;
    if (from == From::kHighest && next < size) {
      return std::nullopt;
    }
    at = from == From::kLowest ? next : next - size;
  }
  return std::nullopt;
}

std::optional<Network> FreeNetwork(int bits, std::vector<Network> taken) {
  const std::vector<Network> reserved = Reserved();
  taken.insert(taken.end(), reserved.begin(), reserved.end());
  return FindFree(kPrivateNetworks[0], bits, taken, From::kLowest);
}

}  // namespace kproto
