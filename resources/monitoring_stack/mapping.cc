// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/mapping.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "resources/monitoring_stack/adoption.h"
#include "resources/monitoring_stack/charts.h"
#include "resources/monitoring_stack/comparison.h"
#include "resources/monitoring_stack/wiring.h"

namespace kproto::monitoring_stack {
namespace {

// Steps whose differences are shown nowhere else.
constexpr const char* kShownAsDrift[] = {
    "namespaces", "grafana admin secret", "project",          "storage class", "rbac",
    "isolation",  "retired applications", "extra namespaces", "extra project", "git credentials",
    "dashboards"};

Attr<std::string> TextOrNull(const std::string& text) {
  return text.empty() ? Attr<std::string>() : Attr<std::string>(text);
}

StackApplication ApplicationFrom(const argocd::Observed& observed) {
  StackApplication result;
  if (!observed.application.sources.empty()) {
    const argocd::Source& source = observed.application.sources[0];
    result.chart = TextOrNull(source.chart);
    if (!source.chart.empty()) {
      result.chart_version = TextOrNull(source.target_revision);
    }
  }
  if (!observed.state.revisions.empty()) {
    result.revision = TextOrNull(observed.state.revisions[0]);
  }
  result.sync = std::string(argocd::ToString(observed.state.sync));
  result.health = std::string(argocd::ToString(observed.state.health));
  result.values_hash = ValuesHashOf(observed.application);
  return result;
}

MapOf<StackApplication> ApplicationsFrom(const Found& found) {
  MapOf<StackApplication> result;
  for (const auto& [name, observed] : found.applications) {
    if (observed) {
      result[name] = ApplicationFrom(*observed);
    }
  }
  return result;
}

// What is on its way to another state is not worth remembering: a refresh at a bad moment would
// change every output that shows it. The last word that Argo CD meant stays.
void KeepSettled(const Attr<MapOf<StackApplication>>& before, MapOf<StackApplication>& now) {
  for (auto& [name, application] : now) {
    if (!before.is_known() || before->count(name) == 0 || !before->at(name).is_known()) {
      continue;
    }
    const StackApplication& was = *before->at(name);
    if (*application->health == "Progressing" || *application->health == "Unknown") {
      application->health = was.health.is_null() ? application->health : was.health;
    }
    if (*application->sync == "Unknown") {
      application->sync = was.sync.is_null() ? application->sync : was.sync;
    }
  }
}

template <typename T>
void FillIn(const Attr<T>& is, Attr<T>& state) {
  if (state.is_unknown()) {
    state = is;
  }
}

// Echoes what the plan said and takes the rest from what is.
void FillApplications(const MapOf<StackApplication>& is, Attr<MapOf<StackApplication>>& state) {
  if (!state.is_known()) {
    state = is;
    return;
  }
  for (auto& [name, planned] : *state) {
    auto it = is.find(name);
    const StackApplication there = it == is.end() ? StackApplication{} : *it->second;
    if (!planned.is_known()) {
      planned = there;
      continue;
    }
    FillIn(there.chart, planned->chart);
    FillIn(there.chart_version, planned->chart_version);
    FillIn(there.revision, planned->revision);
    FillIn(there.sync, planned->sync);
    FillIn(there.health, planned->health);
    FillIn(there.values_hash, planned->values_hash);
  }
}

Attr<std::string> GrafanaUrl(const Stack& stack, bool exposed) {
  const std::string by_host = stack.desired.ingress.UrlOf(stack.desired.ingress.grafana_host);
  return TextOrNull(!by_host.empty() ? by_host : exposed ? stack.found.grafana_url : "");
}

void FillImages(const Stack& stack, Attr<MapOf<std::string>>& state) {
  if (state.is_unknown()) {
    MapOf<std::string> images;
    for (const std::string& image :
         stack.desired.footprint ? stack.desired.footprint->images : std::vector<std::string>{}) {
      images[image] = Attr<std::string>::Unknown();
    }
    state = std::move(images);
  }
  if (!state.is_known()) {
    return;
  }
  for (auto& [image, pulled] : *state) {
    const auto found = stack.found.images.find(image);
    FillIn(
        found == stack.found.images.end() ? Attr<std::string>() : Attr<std::string>(found->second),
        pulled);
  }
}

StackArgoCd ArgoCdFrom(const Stack& stack) {
  StackArgoCd argocd;
  argocd.ns = stack.desired.argocd_ns;
  argocd.manage = std::string(stack.desired.manage == Manage::kSelf       ? "self"
                              : stack.desired.manage == Manage::kExternal ? "external"
                                                                          : "helm");
  argocd.url = TextOrNull(stack.desired.ingress.UrlOf(stack.desired.ingress.argocd_host));
  if (stack.found.release) {
    const helm::Release& release = *stack.found.release;
    argocd.chart_version = TextOrNull(release.chart_version);
    argocd.version = TextOrNull(release.app_version);
    argocd.status = std::string(helm::ToString(release.status));
    argocd.values_hash = HashOf(stack.found.release_values);
  }
  return argocd;
}

Attr<StackPodSecurity> PodSecurityOf(const Stack& stack, const std::string& ns) {
  const auto found = stack.found.pod_security.find(ns);
  return found == stack.found.pod_security.end() ? Attr<StackPodSecurity>() : found->second;
}

StackArgoCd ReflectArgoCd(const Stack& stack, const Attr<StackArgoCd>& state) {
  StackArgoCd argocd = ArgoCdFrom(stack);
  argocd.pod_security = PodSecurityOf(stack, stack.desired.argocd_ns);
  if (state.is_known()) {
    argocd.chart_repository = state->chart_repository;
    argocd.mode = state->mode;
    if (stack.desired.manage == Manage::kExternal) {
      argocd.chart_version = state->chart_version;
    }
  }
  return argocd;
}

const argocd::Observed* Of(const Found& found, const char* name) {
  auto it = found.applications.find(name);
  return it != found.applications.end() && it->second ? &*it->second : nullptr;
}

// A chart's version as the Application has it. In Git mode the folder's chart may well have chosen
// another than we asked for, and that is no drift.
template <typename Nested>
void ReflectVersion(const Stack& stack, const char* name, Attr<Nested>& nested) {
  if (!nested.is_known()) {
    nested = Nested{};
  }
  const argocd::Observed* observed = Of(stack.found, name);
  if (observed != nullptr && !observed->application.sources.empty() &&
      (!stack.desired.git || nested->chart_version.is_null())) {
    nested->chart_version = TextOrNull(observed->application.sources[0].target_revision);
  }
}

// The spec of an Application apart from what its attributes show (chart, version, values).
bool SpecChanged(const Desired& desired, const argocd::Application& want, argocd::Application is) {
  if (!desired.footprint) {  // what is wanted of these is not known
    is.ignore_differences = want.ignore_differences;
    is.sync_options = want.sync_options;
  }
  if (want.sources.size() != is.sources.size()) {
    return true;
  }
  for (size_t i = 0; i < is.sources.size(); ++i) {
    is.sources[i].target_revision = want.sources[i].target_revision;
    if (is.sources[i].helm && want.sources[i].helm) {
      is.sources[i].helm->values = want.sources[i].helm->values;
    }
  }
  return !SameSpec(want, is);
}

void AddExtraDrift(const Stack& stack, ListOf<std::string>& drift) {
  for (const Extra& extra : stack.desired.extras) {
    const std::string& name = extra.application.name;
    const argocd::Observed* observed = Of(stack.found, name.c_str());
    if (observed != nullptr &&
        SpecChanged(stack.desired, extra.application, observed->application)) {
      drift.push_back(absl::StrCat("Application ", name, " was changed"));
    }
  }
}

void AddSpecDrift(const Stack& stack, ListOf<std::string>& drift) {
  if (stack.desired.git) {
    const argocd::Observed* parent = Of(stack.found, kParentName);
    if (parent != nullptr &&
        SpecChanged(stack.desired, stack.desired.Parent(), parent->application)) {
      drift.push_back(absl::StrCat("Application ", kParentName, " was changed"));
    }
    return;
  }
  for (const Component& component : stack.desired.components) {
    const argocd::Observed* observed = Of(stack.found, component.name.c_str());
    if (observed != nullptr && !IsForeign(observed->application) &&
        SpecChanged(stack.desired, stack.desired.ApplicationOf(component), observed->application)) {
      drift.push_back(absl::StrCat("Application ", component.name, " was changed"));
    }
  }
}

// What the stack made for itself and the state says nothing of, as after an import. The names of
// the steps whose objects are so explained.
std::set<std::string, std::less<>> RecogniseObjects(const Stack& stack,
                                                    MonitoringStackModel& state) {
  const std::string& ns = stack.desired.ns;
  std::set<std::string, std::less<>> explained;
  if (state.storage.is_null() && stack.found.storage_class) {
    state.storage = StorageFrom(*stack.found.storage_class, ns);
    explained.insert("storage class");
  }
  if (state.rbac.is_null() && !stack.found.rbac.empty()) {
    state.rbac = RbacFrom(stack.found.rbac, ns);
    explained.insert("rbac");
  }
  if (state.network_policies.is_null() && state.resource_quota.is_null() &&
      !stack.found.isolation.empty()) {
    state.network_policies = NetworkPoliciesFrom(stack.found.isolation);
    state.resource_quota = ResourceQuotaFrom(stack.found.isolation);
    explained.insert("isolation");
  }
  return explained;
}

ListOf<std::string> DriftOf(const Stack& stack, const std::vector<Step*>& steps,
                            const std::set<std::string, std::less<>>& explained) {
  ListOf<std::string> drift;
  for (Step* step : steps) {
    const bool foreign = step->name() == "argocd" && stack.desired.manage == Manage::kExternal;
    const bool shown =
        foreign || (explained.count(step->name()) == 0 &&
                    std::any_of(std::begin(kShownAsDrift), std::end(kShownAsDrift),
                                [&](const char* name) { return step->name() == name; }));
    const Difference difference = shown ? step->Compare() : Difference::None();
    if (difference.kind != Difference::Kind::kNone) {
      drift.push_back(difference.reason);
    }
  }
  AddSpecDrift(stack, drift);
  AddExtraDrift(stack, drift);
  for (std::string& takeover : Takeovers(stack)) {
    drift.push_back(std::move(takeover));
  }
  return drift;
}

// What an import cannot know from the configuration but can see in the cluster.
void Recognise(const Stack& stack, MonitoringStackModel& state) {
  state.ns = stack.desired.ns;
  const argocd::Observed* grafana = Of(stack.found, "grafana");
  if (state.node_pool.is_null() && grafana != nullptr) {
    const Json* pool = nullptr;
    if (!grafana->application.sources.empty() && grafana->application.sources[0].helm) {
      pool = Find(grafana->application.sources[0].helm->values, {"nodeSelector", kPoolLabel});
    }
    state.node_pool = pool != nullptr && pool->is_string() ? pool->get<std::string>() : "";
  }
  if (state.grafana->expose.is_null()) {
    state.grafana->expose = std::string(stack.found.grafana_exposed ? "load_balancer" : "none");
  }
}

}  // namespace

void FillUnknown(const Stack& stack, MonitoringStackModel& state) {
  FillIn(Attr<std::string>(""), state.node_pool);
  FillIn(TextOrNull(stack.access.uid()), state.cluster_uid);
  const StackArgoCd argocd = ArgoCdFrom(stack);
  if (state.argocd.is_known()) {
    FillIn(argocd.version, state.argocd->version);
    FillIn(argocd.status, state.argocd->status);
    FillIn(argocd.values_hash, state.argocd->values_hash);
    FillIn(argocd.url, state.argocd->url);
  }
  if (state.grafana.is_known()) {
    FillIn(GrafanaUrl(stack, stack.desired.grafana_exposed), state.grafana->url);
  }
  if (state.ingress.is_known()) {
    FillIn(TextOrNull(stack.found.ingress_address), state.ingress->address);
  }
  FillApplications(ApplicationsFrom(stack.found), state.applications);
  FillImages(stack, state.images);
  FillIn(stack.found.verified ? Attr<bool>(true) : Attr<bool>(), state.verified);
}

void Reflect(const Stack& stack, const std::vector<Step*>& steps, MonitoringStackModel& state) {
  if (state.cluster_uid.is_null()) {
    state.cluster_uid = TextOrNull(stack.access.uid());
  }
  state.argocd = ReflectArgoCd(stack, state.argocd);
  ReflectVersion(stack, "grafana", state.grafana);
  ReflectVersion(stack, "loki", state.loki);
  Recognise(stack, state);
  if (state.collector.value_or("") == kAlloyChart.component) {
    ReflectVersion(stack, "alloy", state.alloy);
  } else {
    ReflectVersion(stack, "promtail", state.promtail);
  }
  if (state.metrics_server.is_known()) {
    ReflectVersion(stack, kMetricsServerChart.component, state.metrics_server);
  }
  if (state.prometheus.is_known()) {
    ReflectVersion(stack, kPrometheusChart.component, state.prometheus);
  }
  const bool exposed = state.grafana->expose.value_or("none") == "load_balancer";
  state.grafana->url = GrafanaUrl(stack, exposed);
  if (state.ingress.is_known()) {
    state.ingress->address = TextOrNull(stack.found.ingress_address);
  }
  state.pod_security = PodSecurityOf(stack, stack.desired.ns);
  MapOf<StackApplication> applications = ApplicationsFrom(stack.found);
  KeepSettled(state.applications, applications);
  state.applications = std::move(applications);
  state.drift = DriftOf(stack, steps, RecogniseObjects(stack, state));
}

}  // namespace kproto::monitoring_stack
