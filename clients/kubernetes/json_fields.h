// SPDX-License-Identifier: MPL-2.0
// Reading fields of objects that a server or a user wrote: what is missing or of another type reads
// as empty, so no answer can crash the reader. Paths are JSON pointers ("/metadata/name").
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace kproto::kubernetes {

// nullptr when there is nothing at `path`.
const nlohmann::json* FieldAt(const nlohmann::json& object, const char* path);

std::string StringAt(const nlohmann::json& object, const char* path);
int IntAt(const nlohmann::json& object, const char* path, int otherwise = 0);
bool BoolAt(const nlohmann::json& object, const char* path);
std::vector<std::string> StringsAt(const nlohmann::json& object, const char* path);
std::map<std::string, std::string> StringMapAt(const nlohmann::json& object, const char* path);
// A label or an annotation of an object; "" when it has none. Their names are no JSON pointers.
std::string LabelOf(const nlohmann::json& object, const std::string& name);
std::string AnnotationOf(const nlohmann::json& object, const std::string& name);
// An RFC 3339 time; InfinitePast when there is none.
absl::Time TimeAt(const nlohmann::json& object, const char* path);
// The items of a list; an empty list when there is none. Never null.
const nlohmann::json& ListAt(const nlohmann::json& object, const char* path);

}  // namespace kproto::kubernetes
