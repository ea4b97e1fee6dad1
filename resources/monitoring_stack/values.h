// SPDX-License-Identifier: MPL-2.0
// Chart values as JSON: merging, comparing, and reading a directory of values files. No cluster,
// no network; the same files give the same result.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "resources/monitoring_stack/apps_dir.h"
#include "resources/monitoring_stack/dashboards.h"

namespace kproto::monitoring_stack {

using Json = nlohmann::json;

// `over` laid over `base`: maps are merged key by key, everything else is replaced. A null in
// `over` stays: to Helm it means that the chart's default goes away.
Json MergeValues(Json base, const Json& over);

// Two values that a chart or an API server cannot tell apart have the same canonical form: keys in
// order, no nulls, whole numbers without a fraction.
Json Canonical(const Json& value);

// SHA-256 of the canonical form in hexadecimal, first 16 digits: enough to see a change.
std::string HashOf(const Json& value);

// The value at a path of keys; nullptr when there is none.
const Json* Find(const Json& values, const std::vector<std::string>& path);

// One file as it was read.
struct ValuesFile {
  std::string path;
  Json values;
  std::map<std::string, int> lines;  // of its keys, by JSON pointer
};

// A file or folder that changes nothing although somebody made it.
struct UnusedFile {
  std::string path;
  std::string why, cure;
  std::string meant;  // the name that was probably meant; ""
};

// What the files say that a configuration names.
struct ValuesFiles {
  std::map<std::string, Json> by_component;  // merged base and overlay; only what has a file
  std::map<std::string, std::vector<ValuesFile>> files;  // what was merged, in that order
  std::vector<UnusedFile> unused;
  std::vector<Dashboard> dashboards;
  std::vector<AppManifest> apps;
};

// Where the value at a path of keys comes from.
struct Place {
  std::string file;
  int line = 0;
};
// The file that has the last word on it, or on the part of the path that any file says; nullopt
// when none says even the first key.
std::optional<Place> PlaceOf(const ValuesFiles& files, const std::string& component,
                             const std::vector<std::string>& path);

// Reads `dir`/<component>.yaml and `dir`/<environment>/<component>.yaml (also .yml) for every
// component of charts.h. "" as environment: no overlay. Errors: NotFound (directory), and
// InvalidArgument "<file>: line l, column c: …".
absl::StatusOr<ValuesFiles> ReadValuesDir(const std::string& dir, const std::string& environment);

}  // namespace kproto::monitoring_stack
