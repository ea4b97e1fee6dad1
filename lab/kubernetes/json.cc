// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/json.h"

namespace kproto::lab {

const nlohmann::json& At(const nlohmann::json& object,
                         std::initializer_list<absl::string_view> path) {
  static const nlohmann::json& null = *new nlohmann::json();
  const nlohmann::json* here = &object;
  for (const absl::string_view key : path) {
    if (!here->is_object()) {
      return null;
    }
    const auto member = here->find(std::string(key));
    if (member == here->end()) {
      return null;
    }
    here = &*member;
  }
  return *here;
}

std::string Text(const nlohmann::json& object, std::initializer_list<absl::string_view> path) {
  const nlohmann::json& value = At(object, path);
  return value.is_string() ? value.get<std::string>() : "";
}

const nlohmann::json& Items(const nlohmann::json& object,
                            std::initializer_list<absl::string_view> path) {
  static const nlohmann::json& none = *new nlohmann::json(nlohmann::json::array());
  const nlohmann::json& value = At(object, path);
  return value.is_array() ? value : none;
}

nlohmann::json ParseJson(absl::string_view text) {
  return nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
}

}  // namespace kproto::lab
