// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/extra_applications.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/yaml/yaml.h"
#include "resources/monitoring_stack/values.h"

namespace kproto::monitoring_stack {
namespace {

constexpr char kRef[] = "values";  // of the source that values files are read from
constexpr char kDefaultRevision[] = "main";

bool IsKnown(const StackExtraApplication& extra) {
  const bool from =
      extra.values_from.is_null() ||
      (extra.values_from.is_known() && !extra.values_from->repo_url.is_unknown() &&
       !extra.values_from->revision.is_unknown() && extra.values_from->files.is_known() &&
       std::all_of(extra.values_from->files->begin(), extra.values_from->files->end(),
                   [](const auto& file) { return file.is_known(); }));
  return from && extra.repo_url.is_known() && !extra.chart.is_unknown() &&
         !extra.chart_version.is_unknown() && !extra.path.is_unknown() &&
         !extra.revision.is_unknown() && !extra.ns.is_unknown() && !extra.values.is_unknown();
}

// Checked by the schema; null where nothing is said.
Json ValuesOf(const StackExtraApplication& extra) {
  Json values = extra.values.is_known() ? yaml::Parse(*extra.values).value_or(Json()) : Json();
  return values.is_object() && !values.empty() ? std::move(values) : Json();
}

// What `values` says, and in which line; nullopt when it says nothing.
std::optional<ValuesFile> Said(const StackExtraApplication& extra, const Path& path) {
  if (!extra.values.is_known()) {
    return std::nullopt;
  }
  absl::StatusOr<yaml::Located> said = yaml::ParseLocated(*extra.values);
  if (!said.ok() || !said->value.is_object()) {
    return std::nullopt;
  }
  return ValuesFile{path.Attribute("values").ToString(), std::move(said->value),
                    std::move(said->lines)};
}

argocd::Source SourceOf(const StackExtraApplication& extra, const std::string& repo_url) {
  argocd::Source source;
  source.repo_url = repo_url;
  source.chart = extra.chart.value_or("");
  source.path = extra.path.value_or("");
  source.target_revision = extra.chart.is_known() ? extra.chart_version.value_or("")
                                                  : extra.revision.value_or(kDefaultRevision);
  const Json values = ValuesOf(extra);
  if (!values.is_null() || extra.values_from.is_known()) {
    source.helm.emplace();
    source.helm->values = values;
  }
  return source;
}

argocd::Source ValuesSource(const StackValuesFrom& from) {
  argocd::Source source;
  source.repo_url = from.repo_url.value_or("");
  source.target_revision = from.revision.value_or(kDefaultRevision);
  source.ref = kRef;
  return source;
}

Extra ExtraOf(const std::string& name, const StackExtraApplication& said,
              const ExtraSurroundings& surroundings,
              const std::function<std::string(const std::string&)>& repository) {
  Extra extra;
  extra.path = Path("extra_applications").Key(name);
  const std::string url = said.repo_url.value_or("");
  argocd::Application& app = extra.application;
  app.ns = surroundings.argocd_ns;
  app.name = name;
  app.project = kExtraProjectName;
  app.destination.ns = said.ns.value_or(surroundings.ns);
  app.sources = {SourceOf(said, said.chart.is_known() ? repository(url) : url)};
  if (said.values_from.is_known()) {
    for (const Attr<std::string>& file : said.values_from->files.value_or({})) {
      app.sources[0].helm->value_files.push_back(absl::StrCat("$", kRef, "/", file.value_or("")));
    }
    app.sources.push_back(ValuesSource(*said.values_from));
  } else if (said.chart.is_known()) {
    extra.chart = {app.sources[0].repo_url, *said.chart, app.sources[0].target_revision};
    extra.repository = url;
    extra.said = Said(said, extra.path);
  }
  app.automated = argocd::Automated{/*prune=*/true, /*self_heal=*/true, /*allow_empty=*/false};
  app.retry = argocd::Retry{};
  app.labels = surroundings.labels;
  return extra;
}

// The chart of a source, if all that it is given are values in the manifest itself.
std::optional<helm::ChartRef> RenderableChart(const Json& source) {
  const Json helm = source.value("helm", Json::object());
  for (const auto& [key, member] : helm.items()) {
    if (key != "valuesObject" && key != "releaseName") {
      return std::nullopt;
    }
  }
  return helm::ChartRef{kubernetes::StringAt(source, "/repoURL"),
                        kubernetes::StringAt(source, "/chart"),
                        kubernetes::StringAt(source, "/targetRevision")};
}

// The values in a manifest, with the lines of its file.
ValuesFile SaidIn(const AppManifest& manifest, const argocd::Application& app) {
  constexpr char kAt[] = "/spec/source/helm/valuesObject";
  ValuesFile said;
  said.path = manifest.file;
  said.values = app.sources[0].helm ? app.sources[0].helm->values : Json::object();
  for (const auto& [pointer, line] : manifest.lines) {
    if (absl::StartsWith(pointer, absl::StrCat(kAt, "/"))) {
      said.lines[pointer.substr(sizeof(kAt) - 1)] = line;
    }
  }
  return said;
}

void ValidateOne(const StackExtraApplication& extra, const Path& path, Diagnostics& diagnostics) {
  const bool chart = !extra.chart.is_null(), folder = !extra.path.is_null();
  if (chart == folder && !extra.chart.is_unknown() && !extra.path.is_unknown()) {
    diagnostics.AddError("It is not clear what to deploy",
                         "An extra application is either a chart of a chart repository (chart and "
                         "chart_version) or a folder of a Git repository (path and revision): set "
                         "exactly one of chart and path.",
                         path);
    return;
  }
  if (extra.chart.is_known() && extra.chart_version.is_null()) {
    diagnostics.AddError("The chart has no version",
                         "Without chart_version Argo CD would take whatever is newest, and the "
                         "plan could not say what that is.",
                         path.Attribute("chart_version"));
  }
  if (extra.path.is_known() && !extra.chart_version.is_null()) {
    diagnostics.AddError("A version of no chart",
                         "chart_version goes with chart; a folder in Git has a revision.",
                         path.Attribute("chart_version"));
  }
  if (extra.chart.is_known() && !extra.revision.is_null()) {
    diagnostics.AddError("A revision of no repository",
                         "revision goes with path; a chart has a chart_version.",
                         path.Attribute("revision"));
  }
  if (extra.path.is_known() && !extra.values_from.is_null()) {
    diagnostics.AddError("Values for no chart",
                         "values_from brings values files to a chart of a chart repository; a "
                         "folder in Git names its own.",
                         path.Attribute("values_from"));
  }
}

bool IsName(const std::string& name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 53 && letter(name.front()) && letter(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || c == '-'; });
}

}  // namespace

