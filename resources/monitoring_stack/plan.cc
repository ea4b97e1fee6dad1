// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/plan.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "resources/monitoring_stack/adoption.h"
#include "resources/monitoring_stack/app_of_apps.h"
#include "resources/monitoring_stack/checks/forecast.h"
#include "resources/monitoring_stack/checks/node_pools.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/monitoring_stack/drift.h"
#include "resources/monitoring_stack/footprint.h"
#include "resources/monitoring_stack/memory.h"
#include "resources/monitoring_stack/omitted.h"
#include "resources/monitoring_stack/pool.h"

namespace kproto::monitoring_stack {
namespace {

// Whether a block says the same; only the planner looks at those that are written.
template <typename Nested>
bool SameBlock(const Attr<Nested>& a, const Attr<Nested>& b) {
  return EncodeAttr(a) == EncodeAttr(b);
}

// ---- what is known ---------------------------------------------------------------------------

template <typename... Attrs>
bool NoneUnknown(const Attrs&... attrs) {
  return (!attrs.is_unknown() && ...);
}

template <typename T>
bool ElementsAreKnown(const Attr<SetOf<T>>& set) {
  return !set.is_unknown() &&
         (set.is_null() || std::none_of(set->elements.begin(), set->elements.end(),
                                        [](const Attr<T>& e) { return e.is_unknown(); }));
}

bool SettingsAreKnown(const MonitoringStackModel& m) {
  return NoneUnknown(m.storage, m.rbac, m.ingress, m.collector, m.metrics_server, m.prometheus) &&
         (m.ingress.is_null() ||
          NoneUnknown(m.ingress->controller, m.ingress->class_name, m.ingress->grafana_host,
                      m.ingress->argocd_host, m.ingress->tls_secret_name,
                      m.ingress->cluster_issuer)) &&
         (m.storage.is_null() ||
          NoneUnknown(m.storage->storage_class, m.storage->reclaim_policy)) &&
         (m.rbac.is_null() ||
          (ElementsAreKnown(m.rbac->viewer_groups) && ElementsAreKnown(m.rbac->operator_groups) &&
           ElementsAreKnown(m.rbac->admin_groups)));
}

bool LokiIsKnown(const Attr<StackLoki>& loki) {
  if (loki.is_null()) {
    return true;
  }
  const auto known = [](const StackObjectStorage& bucket) {
    return NoneUnknown(bucket.bucket, bucket.endpoint, bucket.region, bucket.credentials_secret,
                       bucket.path_style);
  };
  return loki.is_known() &&
         NoneUnknown(loki->retention, loki->volume_gib, loki->mode, loki->object_storage) &&
         (loki->object_storage.is_null() || known(*loki->object_storage));
}

// Argo CD's values hold the host keys.
bool GitCredentialsAreKnown(const MonitoringStackModel& m) {
  return !m.git_credentials.is_unknown() &&
         (m.git_credentials.is_null() ||
          std::all_of(m.git_credentials->begin(), m.git_credentials->end(), [](const auto& entry) {
            return entry.second.is_known() && !entry.second->ssh_known_hosts.is_unknown();
          }));
}

// Whether everything that the charts' values are made of is known, but for where the pods go.
bool ValuesAreKnownElsewhere(const MonitoringStackModel& m) {
  return NoneUnknown(m.values_dir, m.environment, m.ns, m.grafana, m.loki, m.network_policies) &&
         SettingsAreKnown(m) && GitCredentialsAreKnown(m) &&
         (m.grafana.is_null() ||
          NoneUnknown(m.grafana->expose, m.grafana->admin_password_wo_version,
                      m.grafana->existing_secret, m.grafana->dashboards_dir)) &&
         (!m.argocd.is_known() || NoneUnknown(m.argocd->mode)) &&
         (m.prometheus.is_null() ||
          NoneUnknown(m.prometheus->retention, m.prometheus->volume_gib)) &&
         LokiIsKnown(m.loki);
}

bool ValuesAreKnown(const MonitoringStackModel& m) {
  return ValuesAreKnownElsewhere(m) && NoneUnknown(m.node_pool);
}

// Whether the charts are known too, so that they can be rendered.
bool ChartsAreKnown(const MonitoringStackModel& m) {
  const auto known = [](const auto& nested) {
    return !nested.is_unknown() &&
           (nested.is_null() || NoneUnknown(nested->chart_version, nested->chart_repository));
  };
  return known(m.argocd) && known(m.grafana) && known(m.loki) && known(m.promtail) &&
         known(m.alloy) && known(m.metrics_server) && known(m.prometheus) && known(m.ingress) &&
         ExtrasAreKnown(m.extra_applications) &&
         (m.argocd.is_null() || NoneUnknown(m.argocd->ns, m.argocd->manage));
}

bool GitIsKnown(const MonitoringStackModel& m) {
  return !m.git.is_unknown() &&
         (m.git.is_null() || NoneUnknown(m.git->repo_url, m.git->path, m.git->revision));
}

// ---- checks ----------------------------------------------------------------------------------

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
      !(git.ok() &&
        GitHasMoved(desired, RememberedFootprint(operation.private_state), **git, call))) {
    return std::nullopt;
  }
  absl::StatusOr<helm::Helm*> helm = connections.Helm();
  if (!helm.ok()) {
    operation.diagnostics.AddStatus(helm.status(), "Could not render the charts");
    return std::nullopt;
  }
  RenderedStack stack = Render(planned, prior, files, desired, **helm, call);
  if (desired.git && GitIsKnown(planned) && git.ok()) {
    RenderFromGit(desired, **git, **helm, LookupOf(connections), call, stack);
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

// ---- what an apply will bring about ----------------------------------------------------------

StackApplication WantedComponent(const MonitoringStackModel& planned, const Component& component) {
  const Attr<std::string> later = Attr<std::string>::Unknown();
  StackApplication wanted;
  const bool values_known = ValuesAreKnown(planned);
  // In Git mode the folder's chart has the last word on its children.
  const bool ours = !planned.git.is_known();
  wanted.chart = ours ? Attr<std::string>(component.chart.name) : later;
  wanted.chart_version = ours ? Attr<std::string>(component.chart.version) : later;
  wanted.values_hash = ours && values_known ? Attr<std::string>(HashOf(component.values)) : later;
  return wanted;
}

StackApplication WantedParent(const MonitoringStackModel& planned, const Desired& desired) {
  StackApplication wanted;
  wanted.values_hash = ValuesAreKnown(planned) ? Attr<std::string>(ValuesHashOf(desired.Parent()))
                                               : Attr<std::string>::Unknown();
  return wanted;
}

StackApplication WantedExtra(const Extra& extra) {
  const argocd::Source& source = extra.application.sources[0];
  StackApplication wanted;
  if (!source.chart.empty()) {
    wanted.chart = source.chart;
    wanted.chart_version = source.target_revision;
  }
  wanted.values_hash = ValuesHashOf(extra.application);
  return wanted;
}

std::map<std::string, StackApplication> WantedApplications(const MonitoringStackModel& planned,
                                                           const Desired& desired) {
  std::map<std::string, StackApplication> wanted;
  for (const Component& component : desired.components) {
    wanted[component.name] = WantedComponent(planned, component);
  }
  if (desired.git) {
    wanted[kParentName] = WantedParent(planned, desired);
  }
  for (const Extra& extra : desired.extras) {
    wanted[extra.application.name] = WantedExtra(extra);
  }
  return wanted;
}

bool Satisfies(const Attr<std::string>& is, const Attr<std::string>& wanted) {
  return wanted.is_unknown() || is == wanted;
}

bool IsBad(const Attr<std::string>& health) {
  return health.is_known() && (*health == "Degraded" || *health == "Missing");
}

bool Differs(const StackApplication& is, const StackApplication& wanted) {
  return !Satisfies(is.chart, wanted.chart) || !Satisfies(is.chart_version, wanted.chart_version) ||
         !Satisfies(is.values_hash, wanted.values_hash) || IsBad(is.health);
}

bool ApplicationsDiffer(const MonitoringStackModel& prior,
                        const std::map<std::string, StackApplication>& wanted) {
  if (!prior.applications.is_known() || prior.applications->size() != wanted.size()) {
    return true;
  }
  return std::any_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
    auto is = prior.applications->find(entry.first);
    return is == prior.applications->end() || !is->second.is_known() ||
           Differs(*is->second, entry.second);
  });
}

