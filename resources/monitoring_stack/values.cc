// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/values.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "clients/yaml/yaml.h"
#include "resources/monitoring_stack/charts.h"

namespace kproto::monitoring_stack {
namespace {

namespace fs = std::filesystem;

bool IsYaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

bool IsComponent(const std::string& name) {
  return std::any_of(std::begin(kCharts), std::end(kCharts),
                     [&](const Chart* chart) { return name == chart->component; });
}

std::string Components() {
  std::vector<std::string> names;
  for (const Chart* chart : kCharts) {
    names.push_back(absl::StrCat(chart->component, ".yaml"));
  }
  return absl::StrJoin(names, ", ");
}

absl::StatusOr<Json> ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return absl::PermissionDeniedError(absl::StrCat(path.string(), ": cannot be read"));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  absl::StatusOr<Json> values = yaml::Parse(text);
  if (!values.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path.string(), ": ", values.status().message()));
  }
  if (values->is_null()) {
    return Json::object();
  }
  if (!values->is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), ": line 1, column 1: values must be a mapping of keys"));
  }
  return values;
}

// Lays every values file of one directory over what is there.
absl::Status ReadInto(const fs::path& dir, ValuesFiles& files) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    if (IsYaml(it->path())) {
      entries.push_back(it->path());
    }
  }
  if (error) {
    return absl::PermissionDeniedError(
        absl::StrCat(dir.string(), ": cannot be read: ", error.message()));
  }
  std::sort(entries.begin(), entries.end());
  for (const fs::path& path : entries) {
    const std::string component = path.stem().string();
    if (!IsComponent(component)) {
      files.warnings.push_back(absl::StrCat(path.string(),
                                            " belongs to no component and is not used. "
                                            "Names that are read: ",
                                            Components(), "."));
      continue;
    }
    KPROTO_ASSIGN_OR_RETURN(Json values, ReadFile(path));
    Json& merged = files.by_component[component];
    merged = MergeValues(merged.is_null() ? Json::object() : std::move(merged), values);
  }
  return absl::OkStatus();
}

}  // namespace

Json MergeValues(Json base, const Json& over) {
  if (!base.is_object() || !over.is_object()) {
    return over;
  }
  for (const auto& [key, value] : over.items()) {
    const bool both = base.contains(key) && base[key].is_object() && value.is_object();
    base[key] = both ? MergeValues(std::move(base[key]), value) : value;
  }
  return base;
}

Json Canonical(const Json& value) {
  if (value.is_object()) {
    Json result = Json::object();
    for (const auto& [key, member] : value.items()) {
      if (!member.is_null()) {
        result[key] = Canonical(member);
      }
    }
    return result;
  }
  if (value.is_array()) {
    Json result = Json::array();
    for (const Json& element : value) {
      result.push_back(Canonical(element));
    }
    return result;
  }
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (std::nearbyint(number) == number && std::abs(number) < 9e15) {
      return static_cast<int64_t>(number);
    }
  }
  return value;
}

std::string HashOf(const Json& value) {
  const std::string text =
      Canonical(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), 8));
}

const Json* Find(const Json& values, const std::vector<std::string>& path) {
  const Json* at = &values;
  for (const std::string& key : path) {
    if (!at->is_object() || !at->contains(key)) {
      return nullptr;
    }
    at = &(*at)[key];
  }
  return at;
}

absl::StatusOr<ValuesFiles> ReadValuesDir(const std::string& dir, const std::string& environment) {
  std::error_code error;
  if (!fs::is_directory(dir, error)) {
    return absl::NotFoundError(
        absl::StrCat(dir, fs::exists(dir, error) ? " is not a directory" : " does not exist"));
  }
  ValuesFiles files;
  KPROTO_RETURN_IF_ERROR(ReadInto(dir, files));
  if (!environment.empty()) {
    const fs::path overlay = fs::path(dir) / environment;
    if (fs::is_directory(overlay, error)) {
      KPROTO_RETURN_IF_ERROR(ReadInto(overlay, files));
    } else {
      files.warnings.push_back(
          absl::StrCat(overlay.string(), " does not exist: the environment changes nothing."));
    }
  }
  if (files.by_component.empty()) {
    files.warnings.push_back(
        absl::StrCat(dir, " holds no values file. Names that are read: ", Components(), "."));
  }
  return files;
}

}  // namespace kproto::monitoring_stack
