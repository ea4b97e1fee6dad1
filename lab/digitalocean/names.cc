// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace kproto::lab {

bool NameIsValid(const std::string& name) {
  return !name.empty() && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '.';
         });
}

bool NameIsTaken(Cloud* cloud, const char* kind, const std::string& name,
                 const std::string& except_id) {
  const Json& things = cloud->store.All(kind);
  return std::any_of(things.begin(), things.end(), [&](const Json& thing) {
    return StringField(thing, "name") == name && StringField(thing, "id") != except_id;
  });
}

std::string WhyNotName(Cloud* cloud, const char* kind, const std::string& noun,
                       const std::string& name, const std::string& except_id) {
  if (!NameIsValid(name)) {
    return "name is invalid: only letters, numbers, '-' and '.' are allowed";
  }
  return NameIsTaken(cloud, kind, name, except_id)
             ? absl::StrCat("a ", noun, " with the same name already exists")
             : "";
}

ApiResponse One(Cloud* cloud, const char* kind, const char* key, const std::string& id) {
  const Json* thing = cloud->store.Find(kind, id);
  return thing == nullptr ? NotFound() : Ok({{key, Public(*thing)}});
}

}  // namespace kproto::lab
