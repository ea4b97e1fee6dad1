// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/desired.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/yaml/yaml.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/charts.h"
#include "resources/monitoring_stack/objects_step.h"
#include "resources/monitoring_stack/pod_security.h"
#include "resources/monitoring_stack/record.h"
#include "resources/monitoring_stack/wiring.h"

namespace kproto::monitoring_stack {
namespace {

Json ValuesOf(const ValuesFiles& files, const Chart& chart) {
  auto it = files.by_component.find(chart.component);
  return it == files.by_component.end() ? Json::object() : it->second;
}

// A member of an optional nested model, or the fallback.
template <typename Nested, typename T>
T MemberOr(const Attr<Nested>& nested, Attr<T> Nested::*member, T fallback) {
  return nested.is_known() ? ((*nested).*member).value_or(fallback) : fallback;
}

template <typename Nested>
std::string RepositoryOf(const Chart& chart, const Attr<Nested>& nested) {
  return MemberOr(nested, &Nested::chart_repository, std::string(chart.repository));
}

template <typename Nested>
helm::ChartRef RefOf(const Chart& chart, const Attr<Nested>& nested,
                     const RepositoryLookup& repository) {
  return {repository(RepositoryOf(chart, nested)), chart.name,
          MemberOr(nested, &Nested::chart_version, std::string(chart.version))};
}

Wiring WiringOf(const MonitoringStackModel& model) {
  Wiring wiring;
  wiring.ns = model.ns.value_or("monitoring");
  wiring.node_pool = model.node_pool.value_or("");
  wiring.grafana_exposed =
      MemberOr(model.grafana, &StackGrafana::expose, std::string("none")) == "load_balancer";
  if (model.grafana.is_known() && model.grafana->admin_password_wo_version.is_known()) {
    wiring.password_version = absl::StrCat(*model.grafana->admin_password_wo_version);
  }
  wiring.grafana_secret =
      MemberOr(model.grafana, &StackGrafana::existing_secret, std::string(kGrafanaAdminSecret));
  wiring.retention = MemberOr(model.loki, &StackLoki::retention, std::string());
  wiring.volume_gib = MemberOr(model.loki, &StackLoki::volume_gib, int64_t{0});
  const std::string argocd_mode = MemberOr(model.argocd, &StackArgoCd::mode, std::string());
  wiring.argocd_mode = argocd_mode == "standard" ? "" : argocd_mode;
  wiring.loki_mode = MemberOr(model.loki, &StackLoki::mode, std::string());
  if (model.loki.is_known() && model.loki->object_storage.is_known()) {
    const StackObjectStorage& bucket = *model.loki->object_storage;
    wiring.bucket = {bucket.bucket.value_or(""), bucket.endpoint.value_or(""),
                     bucket.region.value_or(""), bucket.credentials_secret.value_or(""),
                     bucket.path_style.value_or(false)};
  }
  wiring.prometheus = model.prometheus.is_known();
  wiring.metrics_retention = MemberOr(model.prometheus, &StackPrometheus::retention, std::string());
  wiring.metrics_volume_gib = MemberOr(model.prometheus, &StackPrometheus::volume_gib, int64_t{0});
  wiring.storage_class = StorageOf(model.storage, wiring.ns).storage_class;
  wiring.policy_csv = PolicyCsv(RbacOf(model.rbac), kProjectName);
  if (!model.extra_applications.is_null() || !model.apps_dir.is_null()) {
    wiring.policy_csv += PolicyCsv(RbacOf(model.rbac), kExtraProjectName);
  }
  wiring.known_hosts = KnownHosts(GitCredentialsOf(model.git_credentials));
  wiring.network_policies = model.network_policies.value_or(false);
  wiring.ingress = IngressOf(model.ingress);
  return wiring;
}

bool SameSource(const argocd::Source& want, const argocd::Source& is) {
  const Json wanted = want.helm ? Canonical(want.helm->values) : Json();
  const Json there = is.helm ? Canonical(is.helm->values) : Json();
  const bool same_values = wanted == there || (wanted.empty() && there.empty());
  const argocd::HelmSource none;
  const argocd::HelmSource& by = want.helm ? *want.helm : none;
  const argocd::HelmSource& has = is.helm ? *is.helm : none;
  return want.repo_url == is.repo_url && want.chart == is.chart && want.path == is.path &&
         want.target_revision == is.target_revision && same_values &&
         by.release_name == has.release_name && by.value_files == has.value_files &&
         by.values_text == has.values_text && by.others == has.others;
}

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

bool SameKinds(const std::vector<argocd::GroupKind>& a, std::vector<argocd::GroupKind> b) {
  std::sort(b.begin(), b.end());
  return a == b;
}

// Why a component's values are not used by this configuration; "" when they are, or may be.
std::string WhyUnused(const MonitoringStackModel& model, const Chart& chart) {
  const std::string component = chart.component;
  if (component == kAlloyChart.component || component == kPromtailChart.component) {
    return model.collector.is_unknown() || model.collector.value_or("promtail") == component
               ? ""
               : absl::StrCat("collector is ", model.collector.value_or("promtail"));
  }
  if (component == kArgoCdChart.component) {
    return MemberOr(model.argocd, &StackArgoCd::manage, std::string("helm")) == "external"
               ? "argocd.manage is external"
               : "";
  }
  if (component == kMetricsServerChart.component) {
    return model.metrics_server.is_null() ? "metrics_server is not set" : "";
  }
  if (component == kPrometheusChart.component) {
    return model.prometheus.is_null() ? "prometheus is not set" : "";
  }
  if (component == kNginxIngressChart.component || component == kIngressNginxChart.component) {
    const bool unknown = model.ingress.is_unknown() ||
                         (model.ingress.is_known() && model.ingress->controller.is_unknown());
    return unknown || IngressOf(model.ingress).controller == component
               ? ""
               : "ingress.controller is another";
  }
  return "";
}

AppRules AppRulesOf(const MonitoringStackModel& model) {
  AppRules rules;
  rules.argocd_ns = MemberOr(model.argocd, &StackArgoCd::ns, std::string("argocd"));
  if (MemberOr(model.argocd, &StackArgoCd::manage, std::string("helm")) != "external") {
    rules.projects = {kExtraProjectName, "default"};
  }
  rules.taken = OwnApplicationNames();
  if (model.extra_applications.is_known()) {
    for (const auto& [name, extra] : *model.extra_applications) {
      rules.taken.push_back(name);
    }
  }
  return rules;
}

void SetAside(ValuesFiles& files, const std::string& component, const std::string& why) {
  for (const ValuesFile& file : files.files[component]) {
    files.unused.push_back({file.path, absl::StrCat("Nobody reads it: ", why, "."),
                            "Remove it, or set the attribute.", ""});
  }
  files.files.erase(component);
  files.by_component.erase(component);
}

}  // namespace

std::vector<std::string> OwnApplicationNames() {
  std::vector<std::string> names = {kParentName, kReleaseName};
  for (const Chart* chart : kCharts) {
    names.push_back(chart->component);
  }
  return names;
}

absl::StatusOr<Json> ValuesOf(const argocd::HelmSource& source) {
  if (source.values.is_object()) {
    return source.values;
  }
  return source.values_text.empty() ? absl::StatusOr<Json>(Json::object())
                                    : yaml::Parse(source.values_text);
}

bool IsOurs(const Json& object) {
  return kubernetes::LabelOf(object, kManagedByLabel) == kManagedBy;
}

std::string FullName(const Desired& desired, const std::string& name) {
  for (const Component& component : desired.components) {
    const Json* said = Find(component.values, {"fullnameOverride"});
    if (component.name == name && said != nullptr && said->is_string() &&
        !said->get_ref<const std::string&>().empty()) {
      return *said;
    }
  }
  return name;
}

IngressWanted IngressOf(const Attr<StackIngress>& ingress) {
  IngressWanted wanted;
  if (ingress.is_known()) {
    const std::string controller = ingress->controller.value_or(kNginxIngressChart.component);
    wanted.controller = controller == "none" ? "" : controller;
    wanted.class_name = ingress->class_name.value_or("nginx");
    wanted.grafana_host = ingress->grafana_host.value_or("");
    wanted.argocd_host = ingress->argocd_host.value_or("");
    wanted.tls_secret_name = ingress->tls_secret_name.value_or("");
    wanted.cluster_issuer = ingress->cluster_issuer.value_or("");
  }
  return wanted;
}

bool SameProject(const Desired& desired, const argocd::AppProject& is) {
  return SameProject(desired.Project(), is, desired.footprint.has_value());
}

bool SameProject(const argocd::AppProject& want, const argocd::AppProject& is, bool kinds) {
  return want.source_repos == is.source_repos && want.destinations == is.destinations &&
         (!kinds || (SameKinds(want.cluster_resources, is.cluster_resources) &&
                     SameKinds(want.namespace_resources, is.namespace_resources)));
}

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
  argocd::Application app;
  app.ns = argocd_ns;
  app.name = component.name;
  app.project = kProjectName;
  app.destination.ns = ns;
  argocd::Source source;
  source.repo_url = component.chart.repo_url;
  source.chart = component.chart.name;
  source.target_revision = component.chart.version;
  source.helm.emplace();
  source.helm->values = component.values;
  app.sources = {source};
  app.automated = argocd::Automated{/*prune=*/true, /*self_heal=*/true, /*allow_empty=*/false};
  app.retry = argocd::Retry{};
  app.labels = {{kManagedByLabel, kManagedBy}};
  if (footprint && footprint->scaled.count(component.name) > 0) {
    LeaveReplicas(footprint->scaled.at(component.name), app);
  }
  return app;
}

