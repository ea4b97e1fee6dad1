// SPDX-License-Identifier: MPL-2.0
// MessagePack, one item at a time: what dynamic_value.cc reads and writes values with. Own code
// because the protocol needs what a document tree loses: exact numbers, the count in a header,
// extension types, and safety against input that is nested without end or cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto::msgpack {

struct Item {
  enum class Kind { kNil, kBool, kInt, kUint, kFloat, kString, kBinary, kArray, kMap, kExtension };
  Kind kind = Kind::kNil;
  bool boolean = false;
  int64_t integer = 0;      // kInt
  uint64_t natural = 0;     // kUint
  double real = 0;          // kFloat
  absl::string_view bytes;  // kString, kBinary, kExtension: into the reader's input
  size_t count = 0;         // kArray: elements, kMap: pairs; they follow as items of their own
  int8_t extension = 0;     // kExtension: which
};

// Walks over `data`, which must outlive it and what it hands out. Never reads beyond the end.
class Reader {
 public:
  explicit Reader(absl::string_view data) : rest_(data) {}
  // The next item; InvalidArgument when the input ends too early or is no MessagePack. The count
  // of an array or map is never larger than what the rest of the input could hold.
  absl::StatusOr<Item> Next();
  bool done() const { return rest_.empty(); }

 private:
  absl::StatusOr<absl::string_view> Take(size_t size);
  absl::StatusOr<uint64_t> TakeBigEndian(size_t size);
  absl::StatusOr<Item> TakeNumber(Item::Kind kind, size_t size);
  absl::StatusOr<Item> TakeBytes(Item::Kind kind, uint64_t size);
  absl::StatusOr<Item> TakeCount(Item::Kind kind, uint64_t count);
  absl::StatusOr<Item> TakeSized(uint8_t first);

  absl::string_view rest_;
};

// Each appends one item in its shortest form.
void AppendNil(std::string& out);
void AppendBool(std::string& out, bool value);
void AppendInt(std::string& out, int64_t value);
void AppendDouble(std::string& out, double value);
void AppendString(std::string& out, absl::string_view value);
void AppendBinary(std::string& out, absl::string_view value);
void AppendArray(std::string& out, size_t count);
void AppendMap(std::string& out, size_t count);
void AppendExtension(std::string& out, int8_t type, absl::string_view payload);

}  // namespace kproto::msgpack
