// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/dashboards.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/directory.h"

namespace kproto::monitoring_stack {
namespace {

using Json = nlohmann::json;
using kubernetes::ListAt;
using kubernetes::StringAt;
namespace fs = std::filesystem;

// A ConfigMap takes 1 MiB, its own fields included.
constexpr size_t kMostBytes = 1000 * 1000;
constexpr size_t kLongestName = 50;  // so that a volume of the pod can carry it

// The folder that Grafana is told to look into; each dashboard has one of its own below.
constexpr char kFolder[] = "/var/lib/grafana/dashboards/kproto";

std::string ConfigMapName(const Dashboard& dashboard) {
  return absl::StrCat("grafana-dashboard-", dashboard.name);
}

absl::Status Refused(const std::string& file, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(file, ": ", why));
}

// "line 3, column 7: …" in place of the parser's count of bytes.
std::string Located(const std::string& text, const Json::parse_error& error) {
  const size_t at = std::min(error.byte > 0 ? error.byte - 1 : 0, text.size());
  const auto begin = text.begin(), end = text.begin() + static_cast<ptrdiff_t>(at);
  const auto line = 1 + std::count(begin, end, '\n');
  const size_t before = text.rfind('\n', at > 0 ? at - 1 : 0);
  const size_t column = before == std::string::npos || at == 0 ? at + 1 : at - before;
  return absl::StrCat("line ", line, ", column ", column, ": it is not JSON");
}

absl::StatusOr<Json> ParseDashboard(const std::string& file, const std::string& text) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return Refused(file, Located(text, error));
  }
  // As the API of Grafana wraps it.
  if (json.is_object() && json.contains("dashboard") && json["dashboard"].is_object()) {
    return Refused(file,
                   "it is an answer of Grafana's API; keep what is under the key \"dashboard\"");
  }
  if (StringAt(json, "/title").empty()) {
    return Refused(file, "it is no dashboard: it has no title");
  }
  return json;
}

// The file's name as Kubernetes takes it.
std::string NameOf(const fs::path& path) {
  std::string name;
  for (const unsigned char c : path.stem().string()) {
    const char lower = absl::ascii_tolower(c);
    name += absl::ascii_isalnum(static_cast<unsigned char>(lower)) ? lower : '-';
  }
  name = name.substr(0, kLongestName);
  const auto dash = [](char c) { return c == '-'; };
  name.erase(name.begin(), std::find_if_not(name.begin(), name.end(), dash));
  while (!name.empty() && dash(name.back())) {
    name.pop_back();
  }
  return name;
}

absl::StatusOr<Dashboard> ReadDashboard(const fs::path& path) {
  Dashboard dashboard;
  dashboard.name = NameOf(path);
  dashboard.file = path.string();
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  if (!error && size > kMostBytes) {
    return Refused(dashboard.file,
                   absl::StrCat("it has ", size, " bytes, and a ConfigMap takes ", kMostBytes,
                                " of them: leave panels out, or data in them"));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return absl::PermissionDeniedError(absl::StrCat(dashboard.file, ": cannot be read"));
  }
  dashboard.text.assign(std::istreambuf_iterator<char>(in), {});
  if (dashboard.name.empty()) {
    return Refused(dashboard.file, "its name needs a letter or a digit");
  }
  KPROTO_ASSIGN_OR_RETURN(dashboard.json, ParseDashboard(dashboard.file, dashboard.text));
  return dashboard;
}

// Two of one name would take each other's place in Grafana, whichever comes last.
absl::Status CheckDistinct(const std::vector<Dashboard>& dashboards) {
  std::map<std::string, std::string> names, uids;  // to files
  for (const Dashboard& dashboard : dashboards) {
    const std::string uid = StringAt(dashboard.json, "/uid");
    if (const auto [other, fresh] = names.emplace(dashboard.name, dashboard.file); !fresh) {
      return Refused(dashboard.file, absl::StrCat("its name says the same as that of ",
                                                  other->second, ": rename one"));
    }
    if (const auto [other, fresh] = uids.emplace(uid, dashboard.file); !uid.empty() && !fresh) {
      return Refused(dashboard.file, absl::StrCat("it has the uid \"", uid, "\" of ", other->second,
                                                  ": Grafana would take one for the other"));
    }
  }
  return absl::OkStatus();
}

