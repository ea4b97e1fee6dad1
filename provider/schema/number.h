// SPDX-License-Identifier: MPL-2.0
// Number: an exact decimal number of any size, as the protocol has them. It keeps the text it was
// made from, so what a user wrote goes back unchanged, and compares by value (1.0 == 1 == 1e0).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto {

class Number {
 public:
  Number() : Number(int64_t{0}) {}
  explicit Number(int64_t value);
  explicit Number(uint64_t value);
  explicit Number(double value);  // shortest text that reads back as the same double

  // Accepts [-+]digits[.digits][e[-+]digits]; also "inf", "-inf" (the protocol can carry them).
  static absl::StatusOr<Number> Parse(absl::string_view text);

  const std::string& text() const { return text_; }
  // The value when it is integral and fits; the nearest double in any case.
  std::optional<int64_t> AsInt64() const;
  double AsDouble() const;

  friend bool operator==(const Number& a, const Number& b) { return a.canonical_ == b.canonical_; }
  // A total order for sets: by value where cheap, else by text; consistent with ==.
  friend bool operator<(const Number& a, const Number& b);

 private:
  Number(std::string text, std::string canonical)
      : text_(std::move(text)), canonical_(std::move(canonical)) {}

  std::string text_;
  std::string canonical_;  // sign, digits without zeros at either end, exponent
};

}  // namespace kproto
