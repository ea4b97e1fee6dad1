// SPDX-License-Identifier: MPL-2.0
#include "resources/kubeconfig/merge.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/yaml/yaml.h"
#include "provider/runtime/function.h"

namespace kproto {
namespace {

using Json = nlohmann::json;

constexpr const char* kNamedLists[] = {"clusters", "contexts", "users", "extensions"};

bool IsNamedList(const std::string& key) {
  return std::find(std::begin(kNamedLists), std::end(kNamedLists), key) != std::end(kNamedLists);
}

absl::Status Wrong(absl::string_view text) { return absl::InvalidArgumentError(text); }

std::string NameOf(const Json& entry) {
  const auto name = entry.is_object() ? entry.find("name") : entry.end();
  return entry.is_object() && name != entry.end() && name->is_string() ? name->get<std::string>()
                                                                       : "";
}

absl::Status CheckText(const Json& config, const char* key, const char* wanted) {
  const auto member = config.find(key);
  return member == config.end() || *member == wanted
             ? absl::OkStatus()
             : Wrong(absl::StrCat("its ", key, " is not ", wanted, ", so it is no kubeconfig"));
}

absl::StatusOr<Json> ParseConfig(const std::string& text) {
  KPROTO_ASSIGN_OR_RETURN(Json config, yaml::Parse(text, yaml::DuplicateKeys::kLastWins));
  if (config.is_null()) {
    return Json::object();  // An empty text adds nothing.
  }
  if (!config.is_object()) {
    return Wrong("must be a kubeconfig, a mapping with clusters, users and contexts");
  }
  KPROTO_RETURN_IF_ERROR(CheckText(config, "kind", "Config"));
  KPROTO_RETURN_IF_ERROR(CheckText(config, "apiVersion", "v1"));
  for (const char* list : kNamedLists) {
    const auto member = config.find(list);
    if (member == config.end() || member->is_null()) {
      continue;
    }
    if (!member->is_array()) {
      return Wrong(absl::StrCat(list, " is not a list"));
    }
    for (const Json& entry : *member) {
      if (NameOf(entry).empty()) {
        return Wrong(absl::StrCat("an entry of ", list, " has no name"));
      }
    }
  }
  return config;
}

absl::Status AddEntry(const std::string& list, const Json& entry, Json& merged) {
  for (const Json& there : merged) {
    if (NameOf(there) == NameOf(entry)) {
      return there == entry
                 ? absl::OkStatus()
                 : Wrong(absl::StrCat(list, " has an entry \"", NameOf(entry),
                                      "\" that is not the one of the same name before it; rename "
                                      "one of them"));
    }
  }
  merged.push_back(entry);
  return absl::OkStatus();
}

absl::Status AddConfig(const Json& config, Json& merged) {
  for (const auto& [key, value] : config.items()) {
    if (IsNamedList(key)) {
      for (const Json& entry : value) {
        KPROTO_RETURN_IF_ERROR(AddEntry(key, entry, merged[key]));
      }
    } else if (!merged.contains(key) || merged[key] == "") {
      merged[key] = value;  // The first that says something is heard, as by kubectl.
    }
  }
  return absl::OkStatus();
}

class KubeconfigMerge final : public Function {
 public:
  KubeconfigMerge()
      : Function(
            {.name = "kubeconfig_merge",
             .summary = "Several kubeconfigs as one.",
             .description =
                 "Joins the clusters, users and contexts of kubeconfigs. The first that names a "
                 "current context decides it. Entries that are the same become one; different ones "
                 "of the same name are an error, for nobody could tell which is meant. An empty "
                 "text adds nothing. The result is JSON, which is YAML; it is as secret and as "
                 "ephemeral as what went in.",
             .parameters = {{.name = "a", .description = "A kubeconfig, YAML or JSON."},
                            {.name = "b", .description = "Another."}},
             .variadic_parameter =
                 FunctionParameter{.name = "more", .description = "Any number of others."}}) {}

  Value Call(const std::vector<Value>& arguments, std::optional<FunctionError>& error) override {
    Json merged = {{"apiVersion", "v1"},        {"kind", "Config"},
                   {"clusters", Json::array()}, {"contexts", Json::array()},
                   {"current-context", ""},     {"users", Json::array()}};
    for (size_t i = 0; i < arguments.size(); ++i) {
      const absl::StatusOr<Json> config = ParseConfig(arguments[i].string());
      const absl::Status status = config.ok() ? AddConfig(*config, merged) : config.status();
      if (!status.ok()) {
        error = ArgumentError(i, std::string(status.message()));
        return Value::Null();
      }
    }
    return Value::String(merged.dump(2, ' ', false, Json::error_handler_t::replace));
  }
};

}  // namespace

std::unique_ptr<AnyFunction> MakeKubeconfigMerge() { return std::make_unique<KubeconfigMerge>(); }

}  // namespace kproto
