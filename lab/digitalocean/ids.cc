// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/ids.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/random.h"

namespace kproto::lab {
namespace {

std::string AsUuid(const std::string& hex) {
  // 13th digit: version 4; 17th: variant 8..b.
  static const char kVariant[] = "89ab";
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-4", hex.substr(13, 3), "-",
                      std::string(1, kVariant[hex[16] & 3]), hex.substr(17, 3), "-",
                      hex.substr(20, 12));
}

// splitmix64: well spread, and small enough to read.
uint64_t Mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

std::string Hex(uint64_t seed, uint64_t serial) {
  if (seed == 0) {
    return RandomHex(16);
  }
  const uint64_t high = Mix(Mix(seed) + 2 * serial);
  const uint64_t low = Mix(Mix(seed) + 2 * serial + 1);
  return absl::StrFormat("%016x%016x", high, low);
}

}  // namespace

std::string RandomUuid() { return AsUuid(RandomHex(16)); }

std::string Uuid(uint64_t seed, uint64_t serial) { return AsUuid(Hex(seed, serial)); }

std::string NodeSuffix(uint64_t seed, uint64_t serial) {
  static const char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  const std::string hex = Hex(seed, serial);
  std::string suffix;
  for (int i = 0; i < 5; ++i) {
    const auto digit = [&](int at) {
      const char c = hex[at];
      return c <= '9' ? c - '0' : c - 'a' + 10;
    };
    suffix += kAlphabet[(digit(2 * i) * 16 + digit(2 * i + 1)) % 36];
  }
  return suffix;
}

}  // namespace kproto::lab
