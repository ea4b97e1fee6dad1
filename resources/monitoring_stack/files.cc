// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/charts.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/monitoring_stack/outcome.h"

namespace kproto::monitoring_stack {
namespace {

// Why a component's values are not used by this configuration; "" when they are, or may be.
std::string WhyUnused(const MonitoringStackModel& model, const Chart& chart) {
  const std::string component = chart.component;
  if (component == kAlloyChart.component || component == kPromtailChart.component) {
    return model.collector.is_unknown() || model.collector.value_or("promtail") == component
               ? ""
               : absl::StrCat("collector is ", model.collector.value_or("promtail"));
  }
  if (component == kArgoCdChart.component) {
    return IsExternal(model) ? "argocd.manage is external" : "";
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
  rules.argocd_ns = model.argocd.is_known() ? model.argocd->ns.value_or("argocd") : "argocd";
  if (!IsExternal(model)) {
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

}  // namespace kproto::monitoring_stack
