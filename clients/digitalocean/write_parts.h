// SPDX-License-Identifier: MPL-2.0
// The parts that request bodies are put together from (write_json, networking_json).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/digitalocean/json_view.h"

namespace kproto::digitalocean {

// The list as JSON; an empty one stays [], never null.
template <typename T>
Json WriteList(const std::vector<T>& items) {
  Json list = Json::array();
  for (const T& item : items) {
    list.push_back(item);
  }
  return list;
}

// "" is left out.
inline void PutText(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) {
    json[key] = text;
  }
}

// nullopt is left out.
template <typename T>
void PutOptional(Json& json, const char* key, const std::optional<T>& value) {
  if (value) {
    json[key] = *value;
  }
}

}  // namespace kproto::digitalocean
