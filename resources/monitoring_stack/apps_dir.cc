// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/apps_dir.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "clients/argocd/application.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/yaml/yaml.h"
#include "resources/monitoring_stack/directory.h"

namespace kproto::monitoring_stack {
namespace {

using Json = nlohmann::json;
using kubernetes::FieldAt;
using kubernetes::StringAt;
namespace fs = std::filesystem;

constexpr uintmax_t kMostBytes = 4 << 20;  // far beyond any manifest

absl::Status Wrong(const AppManifest& app, const std::string& pointer, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(app.Where(pointer), ": ", why));
}

// The documents of a text, each with empty lines in place of what comes before it, so that lines
// are counted from the top of the file.
std::vector<std::string> Documents(const std::string& text) {
  std::vector<std::string> documents(1);
  size_t number = 0;
  for (const absl::string_view line : absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    if (line == "---" || absl::StartsWith(line, "--- ")) {
      documents.push_back(std::string(number, '\n'));
    }
    absl::StrAppend(&documents.back(), line, "\n");
    ++number;
  }
  return documents;
}

absl::Status ReadFile(const fs::path& path, std::vector<AppManifest>& apps) {
  std::error_code error;
  if (const uintmax_t size = fs::file_size(path, error); !error && size > kMostBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), ": has ", size >> 20, " MiB, which is no manifest"));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path, error)) {
    return absl::PermissionDeniedError(absl::StrCat(path.string(), ": cannot be read"));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  for (const std::string& document : Documents(text)) {
    absl::StatusOr<yaml::Located> read = yaml::ParseLocated(document);
    if (!read.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(path.string(), ": ", read.status().message()));
    }
    if (!read->value.is_null()) {
      apps.push_back({path.string(), std::move(read->value), std::move(read->lines)});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKind(const AppManifest& app) {
  if (!app.object.is_object()) {
    return Wrong(app, "", "it is no manifest: a mapping with apiVersion, kind, metadata and spec");
  }
  const std::string kind = StringAt(app.object, "/kind");
  if (kind != "Application") {
    return Wrong(app, "/kind",
                 absl::StrCat("kind is \"", kind,
                              "\". Only Applications belong here; what else a cluster needs goes "
                              "into a folder that an Application names"));
  }
  const std::string version = StringAt(app.object, "/apiVersion");
  return version == argocd::kApiVersion
             ? absl::OkStatus()
             : Wrong(app, "/apiVersion",
                     absl::StrCat("apiVersion is \"", version, "\", must be \"",
                                  argocd::kApiVersion, "\""));
}

absl::Status CheckMetadata(const AppManifest& app, const AppRules& rules) {
  if (app.name().empty()) {
    return Wrong(app, "/metadata", "metadata.name is missing");
  }
  if (std::find(rules.taken.begin(), rules.taken.end(), app.name()) != rules.taken.end()) {
    return Wrong(app, "/metadata/name",
                 absl::StrCat("the stack has an Application ", app.name(),
                              " of its own, or may get one: choose another name"));
  }
  const std::string ns = StringAt(app.object, "/metadata/namespace");
  return ns.empty() || ns == rules.argocd_ns
             ? absl::OkStatus()
             : Wrong(app, "/metadata/namespace",
                     absl::StrCat("Argo CD looks for Applications in namespace ", rules.argocd_ns,
                                  ", not in ", ns, ": leave it out"));
}

absl::Status CheckProject(const AppManifest& app, const AppRules& rules) {
  const std::string project = StringAt(app.object, "/spec/project");
  if (project.empty() || rules.projects.empty() ||
      std::find(rules.projects.begin(), rules.projects.end(), project) != rules.projects.end()) {
    return absl::OkStatus();
  }
  return Wrong(
      app, "/spec/project",
      absl::StrCat("there is no AppProject \"", project, "\" for it: leave it out, or use one of ",
                   absl::StrJoin(rules.projects, ", ")));
}

absl::Status CheckDestination(const AppManifest& app) {
  const std::string server = StringAt(app.object, "/spec/destination/server");
  const std::string cluster = StringAt(app.object, "/spec/destination/name");
  if (!server.empty() && server != argocd::Destination().server) {
    return Wrong(app, "/spec/destination/server",
                 absl::StrCat("the stack's Argo CD deploys to its own cluster, ",
                              argocd::Destination().server, ", not to ", server));
  }
  if (!cluster.empty() && cluster != "in-cluster") {
    return Wrong(app, "/spec/destination/name",
                 absl::StrCat("the stack's Argo CD knows one cluster, in-cluster, not ", cluster));
  }
  if (server.empty() && cluster.empty()) {
    return Wrong(
        app, "/spec/destination",
        absl::StrCat("spec.destination.server is missing: ", argocd::Destination().server));
  }
  return StringAt(app.object, "/spec/destination/namespace").empty()
             ? Wrong(app, "/spec/destination", "spec.destination.namespace is missing")
             : absl::OkStatus();
}

absl::Status CheckSyncPolicy(const AppManifest& app) {
  const Json* policy = FieldAt(app.object, "/spec/syncPolicy");
  return policy == nullptr || policy->is_object()
             ? absl::OkStatus()
             : Wrong(app, "/spec/syncPolicy", "spec.syncPolicy is no mapping");
}

absl::Status CheckSources(const AppManifest& app) {
  const Json* spec = FieldAt(app.object, "/spec");
  const std::vector<argocd::Source> sources = argocd::SourcesFrom(*spec);
  const std::string at = spec->contains("sources") ? "/spec/sources" : "/spec/source";
  if (sources.empty()) {
    return Wrong(app, at, "spec.source names no repoURL");
  }
  for (const argocd::Source& source : sources) {
    if (source.repo_url.empty()) {
      return Wrong(app, at, "a source names no repoURL");
    }
    if (!source.chart.empty() && source.target_revision.empty()) {
      return Wrong(app, at,
                   absl::StrCat("chart ", source.chart,
                                " has no targetRevision: Argo CD would take whatever is newest"));
    }
    if (source.chart.empty() && source.path.empty() && source.ref.empty()) {
      return Wrong(app, at, "a source names no chart, path or ref");
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string AppManifest::name() const { return StringAt(object, "/metadata/name"); }

std::string AppManifest::Where(const std::string& pointer) const {
  for (Json::json_pointer at(pointer); !at.empty(); at.pop_back()) {
    if (const auto line = lines.find(at.to_string()); line != lines.end()) {
      return absl::StrCat(file, ", line ", line->second);
    }
  }
  int first = 0;
  for (const auto& [key, line] : lines) {
    first = first == 0 ? line : std::min(first, line);
  }
  return first == 0 ? file : absl::StrCat(file, ", line ", first);
}

absl::StatusOr<std::vector<AppManifest>> ReadAppsDir(const std::string& dir) {
  KPROTO_ASSIGN_OR_RETURN(const std::vector<fs::path> paths, FilesIn(dir, {".yaml", ".yml"}));
  std::vector<AppManifest> apps;
  for (const fs::path& path : paths) {
    KPROTO_RETURN_IF_ERROR(ReadFile(path, apps));
  }
  return apps.empty() ? absl::StatusOr<std::vector<AppManifest>>(absl::NotFoundError(
                            absl::StrCat(dir, " holds no manifest in a file *.yaml or *.yml")))
                      : std::move(apps);
}

absl::Status CheckApps(const std::vector<AppManifest>& apps, const AppRules& rules) {
  std::map<std::string, std::string> seen;  // name to place
  for (const AppManifest& app : apps) {
    KPROTO_RETURN_IF_ERROR(CheckKind(app));
    KPROTO_RETURN_IF_ERROR(CheckMetadata(app, rules));
    const Json* spec = FieldAt(app.object, "/spec");
    if (spec == nullptr || !spec->is_object()) {
      return Wrong(app, "/spec", "spec is missing");
    }
    KPROTO_RETURN_IF_ERROR(CheckProject(app, rules));
    KPROTO_RETURN_IF_ERROR(CheckDestination(app));
    KPROTO_RETURN_IF_ERROR(CheckSources(app));
    KPROTO_RETURN_IF_ERROR(CheckSyncPolicy(app));
    const auto [other, fresh] = seen.emplace(app.name(), app.Where("/metadata/name"));
    if (!fresh) {
      return Wrong(app, "/metadata/name",
                   absl::StrCat("Application ", app.name(), " is in ", other->second, " already"));
    }
  }
  return absl::OkStatus();
}

std::string DigestOf(const std::vector<AppManifest>& apps) {
  std::string all;
  for (const AppManifest& app : apps) {
    absl::StrAppend(&all, app.object.dump(-1, ' ', false, Json::error_handler_t::replace), "\n");
  }
  return all.empty() ? "" : Sha256Hex(all).substr(0, 16);
}

}  // namespace kproto::monitoring_stack
