// SPDX-License-Identifier: MPL-2.0
// ExtraApplications: the Applications that the user brings along, and the AppProject that they run
// in: it is not the stack's own, so that what they may do never widens what the stack may do. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clients/argocd/application.h"
#include "clients/helm/helm.h"
#include "provider/runtime/diagnostics.h"
#include "provider/schema/path.h"
#include "resources/monitoring_stack/apps_dir.h"
#include "resources/monitoring_stack/extra_settings.h"
#include "resources/monitoring_stack/footprint.h"
#include "resources/monitoring_stack/values.h"

namespace kproto::monitoring_stack {

inline constexpr char kExtraProjectName[] = "monitoring-extra";

struct Extra {
  argocd::Application application;
  Path path;                            // of the attribute that says it
  std::optional<helm::ChartRef> chart;  // that the plan can render; nullopt: only Argo CD can
  std::string repository;               // of the chart, whatever mirror stands in for it
  std::optional<ValuesFile> said;       // the values of the chart, where somebody wrote them
};

// Where they go, and who makes them.
struct ExtraSurroundings {
  std::string argocd_ns, ns;
  std::map<std::string, std::string> labels;  // of each Application and of the AppProject
};

// Whether all that is said of them is known.
bool ExtrasAreKnown(const Attr<MapOf<StackExtraApplication>>& applications);

// By name. What is unknown of them is left out; `repository` is Connections::ChartRepository.
std::vector<Extra> ExtrasOf(const Attr<MapOf<StackExtraApplication>>& applications,
                            const ExtraSurroundings& surroundings,
                            const std::function<std::string(const std::string&)>& repository);

// One that is written down as a manifest, which CheckApps() has passed.
Extra ExtraOf(const AppManifest& app, const ExtraSurroundings& surroundings,
              const std::function<std::string(const std::string&)>& repository);

// The namespaces among their destinations that are not the stack's own; sorted.
std::vector<std::string> ExtraNamespaces(const std::vector<Extra>& extras,
                                         const ExtraSurroundings& surroundings);

// Allows what their charts render, or any kind where one comes from Git or `footprint` is not
// known.
argocd::AppProject ExtraProject(const std::vector<Extra>& extras,
                                const ExtraSurroundings& surroundings,
                                const std::optional<Footprint>& footprint);

// What no attribute can say for itself. `taken`: names of the stack's own Applications.
void ValidateExtras(const Attr<MapOf<StackExtraApplication>>& applications,
                    const std::vector<std::string>& taken, Diagnostics& diagnostics);

}  // namespace kproto::monitoring_stack
