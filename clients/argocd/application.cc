// SPDX-License-Identifier: MPL-2.0
#include "clients/argocd/application.h"

#include <utility>

#include "clients/kubernetes/json_fields.h"

namespace kproto::argocd {
namespace {

using kubernetes::BoolAt;
using kubernetes::FieldAt;
using kubernetes::IntAt;
using kubernetes::ListAt;
using kubernetes::StringAt;
using kubernetes::StringMapAt;
using kubernetes::StringsAt;

// Argo CD leaves empty fields out; with server-side apply, writing one would own it.
void Set(Json& object, const char* key, const std::string& value) {
  if (!value.empty()) {
    object[key] = value;
  }
}

template <typename Container>
void SetAll(Json& object, const char* key, const Container& values) {
  if (!values.empty()) {
    object[key] = values;
  }
}

Json Metadata(const std::string& ns, const std::string& name) {
  return {{"namespace", ns}, {"name", name}};
}

Json DestinationJson(const Destination& destination) {
  Json object = Json::object();
  Set(object, "server", destination.server);
  Set(object, "namespace", destination.ns);
  Set(object, "name", destination.name);
  return object;
}

Json SyncPolicyJson(const Application& application) {
  Json policy = Json::object();
  if (application.automated.has_value()) {
    Json automated = Json::object();
    for (const auto& [key, on] : {std::pair("prune", application.automated->prune),
                                  std::pair("selfHeal", application.automated->self_heal),
                                  std::pair("allowEmpty", application.automated->allow_empty)}) {
      if (on) {
        automated[key] = true;
      }
    }
    policy["automated"] = std::move(automated);
  }
  SetAll(policy, "syncOptions", application.sync_options);
  if (application.retry.has_value()) {
    policy["retry"] = {{"limit", application.retry->limit},
                       {"backoff",
                        {{"duration", application.retry->duration},
                         {"factor", application.retry->factor},
                         {"maxDuration", application.retry->max_duration}}}};
  }
  return policy;
}

void ReadSyncPolicy(const Json& spec, Application& application) {
  if (const Json* automated = FieldAt(spec, "/syncPolicy/automated"); automated != nullptr) {
    application.automated = Automated{BoolAt(*automated, "/prune"), BoolAt(*automated, "/selfHeal"),
                                      BoolAt(*automated, "/allowEmpty")};
  }
  application.sync_options = StringsAt(spec, "/syncPolicy/syncOptions");
  if (const Json* retry = FieldAt(spec, "/syncPolicy/retry"); retry != nullptr) {
    application.retry =
        Retry{IntAt(*retry, "/limit"), StringAt(*retry, "/backoff/duration"),
              IntAt(*retry, "/backoff/factor"), StringAt(*retry, "/backoff/maxDuration")};
  }
}

}  // namespace

kubernetes::ObjectKey ApplicationKey(const std::string& ns, const std::string& name) {
  return {kApiVersion, "Application", ns, name};
}

kubernetes::ObjectKey AppProjectKey(const std::string& ns, const std::string& name) {
  return {kApiVersion, "AppProject", ns, name};
}

Json SourceJson(const Source& source) {
  Json object = Json::object();
  Set(object, "repoURL", source.repo_url);
  Set(object, "chart", source.chart);
  Set(object, "path", source.path);
  Set(object, "targetRevision", source.target_revision);
  Set(object, "ref", source.ref);
  if (source.helm.has_value()) {
    Json helm = Json::object();
    Set(helm, "releaseName", source.helm->release_name);
    SetAll(helm, "valueFiles", source.helm->value_files);
    Set(helm, "values", source.helm->values_text);
    if (!source.helm->values.is_null()) {
      helm["valuesObject"] = source.helm->values;
    }
    helm.update(source.helm->others);
    object["helm"] = std::move(helm);
  }
  return object;
}

Source SourceFrom(const Json& object) {
  Source source;
  source.repo_url = StringAt(object, "/repoURL");
  source.chart = StringAt(object, "/chart");
  source.path = StringAt(object, "/path");
  source.target_revision = StringAt(object, "/targetRevision");
  source.ref = StringAt(object, "/ref");
  if (const Json* helm = FieldAt(object, "/helm"); helm != nullptr) {
    source.helm.emplace();
    source.helm->release_name = StringAt(*helm, "/releaseName");
    source.helm->value_files = StringsAt(*helm, "/valueFiles");
    source.helm->values_text = StringAt(*helm, "/values");
    const Json* values = FieldAt(*helm, "/valuesObject");
    source.helm->values = values != nullptr ? *values : Json();
    source.helm->others = helm->is_object() ? *helm : Json::object();
    for (const char* known : {"releaseName", "valueFiles", "values", "valuesObject"}) {
      source.helm->others.erase(known);
    }
  }
  return source;
}

std::vector<Source> SourcesFrom(const Json& spec) {
  std::vector<Source> sources;
  for (const Json& source : ListAt(spec, "/sources")) {  // they win over `source`
    sources.push_back(SourceFrom(source));
  }
  // A status shows an empty `source` beside `sources`.
  const Json* source = FieldAt(spec, "/source");
  if (sources.empty() && source != nullptr && !StringAt(*source, "/repoURL").empty()) {
    sources.push_back(SourceFrom(*source));
  }
  return sources;
}

Destination DestinationFrom(const Json& object) {
  return {StringAt(object, "/server"), StringAt(object, "/namespace"), StringAt(object, "/name")};
}

Json ToObject(const Application& application) {
  Json metadata = Metadata(application.ns, application.name);
  SetAll(metadata, "labels", application.labels);
  SetAll(metadata, "annotations", application.annotations);
  SetAll(metadata, "finalizers", application.finalizers);
  if (!application.verbatim_spec.is_null()) {
    return {{"apiVersion", kApiVersion},
            {"kind", "Application"},
            {"metadata", std::move(metadata)},
            {"spec", application.verbatim_spec}};
  }
  Json spec = {{"project", application.project},
               {"destination", DestinationJson(application.destination)}};
  if (application.sources.size() == 1) {
    spec["source"] = SourceJson(application.sources[0]);
  } else if (!application.sources.empty()) {
    for (const Source& source : application.sources) {
      spec["sources"].push_back(SourceJson(source));
    }
  }
  if (Json policy = SyncPolicyJson(application); !policy.empty()) {
    spec["syncPolicy"] = std::move(policy);
  }
  if (!application.ignore_differences.is_null()) {
    spec["ignoreDifferences"] = application.ignore_differences;
  }
  return {{"apiVersion", kApiVersion},
          {"kind", "Application"},
          {"metadata", std::move(metadata)},
          {"spec", std::move(spec)}};
}

Json ToObject(const AppProject& project) {
  Json metadata = Metadata(project.ns, project.name);
  SetAll(metadata, "labels", project.labels);
  SetAll(metadata, "finalizers", project.finalizers);
  Json spec = Json::object();
  Set(spec, "description", project.description);
  SetAll(spec, "sourceRepos", project.source_repos);
  for (const Destination& destination : project.destinations) {
    spec["destinations"].push_back(DestinationJson(destination));
  }
  for (const GroupKind& kind : project.cluster_resources) {
    spec["clusterResourceWhitelist"].push_back({{"group", kind.group}, {"kind", kind.kind}});
  }
  for (const GroupKind& kind : project.namespace_resources) {
    spec["namespaceResourceWhitelist"].push_back({{"group", kind.group}, {"kind", kind.kind}});
  }
  return {{"apiVersion", kApiVersion},
          {"kind", "AppProject"},
          {"metadata", std::move(metadata)},
          {"spec", std::move(spec)}};
}

Application ApplicationFrom(const Json& object) {
  const Json* spec_field = FieldAt(object, "/spec");
  const Json spec = spec_field != nullptr ? *spec_field : Json::object();
  Application application;
  application.ns = StringAt(object, "/metadata/namespace");
  application.name = StringAt(object, "/metadata/name");
  application.labels = StringMapAt(object, "/metadata/labels");
  application.annotations = StringMapAt(object, "/metadata/annotations");
  application.finalizers = StringsAt(object, "/metadata/finalizers");
  application.project = StringAt(spec, "/project");
  const Json* destination = FieldAt(spec, "/destination");
  application.destination = DestinationFrom(destination != nullptr ? *destination : Json());
  application.sources = SourcesFrom(spec);
  ReadSyncPolicy(spec, application);
  const Json* ignore = FieldAt(spec, "/ignoreDifferences");
  application.ignore_differences = ignore != nullptr ? *ignore : Json();
  application.stored_spec = spec;
  return application;
}

AppProject AppProjectFrom(const Json& object) {
  AppProject project;
  project.ns = StringAt(object, "/metadata/namespace");
  project.name = StringAt(object, "/metadata/name");
  project.labels = StringMapAt(object, "/metadata/labels");
  project.finalizers = StringsAt(object, "/metadata/finalizers");
  project.description = StringAt(object, "/spec/description");
  project.source_repos = StringsAt(object, "/spec/sourceRepos");
  for (const Json& destination : ListAt(object, "/spec/destinations")) {
    project.destinations.push_back(DestinationFrom(destination));
  }
  for (const Json& kind : ListAt(object, "/spec/clusterResourceWhitelist")) {
    project.cluster_resources.push_back({StringAt(kind, "/group"), StringAt(kind, "/kind")});
  }
  for (const Json& kind : ListAt(object, "/spec/namespaceResourceWhitelist")) {
    project.namespace_resources.push_back({StringAt(kind, "/group"), StringAt(kind, "/kind")});
  }
  return project;
}

}  // namespace kproto::argocd
