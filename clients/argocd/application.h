// SPDX-License-Identifier: MPL-2.0
// Argo CD's Application and AppProject as plain structs, and their custom resources
// (argoproj.io/v1alpha1). Pure translation; fields we do not name are not carried.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/kubernetes/kubernetes.h"
#include "nlohmann/json.hpp"

namespace kproto::argocd {

using Json = nlohmann::json;

inline constexpr char kApiVersion[] = "argoproj.io/v1alpha1";
// With it, deleting an Application deletes its workloads first; without it they are orphaned.
inline constexpr char kResourcesFinalizer[] = "resources-finalizer.argocd.argoproj.io";

struct HelmSource {
  std::string release_name;              // "" means the Application's name
  std::vector<std::string> value_files;  // weaker than values
  Json values;                           // valuesObject; null when there are none
  std::string values_text;               // `values`, YAML; Argo CD reads it when values is null
  Json others = Json::object();          // what else an object says: parameters …
};

struct Source {
  std::string repo_url;
  std::string chart;            // of a chart repository …
  std::string path;             // … or a folder of a Git repository
  std::string target_revision;  // chart version, branch, tag or commit
  std::string ref;              // names this source for $ref/… in value files
  std::optional<HelmSource> helm;
};

struct Destination {
  std::string server = "https://kubernetes.default.svc";
  std::string ns;
  std::string name = {};  // of the cluster, in place of its server

  friend bool operator==(const Destination&, const Destination&) = default;
};

struct Automated {
  bool prune = false;
  bool self_heal = false;
  bool allow_empty = false;
};

struct Retry {
  int limit = 5;  // -1 means for ever
  std::string duration = "5s";
  int factor = 2;
  std::string max_duration = "3m";
};

struct Application {
  std::string ns = "argocd";
  std::string name;
  std::string project = "default";
  Destination destination;
  std::vector<Source> sources;  // one becomes spec.source, several spec.sources
  std::optional<Automated> automated;
  std::optional<Retry> retry;
  std::vector<std::string> sync_options;  // "CreateNamespace=true", "ServerSideApply=true"
  Json ignore_differences;                // spec.ignoreDifferences as is; null when there are none
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::vector<std::string> finalizers = {kResourcesFinalizer};
  Json verbatim_spec;  // written in place of all of the spec above; null: that is written
  Json stored_spec;    // as it was read, whole; never written
};

struct GroupKind {
  std::string group;  // "*" or "" (core)
  std::string kind;

  friend auto operator<=>(const GroupKind&, const GroupKind&) = default;
};

struct AppProject {
  std::string ns = "argocd";
  std::string name;
  std::string description;
  std::vector<std::string> source_repos;  // "*" for any
  std::vector<Destination> destinations;
  std::vector<GroupKind> cluster_resources;    // allowed; none when empty
  std::vector<GroupKind> namespace_resources;  // allowed; all when empty
  std::map<std::string, std::string> labels;
  std::vector<std::string> finalizers = {kResourcesFinalizer};
};

kubernetes::ObjectKey ApplicationKey(const std::string& ns, const std::string& name);
kubernetes::ObjectKey AppProjectKey(const std::string& ns, const std::string& name);

Json ToObject(const Application& application);
Json ToObject(const AppProject& project);

// Lenient: a field of the wrong type counts as absent. Labels and annotations come back whole.
Application ApplicationFrom(const Json& object);
AppProject AppProjectFrom(const Json& object);

// Parts of a spec, as they stand in a status again (comparedTo, syncResult).
Json SourceJson(const Source& source);
Source SourceFrom(const Json& object);
std::vector<Source> SourcesFrom(const Json& spec);  // of `sources`, else of `source`
Destination DestinationFrom(const Json& object);

}  // namespace kproto::argocd
