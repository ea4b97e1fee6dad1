// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/json_fields.h"

#include <limits>

namespace kproto::kubernetes {

using Json = nlohmann::json;

const Json* FieldAt(const Json& object, const char* path) {
  const Json::json_pointer pointer(path);
  // contains() of a pointer does not throw, whatever is in between.
  return object.contains(pointer) ? &object.at(pointer) : nullptr;
}

std::string StringAt(const Json& object, const char* path) {
  const Json* field = FieldAt(object, path);
  return field != nullptr && field->is_string() ? field->get<std::string>() : "";
}

int IntAt(const Json& object, const char* path, int otherwise) {
  const Json* field = FieldAt(object, path);
  if (field == nullptr || !field->is_number_integer()) {
    return otherwise;
  }
  constexpr int kMax = std::numeric_limits<int>::max();
  if (field->is_number_unsigned()) {
    const uint64_t value = field->get<uint64_t>();
    return value <= uint64_t{kMax} ? static_cast<int>(value) : otherwise;
  }
  const int64_t value = field->get<int64_t>();
  return value >= std::numeric_limits<int>::min() && value <= kMax ? static_cast<int>(value)
                                                                   : otherwise;
}

bool BoolAt(const Json& object, const char* path) {
  const Json* field = FieldAt(object, path);
  return field != nullptr && field->is_boolean() && field->get<bool>();
}

std::vector<std::string> StringsAt(const Json& object, const char* path) {
  std::vector<std::string> strings;
  for (const Json& item : ListAt(object, path)) {
    if (item.is_string()) {
      strings.push_back(item.get<std::string>());
    }
  }
  return strings;
}

std::map<std::string, std::string> StringMapAt(const Json& object, const char* path) {
  std::map<std::string, std::string> strings;
  const Json* field = FieldAt(object, path);
  if (field != nullptr && field->is_object()) {
    for (const auto& [key, value] : field->items()) {
      if (value.is_string()) {
        strings[key] = value.get<std::string>();
      }
    }
  }
  return strings;
}

std::string LabelOf(const Json& object, const std::string& name) {
  return StringMapAt(object, "/metadata/labels")[name];
}

std::string AnnotationOf(const Json& object, const std::string& name) {
  return StringMapAt(object, "/metadata/annotations")[name];
}

absl::Time TimeAt(const Json& object, const char* path) {
  absl::Time time;
  return absl::ParseTime(absl::RFC3339_full, StringAt(object, path), &time, nullptr)
             ? time
             : absl::InfinitePast();
}

const Json& ListAt(const Json& object, const char* path) {
  static const Json& empty = *new Json(Json::array());
  const Json* field = FieldAt(object, path);
  return field != nullptr && field->is_array() ? *field : empty;
}

}  // namespace kproto::kubernetes
