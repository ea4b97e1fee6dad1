// SPDX-License-Identifier: MPL-2.0
#include "resources/subnets/network.h"

#include <arpa/inet.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kproto::subnets {
namespace {

std::string AddressText(uint32_t address) {
  return absl::StrCat(address >> 24, ".", (address >> 16) & 255, ".", (address >> 8) & 255, ".",
                      address & 255);
}

}  // namespace

absl::StatusOr<Network> ParseNetwork(absl::string_view cidr) {
  const std::vector<std::string> parts = absl::StrSplit(cidr, '/');
  in_addr address;
  Network network;
  if (parts.size() != 2 || inet_pton(AF_INET, parts[0].c_str(), &address) != 1 ||
      parts[1].empty() || parts[1].find_first_not_of("0123456789") != std::string::npos ||
      !absl::SimpleAtoi(parts[1], &network.bits) || network.bits > 32) {
    return absl::InvalidArgumentError(absl::StrCat(
        "must be an IPv4 network in CIDR form, such as \"10.10.0.0/20\", got \"", cidr, "\""));
  }
  network.first = ntohl(address.s_addr);
  const uint32_t hosts = Network{0, network.bits}.last();
  if ((network.first & hosts) != 0) {
    const Network meant{network.first & ~hosts, network.bits};
    return absl::InvalidArgumentError(absl::StrCat("must be the address of a network, got \"", cidr,
                                                   "\"; did you mean ", ToCidr(meant), "?"));
  }
  return network;
}

std::string ToCidr(const Network& network) {
  return absl::StrCat(AddressText(network.first), "/", network.bits);
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

}  // namespace kproto::subnets
