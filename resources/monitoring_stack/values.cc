// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/values.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/digest.h"
#include "base/nearest.h"
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

// Far beyond any values file: something else was given by mistake.
constexpr uintmax_t kMostBytes = 4 << 20;

absl::StatusOr<ValuesFile> ReadFile(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return absl::InvalidArgumentError(absl::StrCat(path.string(), ": is a directory, not a file"));
  }
  if (const uintmax_t size = fs::file_size(path, error); !error && size > kMostBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path.string(), ": has ", size >> 20,
                                                   " MiB, which is no values file; at most ",
                                                   kMostBytes >> 20, " MiB are read"));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return absl::PermissionDeniedError(absl::StrCat(path.string(), ": cannot be read"));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  absl::StatusOr<yaml::Located> values = yaml::ParseLocated(text);
  if (!values.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path.string(), ": ", values.status().message()));
  }
  if (values->value.is_null()) {
    values->value = Json::object();
  }
  if (!values->value.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), ": line 1, column 1: values must be a mapping of keys"));
  }
  return ValuesFile{path.string(), std::move(values->value), std::move(values->lines)};
}

UnusedFile NobodyReads(const fs::path& path) {
  std::vector<std::string> names;
  for (const Chart* chart : kCharts) {
    names.push_back(chart->component);
  }
  const std::string meant = Nearest(path.stem().string(), names);
  return {path.string(),
          absl::StrCat("It belongs to no component and is not used. Names that are read: ",
                       Components(), "."),
          "Rename it, or move it out of the way.", meant.empty() ? "" : meant + ".yaml"};
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
      files.unused.push_back(NobodyReads(path));
      continue;
    }
    KPROTO_ASSIGN_OR_RETURN(ValuesFile file, ReadFile(path));
    Json& merged = files.by_component[component];
    merged = MergeValues(merged.is_null() ? Json::object() : std::move(merged), file.values);
    files.files[component].push_back(std::move(file));
  }
  return absl::OkStatus();
}

// The folders that `environment` could have been.
std::string EnvironmentMeant(const fs::path& dir, const std::string& environment) {
  std::error_code error;
  std::vector<std::string> folders;
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    if (it->is_directory(error)) {
      folders.push_back(it->path().filename().string());
    }
  }
  std::sort(folders.begin(), folders.end());
  return Nearest(environment, folders);
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
  return Sha256Hex(text).substr(0, 16);
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
      files.unused.push_back(
          {overlay.string(), "It does not exist: the environment changes nothing.",
           "Make the folder, or leave environment out.", EnvironmentMeant(dir, environment)});
    }
  }
  if (files.by_component.empty()) {
    files.unused.push_back(
        {dir, absl::StrCat("It holds no values file. Names that are read: ", Components(), "."),
         "Add one, or leave values_dir out.", ""});
  }
  return files;
}

std::optional<Place> PlaceOf(const ValuesFiles& files, const std::string& component,
                             const std::vector<std::string>& path) {
  const auto found = files.files.find(component);
  if (found == files.files.end()) {
    return std::nullopt;
  }
  Json::json_pointer pointer;
  for (const std::string& key : path) {
    pointer /= key;
  }
  for (; !pointer.empty(); pointer.pop_back()) {
    for (auto file = found->second.rbegin(); file != found->second.rend(); ++file) {
      if (const auto line = file->lines.find(pointer.to_string()); line != file->lines.end()) {
        return Place{file->path, line->second};
      }
    }
  }
  return std::nullopt;
}

}  // namespace kproto::monitoring_stack
