// SPDX-License-Identifier: MPL-2.0
// RenderedStack: the one picture that every check looks at: each component's chart, values and the
// objects that the real helm renders from them for the target Kubernetes version, and the node
// pools as far as they are known. Made once for a plan; read-only afterwards. What is unknown is
// absent from the picture, and a check that needs it has nothing to say.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/helm/helm.h"
#include "resources/monitoring_stack/checks/data_facts.h"
#include "resources/monitoring_stack/checks/remotes.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/monitoring_stack/model.h"
#include "resources/monitoring_stack/values.h"

namespace kproto::monitoring_stack {

struct Taint {
  std::string key, value, effect;
};

// A node pool as a plan knows it.
struct Pool {
  std::string name;
  std::map<std::string, std::string> labels;
  std::vector<Taint> taints;
  std::optional<int64_t> nodes;                     // at its most
  std::optional<int64_t> milli_cpus, memory_bytes;  // of one node, after what the system keeps
};

struct RenderedComponent {
  std::string name;        // "loki": of the values file, the Application and the release
  Path attribute;          // of the configuration, that says which chart it is
  std::string ns;          // where its objects go
  std::string repository;  // as the chart's authors publish it, whatever mirror stands in
  helm::ChartRef chart;    // as it is reached
  Json values;             // what the chart is given
  bool by_argocd = true;   // an Application; else a Helm release
  bool extra = false;      // brought along by the user
  bool in_file = false;    // its members stand in a file, not below `attribute`

  absl::Status fetched;                                 // whether the chart is there
  std::shared_ptr<const helm::ChartContents> contents;  // null when it is not
  std::optional<helm::ChartMetadata> newest;  // asked for only when the version is not there
  absl::Status rendered;                      // what the chart says of its values
  std::vector<Json> objects;                  // empty when it does not render

  // The attribute that says one thing of its chart, such as "chart_version".
  Path At(const char* member) const;
  // The values as the templates see them: the chart's defaults with ours laid over them.
  Json Effective() const;
};

// What the chart in Git makes, and what its Applications in turn: app_of_apps.h.
struct GitPart {
  std::string commit;
  std::vector<RenderedComponent> components;
  std::vector<std::string> repositories;  // of the chart and of the Applications
};

struct RenderedStack {
  MonitoringStackModel planned;
  std::optional<MonitoringStackModel> prior;
  ValuesFiles files;
  std::vector<RenderedComponent> components;
  std::vector<Remote> remotes;             // looked at in a plan only
  std::optional<GitPart> git;              // nullopt: without Git, or it could not be rendered
  absl::Status git_status;                 // why not
  std::optional<std::vector<Pool>> pools;  // nullopt: not known
  std::string kube_version;                // "1.34", "1.34.1"; "": not known
  bool cluster_is_new = false;             // made by the same apply: only the stack is in it
  bool on_digitalocean = false;
  std::optional<DataFacts> before;  // of what is applied; nullopt: nothing is, or it is not known

  // nullptr when there is none of that name.
  const RenderedComponent* Find(const std::string& component) const;
  bool IsOurNamespace(const std::string& ns) const;
};

// Fetches and renders every component, side by side. Never fails: what goes wrong with a chart is
// in its fetched or rendered.
RenderedStack Render(const MonitoringStackModel& planned, const MonitoringStackModel* prior,
                     const ValuesFiles& files, const Desired& desired, helm::Helm& helm,
                     const helm::Call& call);

// Whether an object is a test of its chart: Helm runs those itself, and only when somebody asks;
// Argo CD leaves them out.
bool IsTest(const Json& object);

// "1.34" of "1.34.1-do.0", "1.34" or "v1.34.1"; "" for what names no minor version.
std::string MinorVersion(const std::string& version);

}  // namespace kproto::monitoring_stack
