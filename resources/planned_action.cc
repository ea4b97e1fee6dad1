// SPDX-License-Identifier: MPL-2.0
#include "resources/planned_action.h"

namespace kproto {
namespace {

std::string Member(const PrivateState& private_state, const char* name) {
  const nlohmann::json json = nlohmann::json::parse(private_state, nullptr, false);
  const bool text = json.is_object() && json.contains(name) && json[name].is_string();
  return text ? json[name].get<std::string>() : "";
}

}  // namespace

PrivateState PlannedPrivate(const std::string& action, const std::string& key,
                            const std::string& id) {
  nlohmann::json json = {{"planned", action}, {"key", key}};
  if (!id.empty()) {
    json["id"] = id;
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool PlannedToCreate(const PrivateState& private_state, const std::string& key) {
  return Member(private_state, "planned") == "create" && Member(private_state, "key") == key;
}

std::string PlannedId(const PrivateState& private_state) { return Member(private_state, "id"); }

}  // namespace kproto
