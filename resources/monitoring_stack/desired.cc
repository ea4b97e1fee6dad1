// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/desired.h"

#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/charts.h"
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

}  // namespace

std::vector<std::string> OwnApplicationNames() {
  std::vector<std::string> names = {kParentName, kReleaseName};
  for (const Chart* chart : kCharts) {
    names.push_back(chart->component);
  }
  return names;
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

}  // namespace kproto::monitoring_stack