bool ExtrasAreKnown(const Attr<MapOf<StackExtraApplication>>& applications) {
  return !applications.is_unknown() &&
         (applications.is_null() ||
          std::all_of(applications->begin(), applications->end(), [](const auto& entry) {
            return entry.second.is_known() && IsKnown(*entry.second);
          }));
}

std::vector<Extra> ExtrasOf(const Attr<MapOf<StackExtraApplication>>& applications,
                            const ExtraSurroundings& surroundings,
                            const std::function<std::string(const std::string&)>& repository) {
  std::vector<Extra> extras;
  if (applications.is_known()) {
    for (const auto& [name, extra] : *applications) {
      if (extra.is_known() && IsKnown(*extra)) {
        extras.push_back(ExtraOf(name, *extra, surroundings, repository));
      }
    }
  }
  return extras;
}

Extra ExtraOf(const AppManifest& manifest, const ExtraSurroundings& surroundings,
              const std::function<std::string(const std::string&)>& repository) {
  Extra extra;
  extra.path = Path("apps_dir");
  Json object = manifest.object;
  Json& spec = object["spec"];
  if (!spec.contains("project")) {
    spec["project"] = kExtraProjectName;
  }
  if (!spec.contains(Json::json_pointer("/syncPolicy/automated"))) {
    // Nobody else would sync it.
    spec["syncPolicy"]["automated"] = {{"prune", true}, {"selfHeal", true}};
  }
  if (spec.contains("source") && spec["source"].contains("chart")) {
    const std::string url = kubernetes::StringAt(spec, "/source/repoURL");
    spec["source"]["repoURL"] = repository(url);
    extra.repository = url;
    extra.chart = RenderableChart(spec["source"]);
  }
  argocd::Application& app = extra.application;
  app = argocd::ApplicationFrom(object);
  app.verbatim_spec = spec;
  app.ns = surroundings.argocd_ns;
  for (const auto& [key, value] : surroundings.labels) {
    app.labels[key] = value;
  }
  if (std::find(app.finalizers.begin(), app.finalizers.end(), argocd::kResourcesFinalizer) ==
      app.finalizers.end()) {
    app.finalizers.push_back(argocd::kResourcesFinalizer);
  }
  if (extra.chart) {
    extra.said = SaidIn(manifest, app);
  }
  return extra;
}

