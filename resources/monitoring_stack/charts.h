// SPDX-License-Identifier: MPL-2.0
// The charts that make up the stack: official name, repository and the version kproto was last
// tried with, which is the default until the user names another.
#pragma once

namespace kproto::monitoring_stack {

struct Chart {
  const char* component;   // name of the values file and of the Application
  const char* attribute;   // that says which chart it is
  const char* name;        // of the chart
  const char* repository;  // where the chart's authors publish it today
  const char* version;     // default
};

inline constexpr Chart kArgoCdChart = {"argocd", "argocd", "argo-cd",
                                       "https://argoproj.github.io/argo-helm", "9.3.7"};
// Grafana and the open-source Loki moved to the community's repository in 2026; what the old one
// calls loki since then is the enterprise edition.
inline constexpr Chart kGrafanaChart = {
    "grafana", "grafana", "grafana", "https://grafana-community.github.io/helm-charts", "12.11.1"};
inline constexpr Chart kLokiChart = {"loki", "loki", "loki",
                                     "https://grafana-community.github.io/helm-charts", "6.55.0"};
inline constexpr Chart kPromtailChart = {"promtail", "promtail", "promtail",
                                         "https://grafana.github.io/helm-charts", "6.17.1"};
inline constexpr Chart kAlloyChart = {"alloy", "alloy", "alloy",
                                      "https://grafana.github.io/helm-charts", "1.11.1"};
inline constexpr Chart kMetricsServerChart = {"metrics-server", "metrics_server", "metrics-server",
                                              "https://kubernetes-sigs.github.io/metrics-server",
                                              "3.13.1"};
inline constexpr Chart kPrometheusChart = {"prometheus", "prometheus", "prometheus",
                                           "https://prometheus-community.github.io/helm-charts",
                                           "29.27.0"};
// F5's controller, and the community's, which ended in March 2026.
inline constexpr Chart kNginxIngressChart = {"nginx-ingress", "ingress", "nginx-ingress",
                                             "https://helm.nginx.com/stable", "2.6.4"};
inline constexpr Chart kIngressNginxChart = {"ingress-nginx", "ingress", "ingress-nginx",
                                             "https://kubernetes.github.io/ingress-nginx",
                                             "4.15.1"};

inline constexpr const Chart* kCharts[] = {
    &kArgoCdChart,        &kGrafanaChart,    &kLokiChart,         &kPromtailChart,    &kAlloyChart,
    &kMetricsServerChart, &kPrometheusChart, &kNginxIngressChart, &kIngressNginxChart};

}  // namespace kproto::monitoring_stack
