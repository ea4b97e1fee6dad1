// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/known_keys.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/nearest.h"
#include "resources/monitoring_stack/values.h"

namespace kproto::monitoring_stack {
namespace {

using KeyPath = KnownKeys::KeyPath;

// Keys below which everything is the user's own, wherever they stand.
constexpr const char* kFreeKeys[] = {
    "annotations", "labels", "nodeSelector", "affinity", "resources",
    "matchLabels", "env",    "global",       "strategy", "deploymentStrategy"};
constexpr const char* kFreeEndings[] = {"Annotations", "Labels", "Selector", "SecurityContext",
                                        "Probe",       "Env",    "Config",   "Affinity"};

// Keys of single charts whose content goes to the program as it is.
struct FreePath {
  const char* chart;
  const char* path;
};
constexpr FreePath kFreePaths[] = {
    {"argo-cd", "configs.cm"},    {"argo-cd", "configs.params"},    {"argo-cd", "configs.rbac"},
    {"argo-cd", "configs.ssh"},   {"argo-cd", "configs.tls"},       {"argo-cd", "configs.gpg"},
    {"argo-cd", "configs.cmp"},   {"loki", "loki.server"},          {"loki", "loki.storage"},
    {"loki", "loki.analytics"},   {"loki", "loki.tracing"},         {"loki", "loki.compactor"},
    {"loki", "loki.ingester"},    {"loki", "loki.querier"},         {"loki", "loki.frontend"},
    {"loki", "loki.distributor"}, {"promtail", "config.positions"}, {"promtail", "extraPorts"},
};

struct Rename {
  const char* chart;
  const char* path;
  const char* what;
};
constexpr Rename kRenames[] = {
    {"promtail", "config.lokiAddress",
     "The chart dropped it in 5.0.0. The address is config.clients[].url, which kproto sets to "
     "this stack's Loki: remove the key."},
    {"promtail", "loki.serviceName",
     "The chart dropped it in 3.0.0. The address is config.clients[].url, which kproto sets."},
    {"loki", "loki.singleBinary", "The chart's key is singleBinary, one level up."},
};

absl::string_view Trimmed(absl::string_view line) {
  return absl::StripLeadingAsciiWhitespace(line);
}

// "name" of "name: …"; "" of what is no mapping entry.
std::string KeyOfLine(absl::string_view line) {
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos || colon == 0 ||
      (colon + 1 < line.size() && line[colon + 1] != ' ')) {
    return "";
  }
  absl::string_view key = line.substr(0, colon);
  if (key.find_first_of(" \t{}[]#`") != absl::string_view::npos) {
    return "";
  }
  absl::ConsumePrefix(&key, "\"");
  absl::ConsumeSuffix(&key, "\"");
  return std::string(key);
}

bool IsWordChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Whether `text` has `word` with no letter on its right.
bool HasWord(absl::string_view text, absl::string_view word) {
  for (size_t at = text.find(word); at != absl::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if (end >= text.size() || !IsWordChar(text[end])) {
      return true;
    }
  }
  return false;
}

}  // namespace

KnownKeys::KnownKeys(std::string chart, const helm::ChartContents* contents)
    : chart_(std::move(chart)), contents_(contents) {
  KeyPath at;
  Collect(contents_->values, at);
  CollectCommented();
}

void KnownKeys::Collect(const Json& values, KeyPath& at) {
  if (!values.is_object()) {
    return;
  }
  for (const auto& [key, value] : values.items()) {
    at.push_back(key);
    all_.push_back(at);
    if (!IsFree(at)) {
      Collect(value, at);
    }
    at.pop_back();
  }
}

// Authors show optional keys as comments at the place where they would stand.
void KnownKeys::CollectCommented() {
  std::vector<std::pair<size_t, std::string>> open;  // indentation and name of the keys above
  for (absl::string_view line : absl::StrSplit(contents_->values_text, '\n')) {
    absl::string_view text = Trimmed(line);
    const size_t indentation = line.size() - text.size();
    const bool comment = absl::ConsumePrefix(&text, "#");
    if (comment) {
      absl::ConsumePrefix(&text, "#");
      text = Trimmed(text);
    }
    const std::string key = KeyOfLine(text);
    if (key.empty()) {
      continue;
    }
    while (!open.empty() && open.back().first >= indentation) {
      open.pop_back();
    }
    KeyPath path;
    for (const auto& [column, name] : open) {
      path.push_back(name);
    }
    path.push_back(key);
    if (comment) {
      commented_.insert(absl::StrJoin(path, "."));
    } else {
      open.emplace_back(indentation, key);
    }
  }
}

const KnownKeys::Json* KnownKeys::Default(const KeyPath& path) const {
  return monitoring_stack::Find(contents_->values, path);
}

const KnownKeys::Json* KnownKeys::Resolved(const Json& schema) const {
  const Json* at = &schema;
  for (int hops = 0; hops < 8 && at->is_object() && at->contains("$ref"); ++hops) {
    const Json& ref = (*at)["$ref"];
    if (!ref.is_string() || !absl::StartsWith(ref.get_ref<const std::string&>(), "#/")) {
      return nullptr;
    }
    const Json::json_pointer pointer(ref.get<std::string>().substr(1));
    if (!contents_->schema.contains(pointer)) {
      return nullptr;
    }
    at = &contents_->schema.at(pointer);
  }
  return at;
}

