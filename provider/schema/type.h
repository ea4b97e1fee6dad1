// SPDX-License-Identifier: MPL-2.0
// Type: the type constraints of the plugin protocol (cty): what an attribute may hold, and how its
// values look on the wire. Immutable and cheap to copy; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kproto {

class Type {
 public:
  enum class Kind { kBool, kNumber, kString, kDynamic, kList, kSet, kMap, kTuple, kObject };
  using Fields = std::vector<std::pair<std::string, Type>>;

  static Type Bool() { return Type(Kind::kBool); }
  static Type Number() { return Type(Kind::kNumber); }
  static Type String() { return Type(Kind::kString); }
  static Type Dynamic() { return Type(Kind::kDynamic); }
  static Type List(Type element) { return Type(Kind::kList, {{"", std::move(element)}}); }
  static Type Set(Type element) { return Type(Kind::kSet, {{"", std::move(element)}}); }
  static Type Map(Type element) { return Type(Kind::kMap, {{"", std::move(element)}}); }
  static Type Tuple(std::vector<Type> elements);
  static Type Object(Fields fields) { return Type(Kind::kObject, std::move(fields)); }

  Kind kind() const { return kind_; }
  bool is_collection() const {
    return kind_ == Kind::kList || kind_ == Kind::kSet || kind_ == Kind::kMap;
  }
  // Of a list, set or map.
  const Type& element() const { return (*parts_)[0].second; }
  // Attributes of an object by name; elements of a tuple, whose names are empty.
  const Fields& fields() const { return *parts_; }

  // The protocol's JSON form: "string", ["list","bool"], ["object",{"a":"number"}] …
  std::string ToJson() const;

  friend bool operator==(const Type& a, const Type& b);

 private:
  explicit Type(Kind kind, Fields parts = {});

  Kind kind_;
  std::shared_ptr<const Fields> parts_;
};

}  // namespace kproto
