// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/plan.h"

#include <algorithm>
#include <optional>

#include "resources/monitoring_stack/adoption.h"
#include "resources/monitoring_stack/app_of_apps.h"
#include "resources/monitoring_stack/checks/forecast.h"
#include "resources/monitoring_stack/checks/node_pools.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/monitoring_stack/drift.h"
#include "resources/monitoring_stack/files.h"
#include "resources/monitoring_stack/footprint.h"
#include "resources/monitoring_stack/known.h"
#include "resources/monitoring_stack/memory.h"
#include "resources/monitoring_stack/omitted.h"
#include "resources/monitoring_stack/outcome.h"
#include "resources/monitoring_stack/pool.h"

namespace kproto::monitoring_stack {
namespace {
// Grows when a rule is added or changed, so that a stack that passed before is looked at again.
constexpr int kRulesVersion = 4;

// Where the stack's pods go by default is known as soon as the pools are: ChoosePool() will find
// what is planned here.
void PlanNodePool(MonitoringStackModel& planned) {
  const std::optional<std::vector<Pool>> pools = KnownPools(planned.node_pools);
  if (planned.node_pool.is_unknown() && pools) {
    planned.node_pool = std::string(HasPool(*pools, kDefaultPool) ? kDefaultPool : "");
  }
}

// Digest of all that the checks look at.
std::string DigestOf(const MonitoringStackModel& planned, const ValuesFiles& files,
                     const Desired& desired) {
  Json all = {{"rules", kRulesVersion},
              {"argocd", {desired.argocd_chart.ToString(), desired.argocd_values}},
              {"files", HashOf(files)}};
  for (const Component& component : desired.components) {
    all[component.name] = {component.chart.ToString(), component.values};
  }
  for (const Extra& extra : desired.extras) {
    all["extra"][extra.application.name] = argocd::ToObject(extra.application)["spec"];
  }
  for (const UnusedFile& unused : files.unused) {
    all["unused"].push_back(unused.path);
  }
  const MonitoringStackModel& m = planned;
  for (const Value& value :
       {EncodeAttr(m.kubernetes_version), EncodeAttr(m.node_pools), EncodeAttr(m.checks),
        EncodeAttr(m.max_load_balancers), EncodeAttr(m.node_pool), EncodeAttr(m.storage),
        EncodeAttr(m.resource_quota), EncodeAttr(m.collector), EncodeAttr(m.git),
        EncodeAttr(m.git_credentials), EncodeAttr(m.pod_security),
        EncodeAttr(m.argocd.is_known() ? m.argocd->pod_security : Attr<StackPodSecurity>())}) {
    all["said"].push_back(DebugString(value));
  }
  return HashOf(all);
}

// Whether all that is wanted is what the last apply wanted; what only informs does not count.
bool IsAsApplied(const MonitoringStackModel& prior, MonitoringStackModel planned,
                 const ValuesFiles& files, const Desired& desired, const Operation& operation) {
  planned.kubernetes_version = prior.kubernetes_version;
  planned.node_pools = prior.node_pools;
  return CheckedDigest(operation.private_state) == DigestOf(planned, files, desired);
}

// Holds the planned stack against every rule and says what it will ask of the cloud. nullopt when
// nothing has changed since it last passed.
std::optional<Forecast> RunAllChecks(const MonitoringStackModel* prior,
                                     const MonitoringStackModel& config,
                                     const MonitoringStackModel& planned, const ValuesFiles& files,
                                     const Desired& desired, Connections& connections,
                                     Operation& operation) {
  const std::string digest = DigestOf(planned, files, desired);
  const kubernetes::Call call{absl::Now() + absl::Minutes(5), operation.request.stop};
  const absl::StatusOr<git::Git*> git = connections.Git();
  if (prior != nullptr && CheckedDigest(operation.private_state) == digest &&
      !(git.ok() && GitHasMoved(desired, RememberedFootprint(operation.private_state),
                                {**git, config.git_credentials}, call))) {
    return std::nullopt;
  }
  absl::StatusOr<helm::Helm*> helm = connections.Helm();
  if (!helm.ok()) {
    operation.diagnostics.AddStatus(helm.status(), "Could not render the charts");
    return std::nullopt;
  }
  RenderedStack stack = Render(planned, prior, files, desired, **helm, call);
  if (desired.git && GitIsKnown(planned) && git.ok()) {
    RenderFromGit(desired, {**git, config.git_credentials}, **helm, LookupOf(connections), call,
                  stack);
  }
  if (prior != nullptr) {
    stack.before = RememberedFacts(operation.private_state);
  }
  if (GitIsKnown(planned)) {
    stack.remotes = LookAtRemotes(desired, config.git_credentials, connections.GitRemotes(), call);
  }
  RunChecks(stack, operation.diagnostics);
  SetCheckedDigest(digest, operation.private_state);
  const std::optional<Forecast> forecast = ForecastOf(stack);
  // Where something does not render, the apply looks again.
  Remember(forecast ? std::optional<Footprint>(FootprintOf(stack)) : std::nullopt,
           operation.private_state);
  if (!operation.diagnostics.has_error()) {
    Remember(DataFactsOf(stack), operation.private_state);
  }
  return forecast;
}
// Filling in an omitted block may change what calls for a replacement.
void ReplaceOnNamespace(const MonitoringStackModel* prior, const MonitoringStackModel& planned,
                        std::vector<Path>& replace) {
  const Path path = Path("argocd").Attribute("namespace");
  if (prior != nullptr && prior->argocd.is_known() && planned.argocd.is_known() &&
      !prior->argocd->ns.is_null() && !(prior->argocd->ns == planned.argocd->ns) &&
      std::find(replace.begin(), replace.end(), path) == replace.end()) {
    replace.push_back(path);
  }
  // Nobody hands over an Argo CD that is not his, and what Helm has installed is not left behind.
  const Path manage = Path("argocd").Attribute("manage");
  if (prior != nullptr && prior->argocd.is_known() && !prior->argocd->manage.is_null() &&
      IsExternal(*prior) != IsExternal(planned) &&
      std::find(replace.begin(), replace.end(), manage) == replace.end()) {
    replace.push_back(manage);
  }
}

}  // namespace

RepositoryLookup LookupOf(Connections& connections) {
  return [&connections](const std::string& url) { return connections.ChartRepository(url); };
}

void KeepChecked(const MonitoringStackModel& state, const ValuesFiles& files,
                 const Desired& desired, PrivateState& private_state) {
  if (!CheckedDigest(private_state).empty()) {
    SetCheckedDigest(DigestOf(state, files, desired), private_state);
  }
}

void RefinePlan(const MonitoringStackModel* prior, const MonitoringStackModel& config,
                MonitoringStackModel& planned, std::vector<Path>& replace, Connections& connections,
                Operation& operation) {
  // The planner made every computed attribute unknown when it found something to change.
  const bool configuration_differs = prior == nullptr || planned.values_hash.is_unknown();
  MonitoringStackModel result = planned;
  result.kubernetes_version = config.kubernetes_version;  // these only inform, and may be newer
  result.node_pools = config.node_pools;
  FillOmitted(config, result);
  ReplaceOnNamespace(prior, result, replace);

  ValuesFiles files;
  const bool files_known = FilesAreKnown(result);
  if (files_known) {
    absl::StatusOr<ValuesFiles> read = ReadValues(result);
    if (!read.ok()) {
      operation.diagnostics.AddStatus(
          read.status(), "The files of the configuration cannot be used", Path("values_dir"));
      return;
    }
    files = *std::move(read);
  }
  if (result.node_pool.is_null() && config.node_pool.is_null()) {
    result.node_pool = Attr<std::string>::Unknown();  // an import does not see it everywhere
  }
  PlanNodePool(result);
  const Desired desired = DesiredOf(result, files, LookupOf(connections));
  const std::optional<Footprint> before = RememberedFootprint(operation.private_state);
  Attr<Forecast> forecast = Attr<Forecast>::Unknown();
  bool as_applied = false;
  if (files_known && ValuesAreKnownElsewhere(result) && ChartsAreKnown(result)) {
    as_applied = prior != nullptr && IsAsApplied(*prior, result, files, desired, operation);
    const std::optional<Forecast> made =
        RunAllChecks(prior, config, result, files, desired, connections, operation);
    if (operation.diagnostics.has_error()) {
      return;
    }
    forecast = made ? Attr<Forecast>(*made) : Attr<Forecast>();
  } else {
    Remember(std::nullopt, operation.private_state);  // that of another configuration
  }
  const Attr<std::string> later = Attr<std::string>::Unknown();
  const Attr<std::string> values_hash = files_known ? Attr<std::string>(HashOf(files)) : later;
  const Attr<std::string> argocd_hash =
      ValuesAreKnown(result) ? Attr<std::string>(HashOf(desired.argocd_values)) : later;
  const auto wanted = WantedApplications(result, desired);
  // What differs from the last apply because something else is wanted now is no drift.
  const auto differs = [&] {
    const Drifted drifted = DriftOf(*prior, result, argocd_hash, wanted);
    return !Satisfies(prior->values_hash, values_hash) ||
           (as_applied ? ShallMend(drifted, *prior, result.on_drift, operation.diagnostics)
                       : drifted.any());
  };
  // What Git has come to need the AppProject has to allow.
  const std::optional<Footprint> after = RememberedFootprint(operation.private_state);
  const bool git_differs = desired.git && before && after && !NeedTheSame(*before, *after);
  if (configuration_differs || git_differs || differs()) {
    if (prior != nullptr) {
      WarnOfTakeovers(*prior, operation.diagnostics);
    }
    PlanComputed(prior, values_hash, argocd_hash, wanted, forecast, after, result);
    planned = std::move(result);
  }
}

}  // namespace kproto::monitoring_stack
