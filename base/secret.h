// SPDX-License-Identifier: MPL-2.0
// Secret<T>: a value that cannot be printed by accident. Whoever needs it must call Reveal(), so a
// search for that word lists every place where a token or password leaves its wrapping.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace kproto {

template <typename T>
class Secret {
 public:
  Secret() = default;
  explicit Secret(T value) : value_(std::move(value)) {}

  const T& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const Secret& a, const Secret& b) { return a.value_ == b.value_; }
  friend std::ostream& operator<<(std::ostream& os, const Secret&) { return os << "(secret)"; }

 private:
  T value_{};
};

using SecretString = Secret<std::string>;

}  // namespace kproto
