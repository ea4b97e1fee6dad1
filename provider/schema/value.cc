// SPDX-License-Identifier: MPL-2.0
#include "provider/schema/value.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kproto {

// Out of line, and in place: a temporary variant makes the compiler warn about what cannot be.
Value Value::Unknown() { return Value(std::in_place_type<UnknownTag>); }
Value Value::OfNumber(Number value) { return Value(std::in_place_type<Number>, std::move(value)); }
Value Value::String(std::string value) {
  return Value(std::in_place_type<std::string>, std::move(value));
}
Value Value::OfList(List elements) { return Value(std::in_place_type<List>, std::move(elements)); }
Value Value::OfMap(Map elements) { return Value(std::in_place_type<Map>, std::move(elements)); }

Value Value::OfSet(List elements) {
  std::sort(elements.begin(), elements.end());
  // Two unknowns may turn out to be two values: only what is known can be the same.
  const auto same = [](const Value& a, const Value& b) { return a == b && a.is_wholly_known(); };
  elements.erase(std::unique(elements.begin(), elements.end(), same), elements.end());
  return Value(std::in_place_type<SetData>, SetData{std::move(elements)});
}

Value Value::OfDynamic(Type type, Value value) {
  return Value(std::in_place_type<DynamicPtr>,
               std::make_shared<const std::pair<Type, Value>>(std::move(type), std::move(value)));
}

const Value::List& Value::list() const {
  const auto* set = std::get_if<SetData>(&data_);
  return set != nullptr ? set->elements : std::get<List>(data_);
}

Value::List& Value::list() {
  auto* set = std::get_if<SetData>(&data_);
  return set != nullptr ? set->elements : std::get<List>(data_);
}

const Value& Value::operator[](const std::string& name) const {
  static const auto& null = *new Value();
  const auto* map = std::get_if<Map>(&data_);
  if (map == nullptr) {
    return null;
  }
  const auto it = map->find(name);
  return it == map->end() ? null : it->second;
}

bool Value::is_wholly_known() const {
  switch (kind()) {
    case Kind::kUnknown:
      return false;
    case Kind::kList:
    case Kind::kSet:
      return std::all_of(list().begin(), list().end(),
                         [](const Value& v) { return v.is_wholly_known(); });
    case Kind::kMap:
      return std::all_of(map().begin(), map().end(),
                         [](const auto& entry) { return entry.second.is_wholly_known(); });
    case Kind::kDynamic:
      return dynamic_value().is_wholly_known();
    default:
      return true;
  }
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind() == Value::Kind::kDynamic && b.kind() == Value::Kind::kDynamic) {
    return a.dynamic_type() == b.dynamic_type() && a.dynamic_value() == b.dynamic_value();
  }
  return a.data_ == b.data_;
}

bool operator<(const Value& a, const Value& b) {
  if (a.kind() == Value::Kind::kDynamic && b.kind() == Value::Kind::kDynamic) {
    return a.dynamic_value() < b.dynamic_value();
  }
  return a.data_ < b.data_;
}

std::string DebugString(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kUnknown:
      return "(unknown)";
    case Value::Kind::kBool:
      return value.bool_value() ? "true" : "false";
    case Value::Kind::kNumber:
      return value.number().text();
    case Value::Kind::kString:
      return absl::StrCat("\"", value.string(), "\"");
    case Value::Kind::kList:
    case Value::Kind::kSet:
      return absl::StrCat(
          "[",
          absl::StrJoin(value.list(), ", ",
                        [](std::string* out, const Value& v) { out->append(DebugString(v)); }),
          "]");
    case Value::Kind::kMap:
      return absl::StrCat("{",
                          absl::StrJoin(value.map(), ", ",
                                        [](std::string* out, const auto& entry) {
                                          absl::StrAppend(out, entry.first, " = ",
                                                          DebugString(entry.second));
                                        }),
                          "}");
    case Value::Kind::kDynamic:
      return DebugString(value.dynamic_value());
  }
  return "";
}

}  // namespace kproto
