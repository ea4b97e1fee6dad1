// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/omitted.h"

#include "resources/monitoring_stack/charts.h"

namespace kproto::monitoring_stack {
namespace {

// What an omitted block amounts to. `is` is the block as the host carries it over from the state,
// whose computed members stay.
StackArgoCd Omitted(const Attr<StackArgoCd>& is) {
  StackArgoCd argocd;
  argocd.version = argocd.status = argocd.values_hash = argocd.url = Attr<std::string>::Unknown();
  if (is.is_known()) {
    argocd = *is;
  }
  argocd.ns = std::string("argocd");
  argocd.manage = std::string("helm");
  argocd.mode = {};
  argocd.chart_repository = {};
  argocd.pod_security = {};
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

StackAlloy Omitted(const Attr<StackAlloy>&) {
  StackAlloy alloy;
  alloy.chart_version = std::string(kAlloyChart.version);
  return alloy;
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
  if (planned.collector.is_unknown()) {
    return;  // which of them is wanted is not known
  }
  const bool alloy = planned.collector.value_or("") == kAlloyChart.component;
  const auto fill = [](bool wanted, const auto& said, auto& block) {
    if (wanted) {
      Fill(said, block);
    } else if (said.is_null()) {
      block = {};
    }
  };
  fill(!alloy, config.promtail, planned.promtail);
  fill(alloy, config.alloy, planned.alloy);
}

}  // namespace kproto::monitoring_stack
