// SPDX-License-Identifier: MPL-2.0
// Outcome: what an apply of a planned stack will bring about, as far as its computed attributes can
// say so, and whether there is anything for it to mend. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "resources/monitoring_stack/checks/forecast.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/monitoring_stack/drift.h"
#include "resources/monitoring_stack/footprint.h"
#include "resources/monitoring_stack/model.h"

namespace kproto::monitoring_stack {

// By name, with what is wanted of each: chart, version, values. Unknown where Git has the last
// word.
std::map<std::string, StackApplication> WantedApplications(const MonitoringStackModel& planned,
                                                           const Desired& desired);

// Whether a value is the wanted one, or may turn out to be.
bool Satisfies(const Attr<std::string>& is, const Attr<std::string>& wanted);

// Whether Argo CD is somebody else's.
bool IsExternal(const MonitoringStackModel& model);

// Everything an apply would mend that no attribute of the configuration shows.
Drifted DriftOf(const MonitoringStackModel& prior, const MonitoringStackModel& planned,
                const Attr<std::string>& argocd_hash,
                const std::map<std::string, StackApplication>& wanted);

// Sets every computed attribute. `forecast` is null where the last one still holds; `images` are
// those of the rendered charts.
void PlanComputed(const MonitoringStackModel* prior, const Attr<std::string>& values_hash,
                  const Attr<std::string>& argocd_hash,
                  const std::map<std::string, StackApplication>& wanted,
                  const Attr<Forecast>& forecast, const std::optional<Footprint>& images,
                  MonitoringStackModel& planned);

}  // namespace kproto::monitoring_stack
