// SPDX-License-Identifier: MPL-2.0
// Desired's objects for Argo CD: the Applications and the project that they belong to.
#include <algorithm>
#include <set>
#include <utility>

#include "resources/monitoring_stack/desired.h"

namespace kproto::monitoring_stack {
namespace {

Json ToValues(const argocd::Application& child) {
  const Json spec = argocd::ToObject(child)["spec"];
  Json values = {{"project", child.project},
                 {"namespace", child.destination.ns},
                 {"source", spec.value("source", Json::object())},
                 {"syncPolicy", spec.value("syncPolicy", Json::object())}};
  if (spec.contains("ignoreDifferences")) {
    values["ignoreDifferences"] = spec["ignoreDifferences"];
  }
  return values;
}

// What an autoscaler sets, Argo CD neither reports nor sets back.
void LeaveReplicas(const std::vector<Footprint::Scaled>& workloads, argocd::Application& app) {
  app.ignore_differences = Json::array();
  for (const Footprint::Scaled& one : workloads) {
    app.ignore_differences.push_back({{"group", one.group},
                                      {"kind", one.kind},
                                      {"name", one.name},
                                      {"jsonPointers", Json::array({"/spec/replicas"})}});
  }
  app.sync_options = {"RespectIgnoreDifferences=true"};
}

// What the stack's own Applications have in common.
argocd::Application Made(const Desired& desired, const std::string& name, const std::string& ns,
                         argocd::Source source) {
  argocd::Application app;
  app.ns = desired.argocd_ns;
  app.name = name;
  app.project = kProjectName;
  app.destination.ns = ns;
  app.sources = {std::move(source)};
  app.automated = argocd::Automated{/*prune=*/true, /*self_heal=*/true, /*allow_empty=*/false};
  app.retry = argocd::Retry{};
  app.labels = {{kManagedByLabel, kManagedBy}};
  return app;
}

argocd::Source SourceOf(const helm::ChartRef& chart, const Json& values) {
  argocd::Source source;
  source.repo_url = chart.repo_url;
  source.chart = chart.name;
  source.target_revision = chart.version;
  source.helm.emplace();
  source.helm->values = values;
  return source;
}

}  // namespace

std::vector<std::string> Desired::ApplicationNames() const {
  std::vector<std::string> names;
  for (const Component& component : components) {
    names.push_back(component.name);
  }
  if (git) {
    names.push_back(kParentName);
  }
  for (const Extra& extra : extras) {
    names.push_back(extra.application.name);
  }
  return names;
}

argocd::Application Desired::ApplicationOf(const Component& component) const {
  argocd::Application app =
      Made(*this, component.name, ns, SourceOf(component.chart, component.values));
  if (footprint && footprint->scaled.count(component.name) > 0) {
    LeaveReplicas(footprint->scaled.at(component.name), app);
  }
  return app;
}

argocd::Application Desired::Parent() const {
  Json children = Json::object();
  for (const Component& component : components) {
    children[component.name] = ToValues(ApplicationOf(component));
  }
  argocd::Source source = *git;
  source.helm.emplace();
  source.helm->values = {{"applications", children}};
  return Made(*this, kParentName, argocd_ns, std::move(source));
}

argocd::Application Desired::Itself() const {
  argocd::Source source = SourceOf(argocd_chart, argocd_values);
  source.helm->release_name = kReleaseName;
  argocd::Application app = Made(*this, kReleaseName, argocd_ns, std::move(source));
  app.project = "default";  // it makes roles and definitions that the stack's project may not
  // Its CRDs are too large for the annotation of a client-side apply.
  app.sync_options = {"ServerSideApply=true"};
  app.finalizers.clear();  // it must not delete itself half-way
  return app;
}

argocd::AppProject Desired::Project() const {
  argocd::AppProject project;
  project.ns = argocd_ns;
  project.name = kProjectName;
  project.description = "The monitoring stack";
  const bool rendered = footprint && (!git || !footprint->commit.empty());
  if (git && rendered) {
    project.source_repos = footprint->repositories;
  } else {
    for (const Component& component : components) {
      project.source_repos.push_back(component.chart.repo_url);
    }
  }
  std::set<std::string> namespaces = {ns};
  if (git) {
    project.source_repos.push_back(git->repo_url);
    namespaces.insert(argocd_ns);  // where the children are
  }
  if (rendered) {
    project.cluster_resources = footprint->cluster_kinds;
    project.namespace_resources = footprint->namespaced_kinds;
    namespaces.insert(footprint->namespaces.begin(), footprint->namespaces.end());
  } else if (git) {
    project.cluster_resources = {{"*", "*"}};  // what is in the folder only Git knows
  }
  for (const std::string& name : namespaces) {
    argocd::Destination destination;
    destination.ns = name;
    project.destinations.push_back(destination);
  }
  std::sort(project.source_repos.begin(), project.source_repos.end());
  project.source_repos.erase(std::unique(project.source_repos.begin(), project.source_repos.end()),
                             project.source_repos.end());
  project.labels = {{kManagedByLabel, kManagedBy}};
  return project;
}

ExtraSurroundings Desired::Surroundings() const {
  return {argocd_ns, ns, {{kManagedByLabel, kManagedBy}}};
}

}  // namespace kproto::monitoring_stack