// Whether the stack has an ingress controller of its own.
bool HasController(const MonitoringStackModel& model) {
  return model.ingress.is_known() && model.ingress->controller.value_or("none") != "none";
}

bool IsExternal(const MonitoringStackModel& model) {
  return model.argocd.is_known() && model.argocd->manage.value_or("") == "external";
}

bool IsExposed(const MonitoringStackModel& model) {
  return model.grafana.is_known() && model.grafana->expose.is_known() &&
         *model.grafana->expose == "load_balancer";
}

// Everything an apply would mend that no attribute of the configuration shows.
Drifted DriftOf(const MonitoringStackModel& prior, const MonitoringStackModel& planned,
                const Attr<std::string>& argocd_hash,
                const std::map<std::string, StackApplication>& wanted) {
  const bool release_differs =
      !IsExternal(planned) &&
      (!prior.argocd.is_known() || !Satisfies(prior.argocd->values_hash, argocd_hash) ||
       prior.argocd->status.value_or("") != "deployed");
  const bool no_address =
      (IsExposed(planned) && prior.grafana.is_known() && !prior.grafana->url.is_known()) ||
      (HasController(planned) && HasController(prior) && !prior.ingress->address.is_known());
  const bool blocks_differ =
      !SameBlock(prior.grafana, planned.grafana) || !SameBlock(prior.loki, planned.loki) ||
      !SameBlock(prior.promtail, planned.promtail) || !SameBlock(prior.alloy, planned.alloy);
  const auto found = [](const Attr<ListOf<std::string>>& list) {
    return list.is_known() && !list->empty();
  };
  const StackDriftLayers layers = prior.drift_layers.value_or({});
  Drifted drifted;
  drifted.release =
      release_differs || !SameBlock(prior.argocd, planned.argocd) || found(layers.release);
  drifted.applications = no_address || blocks_differ || ApplicationsDiffer(prior, wanted) ||
                         found(layers.applications);
  // A state without layers is one of an earlier version.
  drifted.objects = prior.drift_layers.is_known() ? found(layers.objects) : found(prior.drift);
  return drifted;
}

