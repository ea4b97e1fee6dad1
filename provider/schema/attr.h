// SPDX-License-Identifier: MPL-2.0
// Attr<T>: one attribute of a model: null, unknown until apply, or a known T. The only member type
// a model may have, so that the three states can never be confused with a zero value. Collections
// hold Attrs too, because a single element can be unknown.
#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/attributes.h"

namespace kproto {

template <typename T>
class Attr {
 public:
  using Held = T;

  Attr() = default;                            // null
  Attr(T value) : state_(std::move(value)) {}  // NOLINT: a known value is an attribute
  Attr(const char* text)                       // NOLINT: likewise
      requires std::is_same_v<T, std::string> : state_(std::string(text)) {}
  static Attr Unknown() {
    Attr attr;
    attr.state_ = UnknownTag{};
    return attr;
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(state_); }
  bool is_unknown() const { return std::holds_alternative<UnknownTag>(state_); }
  bool is_known() const { return std::holds_alternative<T>(state_); }

  // Only when known.
  const T& operator*() const { return std::get<T>(state_); }
  T& operator*() { return std::get<T>(state_); }
  const T* operator->() const { return &std::get<T>(state_); }
  T* operator->() { return &std::get<T>(state_); }

  T value_or(T fallback) const { return is_known() ? **this : std::move(fallback); }

  friend bool operator==(const Attr& a, const Attr& b) { return a.state_ == b.state_; }

 private:
  struct UnknownTag {
    bool operator==(const UnknownTag&) const { return true; }
  };
  std::variant<std::monostate, UnknownTag, T> state_;
};

template <typename T>
using ListOf = std::vector<Attr<T>>;
template <typename T>
using MapOf = std::map<std::string, Attr<T>>;

// A set is written down like a list; order and repetition do not matter to the host.
template <typename T>
struct SetOf {
  std::vector<Attr<T>> elements;
  bool operator==(const SetOf& other) const { return elements == other.elements; }
};

}  // namespace kproto
