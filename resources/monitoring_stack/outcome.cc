// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/outcome.h"

#include <algorithm>

#include "resources/monitoring_stack/comparison.h"
#include "resources/monitoring_stack/known.h"

namespace kproto::monitoring_stack {
namespace {

// Whether a block says the same; only the planner looks at those that are written.
template <typename Nested>
bool SameBlock(const Attr<Nested>& a, const Attr<Nested>& b) {
  return EncodeAttr(a) == EncodeAttr(b);
}

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

bool IsExposed(const MonitoringStackModel& model) {
  return model.grafana.is_known() && model.grafana->expose.is_known() &&
         *model.grafana->expose == "load_balancer";
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

}  // namespace

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

bool IsExternal(const MonitoringStackModel& model) {
  return model.argocd.is_known() && model.argocd->manage.value_or("") == "external";
}

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

}  // namespace kproto::monitoring_stack
