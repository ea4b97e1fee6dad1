// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/networks.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kproto {
namespace {

// Pods and Services of clusters that name no ranges of their own, and DigitalOcean's machinery.
constexpr const char* kReserved[] = {"10.229.0.0/16", "10.244.0.0/16", "10.245.0.0/16",
                                     "10.246.0.0/24"};
constexpr const char* kPrivate[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"};

Network Of(uint32_t address, int bits) {
  const uint32_t hosts = bits == 0 ? ~0u : (bits == 32 ? 0 : (~0u >> bits));
  const uint32_t first = address & ~hosts;
  return {first, first | hosts, bits};
}

}  // namespace

std::string Network::ToString() const {
  return absl::StrCat(first >> 24, ".", (first >> 16) & 255, ".", (first >> 8) & 255, ".",
                      first & 255, "/", bits);
}

std::optional<Network> ParseNetwork(absl::string_view cidr) {
  const std::vector<std::string> parts = absl::StrSplit(cidr, '/');
  in_addr address;
  int bits = 0;
  if (parts.size() != 2 || inet_pton(AF_INET, parts[0].c_str(), &address) != 1 ||
      !absl::SimpleAtoi(parts[1], &bits) || bits < 0 || bits > 32) {
    return std::nullopt;
  }
  return Of(ntohl(address.s_addr), bits);
}

bool IsPrivate(const Network& network) {
  return std::any_of(std::begin(kPrivate), std::end(kPrivate),
                     [&](const char* range) { return ParseNetwork(range)->Contains(network); });
}

std::string ReservedRangeIn(const Network& network) {
  for (const char* range : kReserved) {
    if (ParseNetwork(range)->Overlaps(network)) {
      return range;
    }
  }
  return "";
}

std::optional<Network> FreeNetwork(int bits, const std::vector<Network>& taken) {
  if (bits < 8 || bits > 32) {
    return std::nullopt;
  }
  const uint32_t step = 1u << (32 - bits);
  for (uint32_t n = 0; n < 1u << (bits - 8); ++n) {
    const Network candidate = Of((10u << 24) + n * step, bits);
    const bool free = ReservedRangeIn(candidate).empty() &&
                      std::none_of(taken.begin(), taken.end(),
                                   [&](const Network& other) { return other.Overlaps(candidate); });
    if (free) {
      return candidate;
    }
  }
  return std::nullopt;
}

}  // namespace kproto