argocd::Application Desired::Parent() const {
  argocd::Application app;
  app.ns = argocd_ns;
  app.name = kParentName;
  app.project = kProjectName;
  app.destination.ns = argocd_ns;
  Json children = Json::object();
  for (const Component& component : components) {
    children[component.name] = ToValues(ApplicationOf(component));
  }
  argocd::Source source = *git;
  source.helm.emplace();
  source.helm->values = {{"applications", children}};
  app.sources = {source};
  app.automated = argocd::Automated{/*prune=*/true, /*self_heal=*/true, /*allow_empty=*/false};
  app.retry = argocd::Retry{};
  app.labels = {{kManagedByLabel, kManagedBy}};
  return app;
}

argocd::Application Desired::Itself() const {
  argocd::Application app;
  app.ns = argocd_ns;
  app.name = kReleaseName;
  app.project = "default";  // it makes roles and definitions that the stack's project may not
  app.destination.ns = argocd_ns;
  argocd::Source source;
  source.repo_url = argocd_chart.repo_url;
  source.chart = argocd_chart.name;
  source.target_revision = argocd_chart.version;
  source.helm.emplace();
  source.helm->release_name = kReleaseName;
  source.helm->values = argocd_values;
  app.sources = {source};
  app.automated = argocd::Automated{/*prune=*/true, /*self_heal=*/true, /*allow_empty=*/false};
  app.retry = argocd::Retry{};
  // Its CRDs are too large for the annotation of a client-side apply.
  app.sync_options = {"ServerSideApply=true"};
  app.labels = {{kManagedByLabel, kManagedBy}};
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

Desired DesiredOf(const MonitoringStackModel& model, const ValuesFiles& files,
                  const RepositoryLookup& repository) {
  Wiring wiring = WiringOf(model);
  wiring.dashboards = files.dashboards;
  Desired desired;
  desired.ns = wiring.ns;
  desired.argocd_ns = MemberOr(model.argocd, &StackArgoCd::ns, std::string("argocd"));
  const std::string manage = MemberOr(model.argocd, &StackArgoCd::manage, std::string("helm"));
  desired.manage = manage == "self"       ? Manage::kSelf
                   : manage == "external" ? Manage::kExternal
                                          : Manage::kHelm;
  desired.argocd_chart = RefOf(kArgoCdChart, model.argocd, repository);
  desired.argocd_repository = RepositoryOf(kArgoCdChart, model.argocd);
  desired.argocd_values = ArgoCdValues(wiring, ValuesOf(files, kArgoCdChart));
  const Json loki = LokiValues(wiring, ValuesOf(files, kLokiChart));
  const auto add = [&](const Chart& chart, const auto& nested, Json values) {
    desired.components.push_back({chart.component, RefOf(chart, nested, repository),
                                  RepositoryOf(chart, nested), std::move(values), chart.attribute});
  };
  const Json prometheus = PrometheusValues(wiring, ValuesOf(files, kPrometheusChart));
  add(kGrafanaChart, model.grafana,
      GrafanaValues(wiring, ValuesOf(files, kGrafanaChart), loki, prometheus));
  add(kLokiChart, model.loki, loki);
  if (model.collector.value_or("") == kAlloyChart.component) {
    add(kAlloyChart, model.alloy, AlloyValues(wiring, ValuesOf(files, kAlloyChart), loki));
  } else {
    add(kPromtailChart, model.promtail,
        PromtailValues(wiring, ValuesOf(files, kPromtailChart), loki));
  }
  if (model.metrics_server.is_known()) {
    add(kMetricsServerChart, model.metrics_server,
        MetricsServerValues(wiring, ValuesOf(files, kMetricsServerChart)));
  }
  if (model.prometheus.is_known()) {
    add(kPrometheusChart, model.prometheus, prometheus);
  }
  for (const Chart* chart : {&kNginxIngressChart, &kIngressNginxChart}) {
    if (wiring.ingress.controller == chart->component) {
      add(*chart, model.ingress, IngressControllerValues(wiring, ValuesOf(files, *chart)));
    }
  }
  if (model.git.is_known()) {
    argocd::Source source;
    source.repo_url = model.git->repo_url.value_or("");
    source.path = model.git->path.value_or("k8s/apps");
    source.target_revision = model.git->revision.value_or("main");
    desired.git = source;
  }
  desired.extras = ExtrasOf(model.extra_applications, desired.Surroundings(), repository);
  for (const AppManifest& app : files.apps) {
    desired.extras.push_back(ExtraOf(app, desired.Surroundings(), repository));
  }
  desired.git_credentials = GitCredentialsOf(model.git_credentials);
  desired.grafana_exposed = wiring.grafana_exposed;
  desired.grafana_secret = wiring.grafana_secret;
  desired.grafana_secret_is_ours =
      !model.grafana.is_known() || model.grafana->existing_secret.is_null();
  desired.dashboards = WithInputs(files.dashboards, desired.components[0].values);
  desired.storage = StorageOf(model.storage, wiring.ns);
  desired.rbac = RbacOf(model.rbac);
  desired.ingress = wiring.ingress;
  desired.verify = model.verify.value_or(false);
  desired.record = RecordOf(model);
  desired.pod_security = {
      {desired.ns, PodSecurityLabelsOf(model.pod_security)},
      {desired.argocd_ns, PodSecurityLabelsOf(model.argocd.is_known() ? model.argocd->pod_security
                                                                      : Attr<StackPodSecurity>())}};
  desired.isolation =
      IsolationOf(model.network_policies, model.resource_quota, wiring.grafana_exposed);
  desired.isolation.controller = wiring.ingress.controller;
  return desired;
}

absl::StatusOr<ValuesFiles> ReadValues(const MonitoringStackModel& model) {
  ValuesFiles files;
  if (model.values_dir.is_known()) {
    absl::StatusOr<ValuesFiles> read =
        ReadValuesDir(*model.values_dir, model.environment.value_or(""));
    if (!read.ok()) {
      return WithPath(read.status(), Path("values_dir"));
    }
    files = *std::move(read);
  }
  for (const Chart* chart : kCharts) {
    if (const std::string why = WhyUnused(model, *chart); !why.empty()) {
      SetAside(files, chart->component, why);
    }
  }
  if (model.grafana.is_known() && model.grafana->dashboards_dir.is_known()) {
    absl::StatusOr<std::vector<Dashboard>> read = ReadDashboards(*model.grafana->dashboards_dir);
    if (!read.ok()) {
      return WithPath(read.status(), Path("grafana").Attribute("dashboards_dir"));
    }
    files.dashboards = *std::move(read);
  }
  if (model.apps_dir.is_known()) {
    absl::StatusOr<std::vector<AppManifest>> read = ReadAppsDir(*model.apps_dir);
    const absl::Status fit = read.ok() ? CheckApps(*read, AppRulesOf(model)) : read.status();
    if (!fit.ok()) {
      return WithPath(fit, Path("apps_dir"));
    }
    files.apps = *std::move(read);
  }
  return files;
}

std::string HashOf(const ValuesFiles& files) {
  Json all = Json::object();
  for (const auto& [component, values] : files.by_component) {
    all[component] = values;
  }
  // Beside the components' names; nothing where there is nothing.
  for (const auto& [what, digest] : {std::pair("/apps", DigestOf(files.apps)),
                                     std::pair("/dashboards", DigestOf(files.dashboards))}) {
    if (!digest.empty()) {
      all[what] = digest;
    }
  }
  return HashOf(all);
}

bool SameSpec(const argocd::Application& want, const argocd::Application& is) {
  const bool finalizers =
      std::all_of(want.finalizers.begin(), want.finalizers.end(), [&](const std::string& f) {
        return std::find(is.finalizers.begin(), is.finalizers.end(), f) != is.finalizers.end();
      });
  if (!want.verbatim_spec.is_null()) {
    return finalizers && Includes(is.stored_spec, want.verbatim_spec);
  }
  if (want.project != is.project || !(want.destination == is.destination) ||
      want.sources.size() != is.sources.size()) {
    return false;
  }
  for (size_t i = 0; i < want.sources.size(); ++i) {
    if (!SameSource(want.sources[i], is.sources[i])) {
      return false;
    }
  }
  if (want.sync_options != is.sync_options) {
    return false;
  }
  const bool automated =
      want.automated.has_value() == is.automated.has_value() &&
      (!want.automated || (want.automated->prune == is.automated->prune &&
                           want.automated->self_heal == is.automated->self_heal));
  if (Canonical(want.ignore_differences) != Canonical(is.ignore_differences)) {
    return false;
  }
  return automated && finalizers;
}

std::string ValuesHashOf(const argocd::Application& application) {
  const bool has = !application.sources.empty() && application.sources[0].helm &&
                   application.sources[0].helm->values.is_object();
  return HashOf(has ? application.sources[0].helm->values : Json::object());
}

}  // namespace kproto::monitoring_stack
