// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/type_json.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"

namespace kproto {
namespace {

constexpr int kMaxDepth = 64;

absl::Status NoType() { return absl::InvalidArgumentError("not a type constraint"); }

absl::StatusOr<Type> FromJson(const nlohmann::json& json, int depth);

absl::StatusOr<Type> PrimitiveNamed(const std::string& name) {
  for (const Type& type : {Type::String(), Type::Number(), Type::Bool(), Type::Dynamic()}) {
    if (type.ToJson() == "\"" + name + "\"") {
      return type;
    }
  }
  return NoType();
}

absl::StatusOr<Type> TupleOf(const nlohmann::json& elements, int depth) {
  if (!elements.is_array()) {
    return NoType();
  }
  std::vector<Type> types;
  for (const nlohmann::json& element : elements) {
    KPROTO_ASSIGN_OR_RETURN(Type type, FromJson(element, depth));
    types.push_back(std::move(type));
  }
  return Type::Tuple(std::move(types));
}

absl::StatusOr<Type> ObjectOf(const nlohmann::json& attributes, int depth) {
  if (!attributes.is_object()) {
    return NoType();
  }
  Type::Fields fields;
  for (const auto& [name, attribute] : attributes.items()) {
    KPROTO_ASSIGN_OR_RETURN(Type type, FromJson(attribute, depth));
    fields.emplace_back(name, std::move(type));
  }
  return Type::Object(std::move(fields));
}

absl::StatusOr<Type> FromJson(const nlohmann::json& json, int depth) {
  if (depth > kMaxDepth) {
    return absl::InvalidArgumentError("the type constraint is nested too deep");
  }
  if (json.is_string()) {
    return PrimitiveNamed(json.get_ref<const std::string&>());
  }
  // An object may say third which attributes are optional: on the wire all are there.
  if (!json.is_array() || json.size() < 2 || json.size() > 3 || !json[0].is_string()) {
    return NoType();
  }
  const std::string& kind = json[0].get_ref<const std::string&>();
  if (kind == "object") {
    return ObjectOf(json[1], depth + 1);
  }
  if (json.size() != 2) {
    return NoType();
  }
  if (kind == "tuple") {
    return TupleOf(json[1], depth + 1);
  }
  KPROTO_ASSIGN_OR_RETURN(Type element, FromJson(json[1], depth + 1));
  if (kind == "list") {
    return Type::List(std::move(element));
  }
  if (kind == "set") {
    return Type::Set(std::move(element));
  }
  return kind == "map" ? absl::StatusOr<Type>(Type::Map(std::move(element))) : NoType();
}

}  // namespace

absl::StatusOr<Type> TypeFromJson(const nlohmann::json& json) { return FromJson(json, 0); }

absl::StatusOr<Type> ParseType(absl::string_view json) {
  return FromJson(nlohmann::json::parse(json.begin(), json.end(), nullptr, false), 0);
}

}  // namespace kproto
