// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/drift.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/monitoring_stack/comparison.h"

namespace kproto::monitoring_stack {
namespace {

// Beginning of the sentences about Applications among those of MonitoringStackModel::drift.
constexpr char kApplication[] = "Application ";

ListOf<std::string> ReleaseDrift(const Stack& stack, const std::vector<Step*>& steps,
                                 Wanted wanted) {
  ListOf<std::string> drift;
  const auto& release = stack.found.release;
  const bool broken = !release || release->status != helm::ReleaseStatus::kDeployed;
  if (stack.desired.manage == Manage::kExternal || (wanted == Wanted::kChanged && !broken)) {
    return drift;
  }
  for (Step* step : steps) {
    const Difference difference = step->name() == "argocd" ? step->Compare() : Difference::None();
    if (difference.kind != Difference::Kind::kNone) {
      drift.push_back(absl::StrCat("Argo CD: ", difference.reason));
    }
  }
  return drift;
}

// What an Application that the provider applies has in place of what is wanted; "" when nothing.
std::string ValuesDrift(const Stack& stack, const argocd::Application& want) {
  const auto found = stack.found.applications.find(want.name);
  if (found == stack.found.applications.end() || !found->second ||
      found->second->application.sources.empty()) {
    return "";
  }
  const argocd::Application& is = found->second->application;
  if (is.sources[0].target_revision != want.sources[0].target_revision) {
    return absl::StrCat(kApplication, want.name, " has revision ", is.sources[0].target_revision,
                        " in place of ", want.sources[0].target_revision);
  }
  return ValuesHashOf(is) == ValuesHashOf(want)
             ? ""
             : absl::StrCat("The values of Application ", want.name, " were changed");
}

std::vector<argocd::Application> AppliedApplications(const Desired& desired) {
  std::vector<argocd::Application> applied;
  if (desired.git) {
    applied.push_back(desired.Parent());
  } else {
    for (const Component& component : desired.components) {
      applied.push_back(desired.ApplicationOf(component));
    }
  }
  for (const Extra& extra : desired.extras) {
    applied.push_back(extra.application);
  }
  return applied;
}

void AddHealth(const Stack& stack, const MonitoringStackModel& state, ListOf<std::string>& drift) {
  for (const std::string& name : stack.desired.ApplicationNames()) {
    if (!state.applications.is_known() || state.applications->count(name) == 0) {
      drift.push_back(absl::StrCat(kApplication, name, " is missing"));
      continue;
    }
    const Attr<StackApplication>& application = state.applications->at(name);
    const std::string health =
        application.is_known() ? application->health.value_or("") : std::string();
    if (health == "Degraded" || health == "Missing") {
      drift.push_back(absl::StrCat(kApplication, name, " is ", health));
    }
  }
}

struct Layer {
  const char* name;
  const char* about;
  bool Drifted::*drifted;
  Attr<std::string> StackOnDrift::*policy;
  Attr<ListOf<std::string>> StackDriftLayers::*found;
};

constexpr Layer kLayers[] = {{"release", "Argo CD's Helm release", &Drifted::release,
                              &StackOnDrift::release, &StackDriftLayers::release},
                             {"objects", "the stack's own objects", &Drifted::objects,
                              &StackOnDrift::objects, &StackDriftLayers::objects},
                             {"applications", "what Argo CD runs", &Drifted::applications,
                              &StackOnDrift::applications, &StackDriftLayers::applications}};

// The sentences of a layer, a line each.
std::string Told(const Layer& layer, const MonitoringStackModel& prior) {
  std::vector<std::string> lines;
  if (prior.drift_layers.is_known()) {
    for (const Attr<std::string>& line : ((*prior.drift_layers).*layer.found).value_or({})) {
      lines.push_back(absl::StrCat("  ", line.value_or("")));
    }
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace

StackDriftLayers DriftLayersOf(const Stack& stack, const std::vector<Step*>& steps,
                               const MonitoringStackModel& state, Wanted wanted) {
  StackDriftLayers layers;
  layers.release = ReleaseDrift(stack, steps, wanted);
  ListOf<std::string> objects, applications;
  for (const Attr<std::string>& sentence : state.drift.value_or({})) {
    (absl::StartsWith(sentence.value_or(""), kApplication) ? applications : objects)
        .push_back(sentence);
  }
  AddHealth(stack, state, applications);
  if (wanted == Wanted::kAsApplied) {
    for (const argocd::Application& want : AppliedApplications(stack.desired)) {
      if (const std::string drift = ValuesDrift(stack, want); !drift.empty()) {
        applications.push_back(drift);
      }
    }
  }
  layers.objects = std::move(objects);
  layers.applications = std::move(applications);
  return layers;
}

bool ShallMend(const Drifted& drifted, const MonitoringStackModel& prior,
               const Attr<StackOnDrift>& on_drift, Diagnostics& diagnostics) {
  bool mend = false;
  for (const Layer& layer : kLayers) {
    if (!(drifted.*layer.drifted)) {
      continue;
    }
    const std::string policy =
        on_drift.is_known() ? ((*on_drift).*layer.policy).value_or("fix") : "fix";
    mend = mend || policy == "fix";
    if (policy == "warn") {
      const std::string told = Told(layer, prior);
      diagnostics.AddWarning(
          absl::StrCat("The stack has drifted: ", layer.about),
          absl::StrCat(told, told.empty() ? "" : "\n",
                       "It stays so until the next apply that has anything to do, or until "
                       "on_drift.",
                       layer.name, " is \"fix\"."),
          Path("on_drift").Attribute(layer.name));
    }
  }
  return mend;
}

}  // namespace kproto::monitoring_stack