// Uid by type of Grafana's datasources.
std::map<std::string, std::string> DatasourceUids(const Json& grafana) {
  std::map<std::string, std::string> uids;
  const Json* files = kubernetes::FieldAt(grafana, "/datasources");
  if (files == nullptr || !files->is_object()) {
    return uids;
  }
  for (const auto& [file, content] : files->items()) {
    for (const Json& datasource : ListAt(content, "/datasources")) {
      if (const std::string uid = StringAt(datasource, "/uid"); !uid.empty()) {
        uids.emplace(StringAt(datasource, "/type"), uid);
      }
    }
  }
  return uids;
}

}  // namespace

absl::StatusOr<std::vector<Dashboard>> ReadDashboards(const std::string& dir) {
  KPROTO_ASSIGN_OR_RETURN(const std::vector<fs::path> paths, FilesIn(dir, {".json"}));
  if (paths.empty()) {
    return absl::NotFoundError(absl::StrCat(dir,
                                            " holds no dashboard: none of its files ends in "
                                            ".json"));
  }
  std::vector<Dashboard> dashboards;
  for (const fs::path& path : paths) {
    KPROTO_ASSIGN_OR_RETURN(Dashboard dashboard, ReadDashboard(path));
    dashboards.push_back(std::move(dashboard));
  }
  KPROTO_RETURN_IF_ERROR(CheckDistinct(dashboards));
  return dashboards;
}

std::string DigestOf(const std::vector<Dashboard>& dashboards) {
  std::string all;
  for (const Dashboard& dashboard : dashboards) {
    absl::StrAppend(&all, dashboard.name, " ", Sha256Hex(dashboard.text), "\n");
  }
  return all.empty() ? "" : Sha256Hex(all).substr(0, 16);
}

std::vector<Dashboard> WithInputs(std::vector<Dashboard> dashboards, const Json& grafana) {
  const std::map<std::string, std::string> uids = DatasourceUids(grafana);
  for (Dashboard& dashboard : dashboards) {
    std::vector<std::pair<std::string, std::string>> replacements;
    Json open = Json::array();
    for (const Json& input : ListAt(dashboard.json, "/__inputs")) {
      const auto uid = uids.find(StringAt(input, "/pluginId"));
      if (StringAt(input, "/type") == "datasource" && uid != uids.end()) {
        replacements.emplace_back(absl::StrCat("${", StringAt(input, "/name"), "}"), uid->second);
      } else {
        open.push_back(input);
      }
    }
    if (replacements.empty()) {
      continue;
    }
    const std::string text = absl::StrReplaceAll(dashboard.text, replacements);
    Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_object()) {  // a uid can hardly spoil it
      json["__inputs"] = std::move(open);
      dashboard.text = json.dump(2);
      dashboard.json = std::move(json);
    }
  }
  return dashboards;
}

std::vector<std::string> OpenInputs(const Dashboard& dashboard) {
  std::vector<std::string> types;
  for (const Json& input : ListAt(dashboard.json, "/__inputs")) {
    if (StringAt(input, "/type") == "datasource") {
      types.push_back(StringAt(input, "/pluginId"));
    }
  }
  return types;
}

Json DashboardValues(const std::vector<Dashboard>& dashboards, const Json& user) {
  if (dashboards.empty()) {
    return Json::object();
  }
  // A list replaces a list: what the user mounts stays.
  Json mounts = ListAt(user, "/extraConfigmapMounts");
  for (const Dashboard& dashboard : dashboards) {
    mounts.push_back({{"name", absl::StrCat("dashboard-", dashboard.name)},
                      {"configMap", ConfigMapName(dashboard)},
                      {"mountPath", absl::StrCat(kFolder, "/", dashboard.name)},
                      {"readOnly", true}});
  }
  const Json provider = {{"apiVersion", 1},
                         {"providers", Json::array({{{"name", "kproto"},
                                                     {"type", "file"},
                                                     {"folder", ""},
                                                     {"disableDeletion", true},
                                                     {"allowUiUpdates", false},
                                                     {"options", {{"path", kFolder}}}}})}};
  return {{"extraConfigmapMounts", std::move(mounts)},
          {"dashboardProviders", {{"kproto.yaml", provider}}},
          {"podAnnotations", {{"kproto/dashboards", DigestOf(dashboards)}}}};
}

std::vector<Json> DashboardObjects(const std::vector<Dashboard>& dashboards,
                                   const std::string& ns) {
  std::vector<Json> objects;
  for (const Dashboard& dashboard : dashboards) {
    objects.push_back({{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata",
                        {{"name", ConfigMapName(dashboard)},
                         {"namespace", ns},
                         {"annotations", {{"kproto/sha256", Sha256Hex(dashboard.text)}}}}},
                       {"data", {{absl::StrCat(dashboard.name, ".json"), dashboard.text}}}});
  }
  return objects;
}

}  // namespace kproto::monitoring_stack
