// SPDX-License-Identifier: MPL-2.0
// Rule upgrades: what a chart's new major version changes that no key and no rendering shows, or
// that a key of the user's stands in the way of. Facts as of August 2026, from the charts' own
// notes: https://github.com/argoproj/argo-helm (argo-cd), https://github.com/grafana-community/
// helm-charts (loki, grafana), https://github.com/grafana/helm-charts (promtail).
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {
namespace {

struct Change {
  const char* chart;
  int major;                     // the version that brings it
  std::vector<std::string> key;  // of the user's that it concerns; empty: everybody
  const char* what;
  const char* cure;
};

const std::vector<Change>& Changes() {
  static const auto& changes = *new std::vector<Change>{
      {"argo-cd",
       9,
       {},
       "The ApplicationSet controller keeps no policy of its own any more: what an ApplicationSet "
       "says about deleting Applications now counts.",
       "Look at the policies of your ApplicationSets."},
      {"argo-cd",
       10,
       {},
       "NetworkPolicies are on: only Argo CD's own pods reach each other.",
       "Set global.networkPolicy.create to false if others must reach them."},
      {"loki",
       9,
       {"monitoring", "selfMonitoring"},
       "Self-monitoring and its Grafana Agent are gone.",
       "Remove the key; a collector of the stack reads Loki's own logs."},
      {"loki",
       18,
       {"monitoring"},
       "The monitoring section is written anew.",
       "Compare your keys with the new chart's values."},
      {"loki",
       18,
       {"minio"},
       "MinIO is on its way out: the chart renders with it only where "
       "ignoreMinioDeprecation is set.",
       "Move to object storage of your own, such as DigitalOcean Spaces."},
      {"promtail",
       5,
       {"config", "lokiAddress"},
       "The address of Loki is config.clients[].url.",
       "Remove config.lokiAddress; kproto wires config.clients."},
  };
  return changes;
}

int MajorOf(const std::string& version) {
  int major = 0;
  const std::vector<std::string> parts = absl::StrSplit(version, '.');
  return absl::SimpleAtoi(parts[0], &major) ? major : 0;
}

// The version that runs now; "" when the component is new or its version not known.
std::string VersionBefore(const RenderedStack& stack, const RenderedComponent& component) {
  if (!stack.prior) {
    return "";
  }
  if (component.name == kReleaseName) {
    return stack.prior->argocd.is_known() ? stack.prior->argocd->chart_version.value_or("") : "";
  }
  if (!stack.prior->applications.is_known()) {
    return "";
  }
  const auto is = stack.prior->applications->find(component.name);
  return is != stack.prior->applications->end() && is->second.is_known()
             ? is->second->chart_version.value_or("")
             : "";
}

}  // namespace

void CheckUpgrades(const RenderedStack& stack, Findings& findings) {
  for (const RenderedComponent& component : stack.components) {
    const std::string before = VersionBefore(stack, component);
    const int from = MajorOf(before), to = MajorOf(component.chart.version);
    const auto said = stack.files.by_component.find(component.name);
    for (const Change& change : Changes()) {
      const bool crossed = from > 0 && from < change.major && change.major <= to;
      const bool concerned = change.key.empty() || (said != stack.files.by_component.end() &&
                                                    Find(said->second, change.key) != nullptr);
      if (component.chart.name != change.chart || !crossed || !concerned) {
        continue;
      }
      Finding finding;
      finding.component = component.name;
      finding.severity = Severity::kWarning;
      finding.attribute = component.At("chart_version");
      finding.key = change.key;
      finding.summary = absl::StrCat("Chart ", change.chart, " ", before, " -> ",
                                     component.chart.version, " crosses ", change.major, ".0");
      finding.cause = change.what;
      finding.cure = change.cure;
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace kproto::monitoring_stack
