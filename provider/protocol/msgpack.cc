// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/msgpack.h"

#include <cstring>
#include <limits>

#include "base/status_macros.h"

namespace kproto::msgpack {
namespace {

using Kind = Item::Kind;

absl::Status CutOff() { return absl::InvalidArgumentError("the MessagePack data is cut off"); }

void AppendBigEndian(std::string& out, uint64_t value, size_t size) {
  for (size_t i = size; i-- > 0;) {
    out += static_cast<char>(value >> (8 * i));
  }
}

// `prefix` holds the size in its low bits when it is below `limit`; else a lead byte from `lead`
// on says how many bytes of size follow.
void AppendSize(std::string& out, size_t size, uint8_t prefix, size_t limit, uint8_t lead,
                size_t narrowest) {
  if (size < limit) {
    out += static_cast<char>(prefix | size);
    return;
  }
  size_t width = narrowest;
  while (width < 4 && size >= (uint64_t{1} << (8 * width))) {
    width *= 2;
    ++lead;
  }
  out += static_cast<char>(lead);
  AppendBigEndian(out, size, width);
}

}  // namespace

absl::StatusOr<absl::string_view> Reader::Take(size_t size) {
  if (size > rest_.size()) {
    return CutOff();
  }
  const absl::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

absl::StatusOr<uint64_t> Reader::TakeBigEndian(size_t size) {
  KPROTO_ASSIGN_OR_RETURN(const absl::string_view bytes, Take(size));
  uint64_t value = 0;
  for (const char byte : bytes) {
    value = value << 8 | static_cast<uint8_t>(byte);
  }
  return value;
}

absl::StatusOr<Item> Reader::TakeNumber(Kind kind, size_t size) {
  KPROTO_ASSIGN_OR_RETURN(const uint64_t bits, TakeBigEndian(size));
  Item item{.kind = kind};
  if (kind == Kind::kUint) {
    item.natural = bits;
  } else if (kind == Kind::kInt) {
    const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
    item.integer = static_cast<int64_t>(bits << unused) >> unused;
  } else if (size == sizeof(float)) {
    const uint32_t narrow = static_cast<uint32_t>(bits);
    float value;
    std::memcpy(&value, &narrow, sizeof value);
    item.real = value;
  } else {
    std::memcpy(&item.real, &bits, sizeof item.real);
  }
  return item;
}

absl::StatusOr<Item> Reader::TakeBytes(Kind kind, uint64_t size) {
  Item item{.kind = kind};
  if (kind == Kind::kExtension) {
    KPROTO_ASSIGN_OR_RETURN(const uint64_t type, TakeBigEndian(1));
    item.extension = static_cast<int8_t>(type);
  }
  KPROTO_ASSIGN_OR_RETURN(item.bytes, Take(size));
  return item;
}

absl::StatusOr<Item> Reader::TakeCount(Kind kind, uint64_t count) {
  // Every element takes a byte at least: a lie about the count ends here, not in an allocation.
  if (count > rest_.size() / (kind == Kind::kMap ? 2 : 1)) {
    return CutOff();
  }
  return Item{.kind = kind, .count = static_cast<size_t>(count)};
}

absl::StatusOr<Item> Reader::Next() {
  KPROTO_ASSIGN_OR_RETURN(const uint64_t lead, TakeBigEndian(1));
  const uint8_t first = static_cast<uint8_t>(lead);
  if (first <= 0x7f) {
    return Item{.kind = Kind::kUint, .natural = first};
  }
  if (first >= 0xe0) {
    return Item{.kind = Kind::kInt, .integer = static_cast<int8_t>(first)};
  }
  if (first <= 0x8f) {
    return TakeCount(Kind::kMap, first & 0x0f);
  }
  if (first <= 0x9f) {
    return TakeCount(Kind::kArray, first & 0x0f);
  }
  if (first <= 0xbf) {
    return TakeBytes(Kind::kString, first & 0x1f);
  }
  switch (first) {
    case 0xc0:
      return Item{.kind = Kind::kNil};
    case 0xc2:
    case 0xc3:
      return Item{.kind = Kind::kBool, .boolean = first == 0xc3};
    case 0xca:
      return TakeNumber(Kind::kFloat, 4);
    case 0xcb:
      return TakeNumber(Kind::kFloat, 8);
    case 0xc1:
      return absl::InvalidArgumentError(
          "the MessagePack data holds the byte c1, which means nothing");
    default:
      return TakeSized(first);
  }
}

absl::StatusOr<Item> Reader::TakeSized(uint8_t first) {
  if (first >= 0xcc && first <= 0xd3) {
    const bool is_signed = first >= 0xd0;
    return TakeNumber(is_signed ? Kind::kInt : Kind::kUint, size_t{1} << (first & 0x03));
  }
  if (first >= 0xd4 && first <= 0xd8) {
    return TakeBytes(Kind::kExtension, uint64_t{1} << (first - 0xd4));
  }
  // What remains has its size in 1, 2 or 4 bytes: three kinds with all widths, two without 1.
  const auto [kind, width] = [first]() -> std::pair<Kind, size_t> {
    if (first <= 0xc6) {
      return {Kind::kBinary, size_t{1} << (first - 0xc4)};
    }
    if (first <= 0xc9) {
      return {Kind::kExtension, size_t{1} << (first - 0xc7)};
    }
    if (first <= 0xdb) {
      return {Kind::kString, size_t{1} << (first - 0xd9)};
    }
    if (first <= 0xdd) {
      return {Kind::kArray, size_t{2} << (first - 0xdc)};
    }
    return {Kind::kMap, size_t{2} << (first - 0xde)};
  }();
  KPROTO_ASSIGN_OR_RETURN(const uint64_t size, TakeBigEndian(width));
  if (kind == Kind::kArray || kind == Kind::kMap) {
    return TakeCount(kind, size);
  }
  return TakeBytes(kind, size);
}

void AppendNil(std::string& out) { out += '\xc0'; }

void AppendBool(std::string& out, bool value) { out += value ? '\xc3' : '\xc2'; }

void AppendInt(std::string& out, int64_t value) {
  if (value >= -32 && value <= 0x7f) {
    out += static_cast<char>(value);
    return;
  }
  const bool negative = value < 0;
  uint8_t lead = negative ? 0xd0 : 0xcc;
  size_t width = 1;
  const auto fits = [&](size_t size) {
    return size == 8 || (negative ? value >= -(int64_t{1} << (8 * size - 1))
                                  : value < (int64_t{1} << (8 * size)));
  };
  for (; !fits(width); width *= 2) {
    ++lead;
  }
  out += static_cast<char>(lead);
  AppendBigEndian(out, static_cast<uint64_t>(value), width);
}

void AppendDouble(std::string& out, double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  out += '\xcb';
  AppendBigEndian(out, bits, sizeof bits);
}

void AppendString(std::string& out, absl::string_view value) {
  AppendSize(out, value.size(), 0xa0, 32, 0xd9, 1);
  out.append(value.data(), value.size());
}

void AppendBinary(std::string& out, absl::string_view value) {
  AppendSize(out, value.size(), 0, 0, 0xc4, 1);
  out.append(value.data(), value.size());
}

void AppendArray(std::string& out, size_t count) { AppendSize(out, count, 0x90, 16, 0xdc, 2); }

void AppendMap(std::string& out, size_t count) { AppendSize(out, count, 0x80, 16, 0xde, 2); }

void AppendExtension(std::string& out, int8_t type, absl::string_view payload) {
  switch (payload.size()) {
    case 1:
      out += '\xd4';
      break;
    case 2:
      out += '\xd5';
      break;
    case 4:
      out += '\xd6';
      break;
    case 8:
      out += '\xd7';
      break;
    case 16:
      out += '\xd8';
      break;
    default:
      AppendSize(out, payload.size(), 0, 0, 0xc7, 1);
  }
  out += static_cast<char>(type);
  out.append(payload.data(), payload.size());
}

}  // namespace kproto::msgpack