// The applications as an update leaves them: an apply ends when all are synced and healthy.
Attr<MapOf<StackApplication>> PlannedApplications(
    const MonitoringStackModel& prior, const std::map<std::string, StackApplication>& wanted) {
  MapOf<StackApplication> planned;
  for (const auto& [name, application] : wanted) {
    StackApplication result = application;
    result.sync = std::string("Synced");
    result.health = std::string("Healthy");
    result.revision = Attr<std::string>::Unknown();
    if (prior.applications.is_known() && prior.applications->count(name) > 0 &&
        prior.applications->at(name).is_known()) {
      const StackApplication& is = *prior.applications->at(name);
      // A chart's revision is its version; Git's may move at any time.
      const bool pinned = is.chart.is_known() && application.chart.is_known();
      if (pinned && !Differs(is, application) && is.revision.is_known()) {
        result.revision = is.revision;
      }
    }
    planned[name] = result;
  }
  return planned;
}

// `forecast` is null where the last one still holds.
void PlanForecast(const MonitoringStackModel* prior, const Attr<Forecast>& forecast,
                  MonitoringStackModel& planned) {
  if (forecast.is_known()) {
    planned.planned_load_balancers = forecast->load_balancers;
    planned.planned_volume_gib = forecast->volume_gib;
    planned.planned_monthly_cost = forecast->monthly_cost;
  } else if (forecast.is_null() && prior != nullptr) {
    planned.planned_load_balancers = prior->planned_load_balancers;
    planned.planned_volume_gib = prior->planned_volume_gib;
    planned.planned_monthly_cost = prior->planned_monthly_cost;
  }
}

// The address under a host of the ingress; unknown while that is.
Attr<std::string> UrlByHost(const MonitoringStackModel& model,
                            Attr<std::string> StackIngress::*host) {
  if (model.ingress.is_known()) {
    const StackIngress& ingress = *model.ingress;
    if (!NoneUnknown(ingress.*host, ingress.tls_secret_name, ingress.cluster_issuer)) {
      return Attr<std::string>::Unknown();
    }
    const std::string url = IngressOf(model.ingress).UrlOf((ingress.*host).value_or(""));
    return url.empty() ? Attr<std::string>() : Attr<std::string>(url);
  }
  return model.ingress.is_unknown() ? Attr<std::string>::Unknown() : Attr<std::string>();
}

