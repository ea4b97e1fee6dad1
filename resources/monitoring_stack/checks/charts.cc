// SPDX-License-Identifier: MPL-2.0
// Rule charts: the chart is published in the version asked for, and by somebody who still looks
// after it. Facts as of August 2026, from the repositories' own notices:
//   https://github.com/grafana/helm-charts (deprecated charts, the move to the community),
//   https://github.com/grafana-community/helm-charts, https://grafana.com/docs/loki (Promtail's
//   end), https://github.com/kubernetes/ingress-nginx (retirement).
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/hint.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {
namespace {

constexpr char kGrafanaOld[] = "https://grafana.github.io/helm-charts";
constexpr char kCommunity[] = "https://grafana-community.github.io/helm-charts";

// Charts whose repository moved, or whose project ended.
struct Moved {
  const char* chart;
  const char* repository;
  int from_major;  // what was published before is as it was
  const char* what;
  const char* successor;
};
constexpr Moved kMoved[] = {
    {"grafana", kGrafanaOld, 0,
     "This repository's grafana chart ended with 10.5.15 in January 2026", kCommunity},
    {"loki", kGrafanaOld, 7,
     "Since 7.0.0 this repository's loki chart installs Grafana Enterprise Logs, which needs a "
     "licence",
     kCommunity},
    {"loki", kGrafanaOld, 0,
     "The open-source loki chart left this repository in March 2026; it gets no more releases here",
     kCommunity},
    {"promtail", kGrafanaOld, 0,
     "Promtail reached its end of life on 2026-03-02 and gets no more fixes",
     "Grafana Alloy (chart alloy of https://grafana.github.io/helm-charts)"},
    {"loki-stack", kGrafanaOld, 0, "The chart loki-stack ended in October 2025",
     "the charts loki and alloy"},
    {"loki-distributed", kGrafanaOld, 0, "The chart loki-distributed ended in October 2025",
     "the chart loki with deploymentMode Distributed"},
    {"tempo", kGrafanaOld, 0, "The chart tempo left this repository in January 2026", kCommunity},
    {"ingress-nginx", "https://kubernetes.github.io/ingress-nginx", 0,
     "The project ingress-nginx ended in March 2026: no releases, no security fixes",
     "nginx-ingress of oci://ghcr.io/nginx/charts, or a Gateway API implementation"},
};

int MajorOf(const std::string& version) {
  int major = 0;
  const std::vector<std::string> parts = absl::StrSplit(version, '.');
  return absl::SimpleAtoi(parts[0], &major) ? major : 0;
}

const Moved* MovedFrom(const RenderedComponent& component) {
  const int major = MajorOf(component.chart.version);
  for (const Moved& moved : kMoved) {
    if (component.chart.name == moved.chart && component.repository == moved.repository &&
        (component.chart.version.empty() || major >= moved.from_major)) {
      return &moved;
    }
  }
  return nullptr;
}

Finding NotThere(const RenderedComponent& component) {
  const std::string chart = absl::StrCat(component.chart.name, " ", component.chart.version);
  Finding finding;
  finding.summary = absl::StrCat("Chart ", chart, " is not available");
  finding.cause = std::string(component.fetched.message());
  const std::string hint = HintOf(component.fetched);
  if (component.newest && absl::IsNotFound(component.fetched)) {
    finding.cure = absl::StrCat("The newest version there is ", component.newest->version,
                                " (app version ", component.newest->app_version, ").");
  } else {
    finding.cure = hint;
  }
  return finding;
}

}  // namespace

void CheckCharts(const RenderedStack& stack, Findings& findings) {
  for (const RenderedComponent& component : stack.components) {
    if (!component.fetched.ok()) {
      Finding finding = NotThere(component);
      finding.component = component.name;
      finding.attribute = component.At("chart_version");
      findings.push_back(std::move(finding));
    }
    const Moved* moved = MovedFrom(component);
    const bool deprecated =
        component.contents != nullptr && component.contents->metadata.deprecated;
    if (moved == nullptr && !deprecated) {
      continue;
    }
    Finding finding;
    finding.component = component.name;
    finding.severity = Severity::kWarning;  // what is there goes on working
    finding.attribute = component.At("chart_version");
    finding.summary = absl::StrCat("Chart ", component.chart.name,
                                   " is no longer looked after where it comes from");
    finding.cause = moved != nullptr
                        ? absl::StrCat(moved->what, " (", component.repository, ").")
                        : absl::StrCat("Its authors mark version ", component.chart.version,
                                       " as deprecated in ", component.repository, ".");
    finding.cure = moved != nullptr ? absl::StrCat("Its successor: ", moved->successor, ".")
                                    : "Their page in the repository names the successor, if any.";
    if (moved != nullptr && moved->from_major > 0) {
      finding.severity = Severity::kError;  // it is another product
      finding.attribute = component.At("chart_repository");
    }
    findings.push_back(std::move(finding));
  }
}

}  // namespace kproto::monitoring_stack