std::vector<std::string> ExtraNamespaces(const std::vector<Extra>& extras,
                                         const ExtraSurroundings& surroundings) {
  std::set<std::string> names;
  for (const Extra& extra : extras) {
    names.insert(extra.application.destination.ns);
  }
  names.erase(surroundings.ns);
  names.erase(surroundings.argocd_ns);
  return {names.begin(), names.end()};
}

argocd::AppProject ExtraProject(const std::vector<Extra>& extras,
                                const ExtraSurroundings& surroundings,
                                const std::optional<Footprint>& footprint) {
  argocd::AppProject project;
  project.ns = surroundings.argocd_ns;
  project.name = kExtraProjectName;
  project.description = "Extra applications beside the monitoring stack";
  std::set<std::string> repositories, namespaces;
  bool all_rendered = footprint.has_value();
  for (const Extra& extra : extras) {
    if (extra.application.project != kExtraProjectName) {
      continue;
    }
    all_rendered &= extra.chart.has_value();
    namespaces.insert(extra.application.destination.ns);
    for (const argocd::Source& source : extra.application.sources) {
      repositories.insert(source.repo_url);
    }
  }
  if (all_rendered) {
    project.cluster_resources = footprint->extra.cluster_kinds;
    project.namespace_resources = footprint->extra.namespaced_kinds;
    namespaces.insert(footprint->extra.namespaces.begin(), footprint->extra.namespaces.end());
  } else {
    project.cluster_resources = {{"*", "*"}};
  }
  project.source_repos.assign(repositories.begin(), repositories.end());
  for (const std::string& name : namespaces) {
    argocd::Destination destination;
    destination.ns = name;
    project.destinations.push_back(destination);
  }
  project.labels = surroundings.labels;
  return project;
}

void ValidateExtras(const Attr<MapOf<StackExtraApplication>>& applications,
                    const std::vector<std::string>& taken, Diagnostics& diagnostics) {
  if (!applications.is_known()) {
    return;
  }
  for (const auto& [name, extra] : *applications) {
    const Path path = Path("extra_applications").Key(name);
    if (!IsName(name)) {
      diagnostics.AddError("No name for an Application",
                           absl::StrCat("\"", name,
                                        "\" must have 1 to 53 lower-case letters, digits and "
                                        "dashes, no dash at either end: it is the name of a Helm "
                                        "release, too."),
                           path);
    } else if (std::find(taken.begin(), taken.end(), name) != taken.end()) {
      diagnostics.AddError("The name is taken",
                           absl::StrCat("The stack has an Application ", name,
                                        " of its own, or may get one: choose another name."),
                           path);
    }
    if (extra.is_known()) {
      ValidateOne(*extra, path, diagnostics);
    }
  }
}

}  // namespace kproto::monitoring_stack
