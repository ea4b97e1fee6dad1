// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet/plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/files.h"
#include "resources/monitoring_stack/memory.h"
#include "resources/monitoring_stack/plan.h"

namespace kproto::fleet {
namespace {

using monitoring_stack::ValuesFiles;

bool IsKnown(const Attr<FleetStackChart>& chart) {
  return !chart.is_unknown() && (chart.is_null() || (!chart->chart_repository.is_unknown() &&
                                                     !chart->chart_version.is_unknown()));
}

bool IsKnown(const FleetChart& chart) {
  return !chart.chart.is_unknown() && !chart.chart_repository.is_unknown() &&
         !chart.chart_version.is_unknown() && !chart.values.is_unknown();
}

// Whether everything that the ApplicationSets are made of is known.
bool IsKnown(const FleetModel& m) {
  for (const Attr<std::string>& text :
       {m.name, m.argocd_ns, m.ns, m.environment, m.values_dir, m.collector}) {
    if (text.is_unknown()) {
      return false;
    }
  }
  if (m.stack.is_unknown() || !IsKnown(m.grafana) || !IsKnown(m.loki) || !IsKnown(m.promtail) ||
      !IsKnown(m.alloy) || m.charts.is_unknown()) {
    return false;
  }
  return m.charts.is_null() ||
         std::all_of(m.charts->begin(), m.charts->end(), [](const auto& entry) {
           return !entry.second.is_unknown() && (entry.second.is_null() || IsKnown(*entry.second));
         });
}

absl::StatusOr<ValuesFiles> FilesOf(const FleetModel& model) {
  return model.stack.value_or(true) ? monitoring_stack::ReadValues(AsStack(model))
                                    : absl::StatusOr<ValuesFiles>(ValuesFiles{});
}

MapOf<FleetApplication> ApplicationsOf(const WantedFleet& wanted) {
  MapOf<FleetApplication> applications;
  for (const Delivery& delivery : wanted.deliveries) {
    applications[delivery.name] = Describe(wanted.ApplicationSetOf(delivery));
  }
  return applications;
}

// Holds the charts of the stack against every rule, unless that was done for the very same.
void RunChecks(const FleetModel& planned, const ValuesFiles& files,
               const MapOf<FleetApplication>& applications, Connections& connections,
               Operation& operation) {
  Json all = {{"version", DebugString(EncodeAttr(planned.kubernetes_version))},
              {"checks", DebugString(EncodeAttr(planned.checks))}};
  for (const auto& [name, application] : applications) {
    all["applications"][name] = application->digest.value_or("");
  }
  for (const monitoring_stack::UnusedFile& unused : files.unused) {
    all["unused"].push_back(unused.path);
  }
  const std::string digest = monitoring_stack::HashOf(all);
  if (!planned.stack.value_or(true) ||
      monitoring_stack::CheckedDigest(operation.private_state) == digest) {
    return;
  }
  const absl::StatusOr<helm::Helm*> helm = connections.Helm();
  if (!helm.ok()) {
    operation.diagnostics.AddStatus(helm.status(), "Could not render the charts");
    return;
  }
  const MonitoringStackModel stack = AsStack(planned);
  const monitoring_stack::Desired desired =
      monitoring_stack::DesiredOf(stack, files, monitoring_stack::LookupOf(connections));
  const kubernetes::Call call{absl::Now() + absl::Minutes(5), operation.request.stop};
  monitoring_stack::RunChecks(
      monitoring_stack::Render(stack, nullptr, files, desired, **helm, call),
      operation.diagnostics);
  if (!operation.diagnostics.has_error()) {
    monitoring_stack::SetCheckedDigest(digest, operation.private_state);
  }
}

}  // namespace

absl::StatusOr<WantedFleet> Wanted(const FleetModel& model, Connections& connections) {
  KPROTO_ASSIGN_OR_RETURN(const ValuesFiles files, FilesOf(model));
  return WantedOf(model, files, monitoring_stack::LookupOf(connections));
}

void RefinePlan(FleetModel& planned, Connections& connections, Operation& operation) {
  if (!IsKnown(planned)) {
    planned.applications = Attr<MapOf<FleetApplication>>::Unknown();
    return;
  }
  const absl::StatusOr<ValuesFiles> files = FilesOf(planned);
  const absl::StatusOr<WantedFleet> wanted =
      files.ok() ? WantedOf(planned, *files, monitoring_stack::LookupOf(connections))
                 : absl::StatusOr<WantedFleet>(files.status());
  if (!wanted.ok()) {
    operation.diagnostics.AddStatus(wanted.status(), "The values cannot be used",
                                    Path("values_dir"));
    return;
  }
  const MapOf<FleetApplication> applications = ApplicationsOf(*wanted);
  RunChecks(planned, *files, applications, connections, operation);
  planned.applications = applications;  // the same as before where nothing is to be done
}

}  // namespace kproto::fleet
