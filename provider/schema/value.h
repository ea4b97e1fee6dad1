// SPDX-License-Identifier: MPL-2.0
// Value: anything the protocol can carry: null, unknown, or known. It stands between the bytes of
// provider/protocol and the typed models of resources. A plain value type: copy, compare, print.
// What a list, set, tuple, map or object of it is called is its Type's business; sets keep their
// elements sorted and single so that == is equality of sets.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "provider/schema/number.h"
#include "provider/schema/type.h"

namespace kproto {

class Value {
 public:
  enum class Kind { kNull, kUnknown, kBool, kNumber, kString, kList, kSet, kMap, kDynamic };
  using List = std::vector<Value>;           // list or tuple
  using Map = std::map<std::string, Value>;  // map or object

  Value() = default;  // null
  static Value Null() { return Value(); }
  static Value Unknown();
  static Value Bool(bool value) { return Value(std::in_place_type<bool>, value); }
  static Value OfNumber(Number value);
  static Value Int(int64_t value) { return OfNumber(Number(value)); }
  static Value String(std::string value);
  static Value OfList(List elements);
  static Value OfSet(List elements);
  static Value OfMap(Map elements);
  // A value in a position of type dynamic, with the type it travels with.
  static Value OfDynamic(Type type, Value value);

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_unknown() const { return kind() == Kind::kUnknown; }
  // Known and not null; says nothing of what is inside.
  bool is_known() const { return !is_null() && !is_unknown(); }
  // No unknown anywhere inside.
  bool is_wholly_known() const;

  // Only for the matching kind.
  bool bool_value() const { return std::get<bool>(data_); }
  const Number& number() const { return std::get<Number>(data_); }
  const std::string& string() const { return std::get<std::string>(data_); }
  // Elements of a list, tuple or set.
  const List& list() const;
  const Map& map() const { return std::get<Map>(data_); }
  Map& map() { return std::get<Map>(data_); }
  List& list();
  const Type& dynamic_type() const { return std::get<DynamicPtr>(data_)->first; }
  const Value& dynamic_value() const { return std::get<DynamicPtr>(data_)->second; }

  // The attribute of an object; null when this is not an object or has none of that name.
  const Value& operator[](const std::string& name) const;

  friend bool operator==(const Value& a, const Value& b);
  friend bool operator<(const Value& a, const Value& b);

 private:
  struct UnknownTag {
    bool operator==(const UnknownTag&) const { return true; }
    bool operator<(const UnknownTag&) const { return false; }
  };
  struct SetData {
    List elements;
    bool operator==(const SetData& other) const { return elements == other.elements; }
    bool operator<(const SetData& other) const { return elements < other.elements; }
  };
  using DynamicPtr = std::shared_ptr<const std::pair<Type, Value>>;
  using Data = std::variant<std::monostate, UnknownTag, bool, Number, std::string, List, SetData,
                            Map, DynamicPtr>;
  template <typename T, typename... Args>
  explicit Value(std::in_place_type_t<T> type, Args&&... args)
      : data_(type, std::forward<Args>(args)...) {}

  Data data_;
};

// For messages and tests: HCL-like text; "(unknown)" for what is not known yet.
std::string DebugString(const Value& value);

}  // namespace kproto