const KnownKeys::Json* KnownKeys::SchemaOf(const KeyPath& path) const {
  const Json* at = &contents_->schema;
  for (const std::string& key : path) {
    at = at->is_object() ? Resolved(*at) : nullptr;
    if (at == nullptr || !at->is_object() || !at->contains("properties") ||
        !(*at)["properties"].is_object() || !(*at)["properties"].contains(key)) {
      return nullptr;
    }
    at = &(*at)["properties"][key];
  }
  return at->is_object() ? Resolved(*at) : nullptr;
}

bool KnownKeys::IsFree(const KeyPath& path) const {
  const std::string& key = path.back();
  for (const char* free : kFreeKeys) {
    if (key == free) {
      return true;
    }
  }
  for (const char* ending : kFreeEndings) {
    if (absl::EndsWith(key, ending)) {
      return true;
    }
  }
  // Names of files (grafana.ini), and sections that a program names (limits_config).
  if (absl::StrContains(key, '.') || absl::StrContains(key, '_') || absl::StrContains(key, '/') ||
      absl::StartsWith(key, "extra")) {
    return true;
  }
  const std::string text = absl::StrJoin(path, ".");
  return std::any_of(std::begin(kFreePaths), std::end(kFreePaths), [&](const FreePath& free) {
    return chart_ == free.chart && text == free.path;
  });
}

// Templates read a key by its whole path, or by its name where a `with` has opened the map.
bool KnownKeys::TemplatesName(const KeyPath& path) const {
  const absl::string_view text = contents_->templates;
  if (HasWord(text, absl::StrCat(".Values.", absl::StrJoin(path, ".")))) {
    return true;
  }
  const std::string& key = path.back();
  const bool elsewhere = std::any_of(all_.begin(), all_.end(), [&](const KeyPath& known) {
    return known.back() == key && known != path;
  });
  return !elsewhere && (HasWord(text, "." + key) || absl::StrContains(text, "\"" + key + "\""));
}

KnownKeys::Answer KnownKeys::Ask(const KeyPath& path) const {
  if (path.size() == 1 && contents_->subcharts.count(path[0]) > 0) {
    return Answer::kFree;  // a chart of its own
  }
  const Json* by_default = Default(path);
  const Json* schema = contents_->schema.is_object() ? SchemaOf(path) : nullptr;
  if (by_default != nullptr || schema != nullptr) {
    // An empty map in the defaults is one for the user to fill.
    const bool fill = by_default != nullptr && !(by_default->is_object() && !by_default->empty());
    const bool open = schema != nullptr && schema->contains("additionalProperties") &&
                      (*schema)["additionalProperties"] != Json(false);
    const bool closed = schema != nullptr && schema->contains("properties");
    return IsFree(path) || open || (fill && !closed) ? Answer::kFree : Answer::kKnown;
  }
  if (IsFree(path) && path.size() > 1) {
    // Who may have labels may not have annotations; but which of them is the template's business.
    return TemplatesName(path) ? Answer::kFree : Answer::kUnknown;
  }
  if (path.back() == "global" || commented_.count(absl::StrJoin(path, ".")) > 0 ||
      TemplatesName(path)) {
    return Answer::kFree;
  }
  return Answer::kUnknown;
}

bool KnownKeys::IsMap(const KeyPath& path) const {
  const Json* by_default = Default(path);
  return by_default != nullptr && by_default->is_object();
}

std::vector<KnownKeys::KeyPath> KnownKeys::Meant(const KeyPath& path) const {
  std::vector<KeyPath> meant;
  // The same key at another place, the shallowest first.
  for (const KeyPath& known : all_) {
    if (known.back() == path.back() && known != path) {
      meant.push_back(known);
    }
  }
  std::stable_sort(meant.begin(), meant.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  // A similar key at the same place.
  std::vector<std::string> siblings;
  for (const KeyPath& known : all_) {
    if (known.size() == path.size() && std::equal(known.begin(), known.end() - 1, path.begin())) {
      siblings.push_back(known.back());
    }
  }
  if (const std::string near = Nearest(path.back(), siblings); !near.empty()) {
    KeyPath sibling(path.begin(), path.end() - 1);
    sibling.push_back(near);
    meant.insert(meant.begin(), sibling);
  }
  if (meant.empty()) {
    std::vector<std::string> names;
    for (const KeyPath& known : all_) {
      names.push_back(known.back());
    }
    const std::string near = Nearest(path.back(), names);
    for (const KeyPath& known : all_) {
      if (!near.empty() && known.back() == near) {
        meant.push_back(known);
      }
    }
  }
  return meant;
}

std::string KnownKeys::Renamed(const KeyPath& path) const {
  const std::string text = absl::StrJoin(path, ".");
  for (const Rename& rename : kRenames) {
    if (chart_ == rename.chart && text == rename.path) {
      return rename.what;
    }
  }
  return "";
}

}  // namespace kproto::monitoring_stack
