// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/datasources.h"

#include <yaml-cpp/yaml.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/status_macros.h"

namespace kproto::lab {
namespace {

constexpr char kFolder[] = "/etc/grafana/provisioning/datasources/";

std::string Said(const YAML::Node& node, const char* key) {
  return node[key].IsDefined() ? node[key].as<std::string>("") : "";
}

absl::Status Parse(const std::string& text, Provisioning& found) {
  try {
    const YAML::Node file = YAML::Load(text);
    for (const YAML::Node& node : file["deleteDatasources"]) {
      found.removed.push_back(Said(node, "name"));
    }
    for (const YAML::Node& node : file["datasources"]) {
      Datasource one{.uid = Said(node, "uid"),
                     .name = Said(node, "name"),
                     .type = Said(node, "type"),
                     .url = Said(node, "url"),
                     .is_default = Said(node, "isDefault") == "true",
                     .prune = Said(file, "prune") == "true"};
      one.uid = one.uid.empty() ? UidOf(one.name) : one.uid;
      found.datasources.push_back(std::move(one));
    }
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
  return absl::OkStatus();
}

absl::Status Check(const std::vector<Datasource>& datasources) {
  int defaults = 0;
  for (const Datasource& one : datasources) {
    if (one.name.empty() || one.type.empty()) {
      return absl::InvalidArgumentError("a datasource has no name or no type");
    }
    defaults += one.is_default ? 1 : 0;
  }
  return defaults < 2 ? absl::OkStatus()
                      : absl::InvalidArgumentError("two datasources are the default");
}

}  // namespace

absl::StatusOr<Provisioning> ProvisionedDatasources(
    const std::map<std::string, std::string>& files) {
  Provisioning all;
  for (const auto& [path, text] : files) {
    if (absl::StartsWith(path, kFolder)) {
      KPROTO_RETURN_IF_ERROR(Parse(text, all));
    }
  }
  KPROTO_RETURN_IF_ERROR(Check(all.datasources));
  return all;
}

std::string UidOf(const std::string& name) {
  return absl::AsciiStrToUpper(absl::StrCat("P", Sha256Hex(name).substr(0, 16)));
}

std::string HealthQuery(const std::string& type) {
  if (type == "loki") {
    return "/loki/api/v1/query?query=vector(1)%2Bvector(1)";
  }
  return type == "prometheus" ? "/api/v1/query?query=1%2B1" : "";
}

}  // namespace kproto::lab