void PlanAddresses(const MonitoringStackModel* prior, MonitoringStackModel& planned) {
  const Attr<std::string> later = Attr<std::string>::Unknown();
  if (planned.argocd.is_known()) {
    planned.argocd->url = UrlByHost(planned, &StackIngress::argocd_host);
  }
  if (planned.grafana.is_known()) {
    const Attr<std::string>& expose = planned.grafana->expose;
    const bool has_url = prior != nullptr && prior->grafana.is_known() && IsExposed(*prior) &&
                         prior->grafana->url.is_known();
    const Attr<std::string> by_host = UrlByHost(planned, &StackIngress::grafana_host);
    planned.grafana->url = !by_host.is_null()                       ? by_host
                           : expose.is_known() && *expose == "none" ? Attr<std::string>()
                           : has_url && IsExposed(planned)          ? prior->grafana->url
                                                                    : later;
  }
  if (planned.ingress.is_known()) {
    const Attr<std::string>& controller = planned.ingress->controller;
    const bool same =
        prior != nullptr && prior->ingress.is_known() && prior->ingress->controller == controller;
    planned.ingress->address = controller.is_known() && *controller == "none" ? Attr<std::string>()
                               : same && prior->ingress->address.is_known()
                                   ? prior->ingress->address
                                   : later;
  }
}

// Which images there will be is known from the render; what the nodes pull for them is not.
void PlanImages(const MonitoringStackModel* prior, const Attr<Forecast>& forecast,
                const std::optional<Footprint>& footprint, MonitoringStackModel& planned) {
  if (forecast.is_null() && prior != nullptr && prior->images.is_known()) {
    planned.images = prior->images;
  } else if (!footprint) {
    planned.images = Attr<MapOf<std::string>>::Unknown();
  } else {
    MapOf<std::string> images;
    for (const std::string& image : footprint->images) {
      images[image] = Attr<std::string>::Unknown();
    }
    planned.images = std::move(images);
  }
}

void PlanComputed(const MonitoringStackModel* prior, const Attr<std::string>& values_hash,
                  const Attr<std::string>& argocd_hash,
                  const std::map<std::string, StackApplication>& wanted,
                  const Attr<Forecast>& forecast, const std::optional<Footprint>& images,
                  MonitoringStackModel& planned) {
  const bool applications_known = GitIsKnown(planned) && ExtrasAreKnown(planned.extra_applications);
  planned.values_hash = values_hash;
  PlanForecast(prior, forecast, planned);
  PlanImages(prior, forecast, images, planned);
  const bool proof = planned.verify.is_unknown() || planned.verify.value_or(false);
  planned.verified = proof ? Attr<bool>::Unknown() : Attr<bool>();
  planned.drift = ListOf<std::string>{};
  planned.drift_layers =
      StackDriftLayers{ListOf<std::string>{}, ListOf<std::string>{}, ListOf<std::string>{}};
  if (planned.argocd.is_known()) {
    StackArgoCd& argocd = *planned.argocd;
    argocd.values_hash = argocd_hash;
    argocd.status = std::string("deployed");
    if (argocd.manage.is_unknown()) {
      argocd.values_hash = argocd.status = Attr<std::string>::Unknown();
    } else if (IsExternal(planned)) {
      argocd.values_hash = argocd.status = {};
    }
    const bool same_chart = prior != nullptr && prior->argocd.is_known() &&
                            prior->argocd->chart_version == argocd.chart_version &&
                            prior->argocd->version.is_known();
    argocd.version = IsExternal(planned) ? Attr<std::string>()
                     : same_chart        ? prior->argocd->version
                                         : Attr<std::string>::Unknown();
  }
  PlanAddresses(prior, planned);
  planned.applications = prior != nullptr && applications_known
                             ? PlannedApplications(*prior, wanted)
                             : Attr<MapOf<StackApplication>>::Unknown();
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
  const bool files_known =
      NoneUnknown(result.values_dir, result.environment, result.apps_dir, result.grafana) &&
      (result.grafana.is_null() || !result.grafana->dashboards_dir.is_unknown());
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
