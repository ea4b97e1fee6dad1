// SPDX-License-Identifier: MPL-2.0
// MessagePack → Value, one function per kind of type.
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "provider/protocol/dynamic_value.h"
#include "provider/protocol/msgpack.h"
#include "provider/protocol/place.h"
#include "provider/protocol/type_json.h"
#include "provider/protocol/value_error.h"

namespace kproto {
namespace {

using msgpack::Item;
using msgpack::Reader;
using Kind = Item::Kind;

// Only types that a host sends along (dynamic) can nest without end.
constexpr int kMaxDepth = 100;

absl::StatusOr<Value> Decode(Reader& reader, const Type& type, const Place& place, int depth);

absl::StatusOr<Value> DecodeNumber(const Item& item, const Place& place) {
  switch (item.kind) {
    case Kind::kInt:
      return Value::OfNumber(Number(item.integer));
    case Kind::kUint:
      return Value::OfNumber(Number(item.natural));
    case Kind::kFloat:
      if (std::isnan(item.real)) {
        return ValueError(place, "a number is required, got NaN");
      }
      return Value::OfNumber(Number(item.real));
    case Kind::kString: {
      absl::StatusOr<Number> number = Number::Parse(item.bytes);
      if (!number.ok()) {
        return ValueError(place, number.status().message());
      }
      return Value::OfNumber(*std::move(number));
    }
    default:
      return ValueError(place, "a number is required");
  }
}

absl::StatusOr<Value> DecodeElements(Reader& reader, const Item& item, const Type& type,
                                     const Place& place, int depth) {
  if (item.kind != Kind::kArray) {
    return ValueError(place, "a list, set or tuple is required");
  }
  const bool is_set = type.kind() == Type::Kind::kSet;
  const bool is_tuple = type.kind() == Type::Kind::kTuple;
  if (is_tuple && item.count != type.fields().size()) {
    return ValueError(place, absl::StrCat("a tuple of ", type.fields().size(),
                                          " elements is required, got ", item.count));
  }
  Value::List elements;
  for (size_t i = 0; i < item.count; ++i) {
    const Type& element_type = is_tuple ? type.fields()[i].second : type.element();
    // The protocol cannot point into a set.
    const Place at = is_set ? place : place.Index(static_cast<int64_t>(i));
    KPROTO_ASSIGN_OR_RETURN(Value element, Decode(reader, element_type, at, depth));
    elements.push_back(std::move(element));
  }
  return is_set ? Value::OfSet(std::move(elements)) : Value::OfList(std::move(elements));
}

absl::StatusOr<std::string> DecodeKey(Reader& reader, const Place& place) {
  KPROTO_ASSIGN_OR_RETURN(const Item key, reader.Next());
  if (key.kind != Kind::kString && key.kind != Kind::kBinary) {
    return ValueError(place, "a map's keys must be strings");
  }
  return std::string(key.bytes);
}

absl::StatusOr<Value> DecodeMap(Reader& reader, const Item& item, const Type& type,
                                const Place& place, int depth) {
  if (item.kind != Kind::kMap) {
    return ValueError(place, "a map is required");
  }
  Value::Map elements;
  for (size_t i = 0; i < item.count; ++i) {
    KPROTO_ASSIGN_OR_RETURN(std::string key, DecodeKey(reader, place));
    KPROTO_ASSIGN_OR_RETURN(Value element, Decode(reader, type.element(), place.Key(key), depth));
    elements.insert_or_assign(std::move(key), std::move(element));
  }
  return Value::OfMap(std::move(elements));
}

const Type* FieldType(const Type& object, absl::string_view name) {
  for (const auto& [field, type] : object.fields()) {
    if (field == name) {
      return &type;
    }
  }
  return nullptr;
}

absl::StatusOr<Value> DecodeObject(Reader& reader, const Item& item, const Type& type,
                                   const Place& place, int depth) {
  if (item.kind != Kind::kMap) {
    return ValueError(place, "an object is required");
  }
  Value::Map attributes;
  for (size_t i = 0; i < item.count; ++i) {
    KPROTO_ASSIGN_OR_RETURN(std::string name, DecodeKey(reader, place));
    const Type* field = FieldType(type, name);
    if (field == nullptr) {
      return ValueError(place, absl::StrCat("unknown attribute \"", name, "\""));
    }
    KPROTO_ASSIGN_OR_RETURN(Value value, Decode(reader, *field, place.Attribute(name), depth));
    if (!attributes.emplace(name, std::move(value)).second) {
      return ValueError(place.Attribute(name), "the attribute is there twice");
    }
  }
  for (const auto& [name, field] : type.fields()) {
    if (attributes.find(name) == attributes.end()) {
      return ValueError(place.Attribute(name), "the attribute is missing");
    }
  }
  return Value::OfMap(std::move(attributes));
}

absl::StatusOr<Value> DecodeDynamic(Reader& reader, const Item& item, const Place& place,
                                    int depth) {
  if (item.kind != Kind::kArray || item.count != 2) {
    return ValueError(place, "a type and a value are required");
  }
  KPROTO_ASSIGN_OR_RETURN(const Item json, reader.Next());
  if (json.kind != Kind::kBinary && json.kind != Kind::kString) {
    return ValueError(place, "a type is required before the value");
  }
  const absl::StatusOr<Type> type = ParseType(json.bytes);
  if (!type.ok()) {
    return ValueError(place, type.status().message());
  }
  KPROTO_ASSIGN_OR_RETURN(Value value, Decode(reader, *type, place, depth));
  return Value::OfDynamic(*type, std::move(value));
}

absl::StatusOr<Value> Decode(Reader& reader, const Type& type, const Place& place, int depth) {
  if (depth > kMaxDepth) {
    return ValueError(place, "the value is nested too deep");
  }
  const absl::StatusOr<Item> item = reader.Next();
  if (!item.ok()) {
    return ValueError(place, item.status().message());
  }
  if (item->kind == Kind::kNil) {
    return Value::Null();
  }
  // Extension 0 is the plain unknown, 12 one with hints about the value to come; whatever else a
  // newer host may send is at least not known.
  if (item->kind == Kind::kExtension) {
    return Value::Unknown();
  }
  switch (type.kind()) {
    case Type::Kind::kBool:
      return item->kind == Kind::kBool ? absl::StatusOr<Value>(Value::Bool(item->boolean))
                                       : ValueError(place, "a bool is required");
    case Type::Kind::kNumber:
      return DecodeNumber(*item, place);
    case Type::Kind::kString:
      return item->kind == Kind::kString || item->kind == Kind::kBinary
                 ? absl::StatusOr<Value>(Value::String(std::string(item->bytes)))
                 : ValueError(place, "a string is required");
    case Type::Kind::kList:
    case Type::Kind::kSet:
    case Type::Kind::kTuple:
      return DecodeElements(reader, *item, type, place, depth + 1);
    case Type::Kind::kMap:
      return DecodeMap(reader, *item, type, place, depth + 1);
    case Type::Kind::kObject:
      return DecodeObject(reader, *item, type, place, depth + 1);
    case Type::Kind::kDynamic:
      return DecodeDynamic(reader, *item, place, depth + 1);
  }
  return ValueError(place, "no such type");
}

}  // namespace

absl::StatusOr<Value> DecodeMsgpack(absl::string_view bytes, const Type& type) {
  Reader reader(bytes);
  KPROTO_ASSIGN_OR_RETURN(Value value, Decode(reader, type, Place(), 0));
  if (!reader.done()) {
    return ValueError(Place(), "there are bytes after the end of the value");
  }
  return value;
}

}  // namespace kproto
