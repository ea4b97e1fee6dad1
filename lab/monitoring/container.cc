// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/container.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

const json& Nothing() {
  static const auto& nothing = *new json();
  return nothing;
}

const json& Named(const json& list, const std::string& name) {
  for (const json& item : list) {
    if (Text(item, {"name"}) == name) {
      return item;
    }
  }
  return Nothing();
}

}  // namespace

Container::Container(ApiClient* api, const json* pod, const std::string& name)
    : api_(api), pod_(pod), container_(&Named(Items(*pod, {"spec", "containers"}), name)) {}

const json& Container::Volume(const std::string& name) const {
  return Named(Items(*pod_, {"spec", "volumes"}), name);
}

absl::StatusOr<const Container::Data*> Container::DataOf(const std::string& plural,
                                                         const std::string& name) {
  const std::string path = absl::StrCat(
      "/api/v1/namespaces/", Text(*pod_, {"metadata", "namespace"}), "/", plural, "/", name);
  const auto before = read_.find(path);
  if (before != read_.end()) {
    return &before->second;
  }
  KPROTO_ASSIGN_OR_RETURN(const json object, api_->Get(path));
  Data data;
  for (const auto& [key, value] : At(object, {"data"}).items()) {
    std::string text = value.is_string() ? value.get<std::string>() : "";
    if (plural == "secrets") {
      absl::Base64Unescape(std::string(text), &text);
    }
    data[key] = std::move(text);
  }
  return &(read_[path] = std::move(data));
}

absl::StatusOr<std::map<std::string, std::string>> Container::Files() {
  std::map<std::string, std::string> files;
  for (const json& mount : Items(spec(), {"volumeMounts"})) {
    const json& volume = Volume(Text(mount, {"name"}));
    const std::string map = Text(volume, {"configMap", "name"});
    const std::string secret = Text(volume, {"secret", "secretName"});
    if (map.empty() && secret.empty()) {
      continue;
    }
    KPROTO_ASSIGN_OR_RETURN(const Data* data,
                            map.empty() ? DataOf("secrets", secret) : DataOf("configmaps", map));
    const std::string path = Text(mount, {"mountPath"});
    const std::string part = Text(mount, {"subPath"});
    for (const auto& [key, text] : *data) {
      if (part.empty() || part == key) {
        files[part.empty() ? absl::StrCat(path, "/", key) : path] = text;
      }
    }
  }
  return files;
}

absl::StatusOr<std::string> Container::ValueOf(const json& variable) {
  for (const auto& [reference, plural] :
       {std::pair("secretKeyRef", "secrets"), std::pair("configMapKeyRef", "configmaps")}) {
    const json& from = At(variable, {"valueFrom", reference});
    if (from.is_null()) {
      continue;
    }
    KPROTO_ASSIGN_OR_RETURN(const Data* data, DataOf(plural, Text(from, {"name"})));
    const auto value = data->find(Text(from, {"key"}));
    if (value == data->end()) {
      return absl::NotFoundError(
          absl::StrCat(Text(from, {"name"}), " has no key ", Text(from, {"key"})));
    }
    return value->second;
  }
  return Text(variable, {"value"});
}

absl::StatusOr<std::map<std::string, std::string>> Container::Environment() {
  std::map<std::string, std::string> environment;
  for (const json& from : Items(spec(), {"envFrom"})) {
    for (const auto& [reference, plural] :
         {std::pair("secretRef", "secrets"), std::pair("configMapRef", "configmaps")}) {
      const std::string name = Text(from, {reference, "name"});
      if (name.empty()) {
        continue;
      }
      const absl::StatusOr<const Data*> data = DataOf(plural, name);
      if (data.ok()) {
        environment.insert((*data)->begin(), (*data)->end());
      } else if (!absl::IsNotFound(data.status()) || At(from, {reference, "optional"}) != true) {
        return data.status();
      }
    }
  }
  for (const json& variable : Items(spec(), {"env"})) {
    KPROTO_ASSIGN_OR_RETURN(environment[Text(variable, {"name"})], ValueOf(variable));
  }
  return environment;
}

absl::StatusOr<std::string> Container::DiskAt(const std::string& path) {
  for (const json& mount : Items(spec(), {"volumeMounts"})) {
    const json& volume = Volume(Text(mount, {"name"}));
    const std::string claim = Text(volume, {"persistentVolumeClaim", "claimName"});
    if (Text(mount, {"mountPath"}) == path && !claim.empty()) {
      KPROTO_ASSIGN_OR_RETURN(
          const json object,
          api_->Get(absl::StrCat("/api/v1/namespaces/", Text(*pod_, {"metadata", "namespace"}),
                                 "/persistentvolumeclaims/", claim)));
      return Text(object, {"metadata", "uid"});
    }
  }
  return Text(*pod_, {"metadata", "uid"});
}

int Container::Port(const std::string& name) const {
  const json& port = At(Named(Items(spec(), {"ports"}), name), {"containerPort"});
  return port.is_number_integer() ? port.get<int>() : 0;
}

}  // namespace kproto::lab
