// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/omitted.h"

#include "resources/monitoring_stack/charts.h"

namespace kproto::monitoring_stack {
namespace {

// What an omitted block amounts to. `is` is the block as the host carries it over from the state,
// whose computed members stay.
StackArgoCd Omitted(const Attr<StackArgoCd>& is) {
  StackArgoCd argocd;
  argocd.version = argocd.status = argocd.values_hash = Attr<std::string>::Unknown();
  if (is.is_known()) {
    argocd = *is;
  }
  argocd.ns = std::string("argocd");
  argocd.chart_version = std::string(kArgoCdChart.version);
  return argocd;
}
StackGrafana Omitted(const Attr<StackGrafana>& is) {
  StackGrafana grafana;
  grafana.url = is.is_known() ? is->url : Attr<std::string>::Unknown();
  grafana.chart_version = std::string(kGrafanaChart.version);
  grafana.expose = std::string("none");
  return grafana;
}
StackLoki Omitted(const Attr<StackLoki>&) {
  StackLoki loki;
  loki.chart_version = std::string(kLokiChart.version);
  return loki;
}
StackPromtail Omitted(const Attr<StackPromtail>&) {
  StackPromtail promtail;
  promtail.chart_version = std::string(kPromtailChart.version);
  return promtail;
}

template <typename Nested>
void Fill(const Attr<Nested>& config, Attr<Nested>& planned) {
  if (config.is_null()) {
    planned = Omitted(planned);
  }
}

}  // namespace

void FillOmitted(const MonitoringStackModel& config, MonitoringStackModel& planned) {
  Fill(config.argocd, planned.argocd);
  Fill(config.grafana, planned.grafana);
  Fill(config.loki, planned.loki);
  Fill(config.promtail, planned.promtail);
}

}  // namespace kproto::monitoring_stack
