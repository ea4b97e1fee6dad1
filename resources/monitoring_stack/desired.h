// SPDX-License-Identifier: MPL-2.0
// Desired: what shall be in the cluster, worked out from a model and the values files. Pure, so the
// plan (cluster unknown) and the apply say the same.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/argocd/application.h"
#include "clients/helm/helm.h"
#include "resources/monitoring_stack/extra_applications.h"
#include "resources/monitoring_stack/footprint.h"
#include "resources/monitoring_stack/git_credentials.h"
#include "resources/monitoring_stack/isolation.h"
#include "resources/monitoring_stack/model.h"
#include "resources/monitoring_stack/rbac.h"
#include "resources/monitoring_stack/storage.h"
#include "resources/monitoring_stack/values.h"
#include "resources/monitoring_stack/wiring.h"

namespace kproto::monitoring_stack {

inline constexpr char kReleaseName[] = "argocd";
inline constexpr char kProjectName[] = "monitoring";
inline constexpr char kParentName[] = "monitoring-apps";
inline constexpr char kManagedByLabel[] = "app.kubernetes.io/managed-by";
inline constexpr char kManagedBy[] = "kproto";

// Whether an object is marked as one that kproto keeps.
bool IsOurs(const Json& object);

// One of Grafana, Loki, the collector and what else runs as an Application.
struct Component {
  std::string name;  // of the Application and of the Helm release in it
  helm::ChartRef chart;
  std::string repository;  // of the chart, whatever mirror stands in for it
  Json values;
  std::string attribute;  // that says which chart it is
};

// Who keeps Argo CD.
enum class Manage { kHelm, kSelf, kExternal };

struct Desired {
  std::string ns, argocd_ns;
  Manage manage = Manage::kHelm;
  helm::ChartRef argocd_chart;
  std::string argocd_repository;
  Json argocd_values;
  std::vector<Component> components;
  std::vector<Extra> extras;          // the user's own Applications
  std::optional<argocd::Source> git;  // App-of-Apps, without its values
  bool grafana_exposed = false;
  std::string grafana_secret;  // with its administrator's password
  bool grafana_secret_is_ours = true;
  std::vector<Dashboard> dashboards;  // as Grafana gets them
  StorageWanted storage;
  RbacWanted rbac;
  IsolationWanted isolation;
  IngressWanted ingress;
  std::vector<GitCredentials> git_credentials;
  // Labels for pod security by namespace, of both; empty where nothing is said.
  std::map<std::string, std::map<std::string, std::string>> pod_security;
  bool verify = false;
  Json record;                         // what the configuration says: record.h
  std::optional<Footprint> footprint;  // nullopt: not known

  // Names of all Applications, the parent included.
  std::vector<std::string> ApplicationNames() const;
  // As the provider applies it; in git mode the child that the folder's chart is asked to render.
  argocd::Application ApplicationOf(const Component& component) const;
  // Only in git mode.
  argocd::Application Parent() const;
  // Argo CD as its own Application; only where it manages itself.
  argocd::Application Itself() const;
  argocd::AppProject Project() const;
  ExtraSurroundings Surroundings() const;
};

// Where a chart repository is reached from here (Connections::ChartRepository).
using RepositoryLookup = std::function<std::string(const std::string& url)>;

// Everything in `model` that matters here is known; what is null has its default.
Desired DesiredOf(const MonitoringStackModel& model, const ValuesFiles& files,
                  const RepositoryLookup& repository);

// Names that the stack's own Applications have or may get.
std::vector<std::string> OwnApplicationNames();

// What a component's chart calls its objects: its name, or what the values say instead.
std::string FullName(const Desired& desired, const std::string& component);

// The ingress attribute; what is null has its default.
IngressWanted IngressOf(const Attr<StackIngress>& ingress);

}  // namespace kproto::monitoring_stack
