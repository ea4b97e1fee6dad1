// SPDX-License-Identifier: MPL-2.0
// Value → MessagePack, one function per kind of type.
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "provider/protocol/dynamic_value.h"
#include "provider/protocol/msgpack.h"
#include "provider/protocol/place.h"
#include "provider/protocol/utf8.h"
#include "provider/protocol/value_error.h"

namespace kproto {
namespace {

using ValueKind = Value::Kind;

absl::Status Encode(std::string& out, const Value& value, const Type& type, const Place& place);

absl::Status Misfit(const Path& path, const Type& type) {
  return WithPath(
      absl::InternalError(absl::StrCat(path.empty() ? "value" : path.ToString(),
                                       ": the provider has a value that is no ", type.ToJson())),
      path);
}

// An integer as such, anything else as decimal text: a double would not always be the same number.
void EncodeNumber(std::string& out, const Number& number) {
  if (const auto integer = number.AsInt64()) {
    msgpack::AppendInt(out, *integer);
  } else if (std::isinf(number.AsDouble()) && number == Number(number.AsDouble())) {
    msgpack::AppendDouble(out, number.AsDouble());
  } else {
    msgpack::AppendString(out, number.text());
  }
}

void EncodeText(std::string& out, const std::string& text) {
  if (IsValidUtf8(text)) {
    msgpack::AppendString(out, text);
  } else {
    msgpack::AppendString(out, ToValidUtf8(text));
  }
}

absl::Status EncodeElements(std::string& out, const Value& value, const Type& type,
                            const Place& place) {
  const bool is_tuple = type.kind() == Type::Kind::kTuple;
  const bool is_set = type.kind() == Type::Kind::kSet;
  const Value::List& elements = value.list();
  if (is_tuple && elements.size() != type.fields().size()) {
    return Misfit(place, type);
  }
  msgpack::AppendArray(out, elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    const Type& element_type = is_tuple ? type.fields()[i].second : type.element();
    const Place at = is_set ? place : place.Index(static_cast<int64_t>(i));
    KPROTO_RETURN_IF_ERROR(Encode(out, elements[i], element_type, at));
  }
  return absl::OkStatus();
}

absl::Status EncodeMap(std::string& out, const Value& value, const Type& type, const Place& place) {
  msgpack::AppendMap(out, value.map().size());
  for (const auto& [key, element] : value.map()) {
    EncodeText(out, key);
    KPROTO_RETURN_IF_ERROR(Encode(out, element, type.element(), place.Key(key)));
  }
  return absl::OkStatus();
}

absl::Status EncodeObject(std::string& out, const Value& value, const Type& type,
                          const Place& place) {
  msgpack::AppendMap(out, type.fields().size());
  size_t found = 0;
  for (const auto& [name, field] : type.fields()) {
    msgpack::AppendString(out, name);
    const auto attribute = value.map().find(name);
    if (attribute == value.map().end()) {
      msgpack::AppendNil(out);
      continue;
    }
    ++found;
    KPROTO_RETURN_IF_ERROR(Encode(out, attribute->second, field, place.Attribute(name)));
  }
  return found == value.map().size() ? absl::OkStatus() : Misfit(place, type);
}

absl::Status EncodeKnown(std::string& out, const Value& value, const Type& type,
                         const Place& place) {
  switch (type.kind()) {
    case Type::Kind::kBool:
      msgpack::AppendBool(out, value.bool_value());
      return absl::OkStatus();
    case Type::Kind::kNumber:
      EncodeNumber(out, value.number());
      return absl::OkStatus();
    case Type::Kind::kString:
      EncodeText(out, value.string());
      return absl::OkStatus();
    case Type::Kind::kList:
    case Type::Kind::kSet:
    case Type::Kind::kTuple:
      return EncodeElements(out, value, type, place);
    case Type::Kind::kMap:
      return EncodeMap(out, value, type, place);
    case Type::Kind::kObject:
      return EncodeObject(out, value, type, place);
    case Type::Kind::kDynamic:
      msgpack::AppendArray(out, 2);
      msgpack::AppendBinary(out, value.dynamic_type().ToJson());
      return Encode(out, value.dynamic_value(), value.dynamic_type(), place);
  }
  return Misfit(place, type);
}

ValueKind KindOf(const Type& type) {
  switch (type.kind()) {
    case Type::Kind::kBool:
      return ValueKind::kBool;
    case Type::Kind::kNumber:
      return ValueKind::kNumber;
    case Type::Kind::kString:
      return ValueKind::kString;
    case Type::Kind::kList:
    case Type::Kind::kTuple:
      return ValueKind::kList;
    case Type::Kind::kSet:
      return ValueKind::kSet;
    case Type::Kind::kMap:
    case Type::Kind::kObject:
      return ValueKind::kMap;
    case Type::Kind::kDynamic:
      return ValueKind::kDynamic;
  }
  return ValueKind::kNull;
}

absl::Status Encode(std::string& out, const Value& value, const Type& type, const Place& place) {
  if (value.is_null()) {
    msgpack::AppendNil(out);
    return absl::OkStatus();
  }
  if (value.is_unknown()) {
    msgpack::AppendExtension(out, 0, absl::string_view("\0", 1));
    return absl::OkStatus();
  }
  return value.kind() == KindOf(type) ? EncodeKnown(out, value, type, place) : Misfit(place, type);
}

}  // namespace

absl::StatusOr<std::string> EncodeMsgpack(const Value& value, const Type& type) {
  std::string out;
  KPROTO_RETURN_IF_ERROR(Encode(out, value, type, Place()));
  return out;
}

}  // namespace kproto
