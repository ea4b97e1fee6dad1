// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/json_fields.h"

#include "absl/strings/match.h"

namespace kproto::lab {

const Json& Field(const Json& object, absl::string_view key) {
  static const Json& null = *new Json();
  if (!object.is_object()) {
    return null;
  }
  auto it = object.find(std::string(key));
  return it == object.end() ? null : *it;
}

const Json& FieldIgnoringCase(const Json& object, absl::string_view key) {
  const Json& exact = Field(object, key);
  if (!exact.is_null() || !object.is_object()) {
    return exact;
  }
  for (const auto& [name, value] : object.items()) {
    if (absl::EqualsIgnoreCase(name, key)) {
      return value;
    }
  }
  return exact;
}

std::string StringField(const Json& object, absl::string_view key, absl::string_view fallback) {
  const Json& field = Field(object, key);
  return field.is_string() ? field.get<std::string>() : std::string(fallback);
}

int64_t IntField(const Json& object, absl::string_view key, int64_t fallback) {
  const Json& field = Field(object, key);
  return field.is_number_integer() ? field.get<int64_t>() : fallback;
}

bool BoolField(const Json& object, absl::string_view key, bool fallback) {
  const Json& field = Field(object, key);
  return field.is_boolean() ? field.get<bool>() : fallback;
}

std::vector<std::string> StringList(const Json& object, absl::string_view key) {
  std::vector<std::string> list;
  const Json& field = Field(object, key);
  if (field.is_array()) {
    for (const Json& item : field) {
      if (item.is_string()) {
        list.push_back(item.get<std::string>());
      }
    }
  }
  return list;
}

Json Public(const Json& value) {
  if (value.is_object()) {
    Json copy = Json::object();
    for (const auto& [key, member] : value.items()) {
      if (key != "_") {
        copy[key] = Public(member);
      }
    }
    return copy;
  }
  if (value.is_array()) {
    Json copy = Json::array();
    for (const Json& item : value) {
      copy.push_back(Public(item));
    }
    return copy;
  }
  return value;
}

std::string Dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace kproto::lab
