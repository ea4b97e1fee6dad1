// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/adoption.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/charts.h"
#include "resources/monitoring_stack/checks/forecast.h"
#include "resources/monitoring_stack/comparison.h"
#include "resources/monitoring_stack/files.h"
#include "resources/monitoring_stack/images.h"
#include "resources/monitoring_stack/mapping.h"
#include "resources/monitoring_stack/record.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::FieldAt;
using kubernetes::ListAt;
using kubernetes::StringAt;

// What a line of `drift` begins with when it is about something to be taken over.
constexpr char kTakeover[] = "not made by kproto, and taken over by the next apply: ";

// What an import found, by the name of the Application: those that kproto keeps, or, in Git mode,
// has asked for.
struct Parts {
  std::map<std::string, argocd::Application> ours;
  std::set<std::string> others;

  const argocd::Application* Find(const std::string& name) const {
    const auto found = ours.find(name);
    return found == ours.end() ? nullptr : &found->second;
  }
};

// Where Argo CD is; "" when it is nowhere, or in more places than one.
absl::StatusOr<std::string> ArgoCdNamespace(const Cluster& cluster, const kubernetes::Call& call) {
  kubernetes::ListOptions controllers;
  controllers.label_selector =
      "app.kubernetes.io/part-of=argocd,app.kubernetes.io/component=application-controller";
  std::set<std::string> namespaces;
  for (const char* kind : {"StatefulSet", "Deployment"}) {
    KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> found,
                            cluster.kubernetes->List("apps/v1", kind, controllers, call));
    for (const Json& workload : found) {
      namespaces.insert(kubernetes::KeyOf(workload).ns);
    }
  }
  return namespaces.size() == 1 ? *namespaces.begin() : "";
}

absl::StatusOr<Parts> FindParts(const Cluster& cluster, const std::string& argocd_ns,
                                const kubernetes::Call& call) {
  kubernetes::ListOptions options;
  options.ns = argocd_ns;
  KPROTO_ASSIGN_OR_RETURN(
      const std::vector<Json> found,
      cluster.kubernetes->List(argocd::kApiVersion, "Application", options, call));
  Parts parts;
  for (const Json& object : found) {
    const argocd::Application application = argocd::ApplicationFrom(object);
    if (IsOurs(object)) {
      parts.ours[application.name] = application;
    } else {
      parts.others.insert(application.name);
    }
  }
  // The children of the App-of-Apps are marked by its chart, if at all; its values name them.
  if (const argocd::Application* parent = parts.Find(kParentName)) {
    for (const Json& object : found) {
      const std::string name = kubernetes::KeyOf(object).name;
      const bool child = !parent->sources.empty() && parent->sources[0].helm &&
                         Find(parent->sources[0].helm->values, {"applications", name}) != nullptr;
      if (child) {
        parts.ours[name] = argocd::ApplicationFrom(object);
        parts.others.erase(name);
      }
    }
  }
  return parts;
}

// ---- parts, one by one -----------------------------------------------------------------------

// Empty when there are none that could be read.
Json ReadableValues(const argocd::Application& application) {
  if (application.sources.empty() || !application.sources[0].helm) {
    return Json::object();
  }
  const absl::StatusOr<Json> values = ValuesOf(*application.sources[0].helm);
  return values.ok() && values->is_object() ? *values : Json::object();
}

std::string VersionOf(const argocd::Application& application) {
  return application.sources.empty() ? "" : application.sources[0].target_revision;
}

void RecogniseGit(const Parts& parts, MonitoringStackModel& state) {
  const argocd::Application* parent = parts.Find(kParentName);
  if (state.git.is_null() && parent != nullptr && !parent->sources.empty() &&
      !parent->sources[0].path.empty()) {
    StackGit git;
    git.repo_url = parent->sources[0].repo_url;
    git.path = parent->sources[0].path;
    git.revision = parent->sources[0].target_revision;
    state.git = std::move(git);
  }
}

void RecogniseCollector(const Parts& parts, MonitoringStackModel& state) {
  if (state.collector.is_null()) {
    const std::string alloy = kAlloyChart.component, promtail = kPromtailChart.component;
    const bool by_hand = parts.others.count(alloy) > 0 && parts.others.count(promtail) == 0;
    state.collector = parts.Find(alloy) != nullptr || by_hand ? alloy : promtail;
  }
}

void RecogniseMetricsServer(const Parts& parts, MonitoringStackModel& state) {
  const argocd::Application* server = parts.Find(kMetricsServerChart.component);
  if (state.metrics_server.is_null() && server != nullptr) {
    StackMetricsServer metrics_server;
    metrics_server.chart_version = VersionOf(*server);
    state.metrics_server = std::move(metrics_server);
  }
}

// What an Ingress says of hosts and certificates that `ingress` does not say yet.
void Read(const Json& object, Attr<std::string> StackIngress::*host, StackIngress& ingress) {
  ingress.*host = StringAt(object, "/spec/rules/0/host");
  ingress.class_name = StringAt(object, "/spec/ingressClassName");
  const std::string issuer = kubernetes::AnnotationOf(object, "cert-manager.io/cluster-issuer");
  const std::string secret = StringAt(object, "/spec/tls/0/secretName");
  if (!issuer.empty()) {
    ingress.cluster_issuer = issuer;
  } else if (!secret.empty()) {
    ingress.tls_secret_name = secret;
  }
}

absl::Status RecogniseIngress(const Cluster& cluster, const Parts& parts,
                              const std::string& argocd_ns, const kubernetes::Call& call,
                              MonitoringStackModel& state) {
  if (!state.ingress.is_null() || parts.ours.empty()) {
    return absl::OkStatus();
  }
  StackIngress ingress;
  for (const Chart* chart : {&kNginxIngressChart, &kIngressNginxChart}) {
    if (const argocd::Application* controller = parts.Find(chart->component)) {
      ingress.controller = std::string(chart->component);
      if (const std::string version = VersionOf(*controller); version != chart->version) {
        ingress.chart_version = version;  // else nobody had to say it
      }
    }
  }
  kubernetes::ListOptions in_stack, of_argocd;
  in_stack.ns = state.ns.value_or("monitoring");
  in_stack.label_selector = "app.kubernetes.io/name=grafana";
  of_argocd.ns = argocd_ns;
  of_argocd.label_selector = "app.kubernetes.io/part-of=argocd";
  for (const auto& [options, host] : {std::pair(in_stack, &StackIngress::grafana_host),
                                      std::pair(of_argocd, &StackIngress::argocd_host)}) {
    KPROTO_ASSIGN_OR_RETURN(
        const std::vector<Json> found,
        cluster.kubernetes->List("networking.k8s.io/v1", "Ingress", options, call));
    if (!found.empty()) {
      Read(found[0], host, ingress);
    }
  }
  const bool any = ingress.controller.is_known() || ingress.grafana_host.is_known() ||
                   ingress.argocd_host.is_known();
  if (any) {
    ingress.controller = ingress.controller.value_or("none");
    ingress.class_name = ingress.class_name.value_or("nginx");
    state.ingress = std::move(ingress);
  }
  return absl::OkStatus();
}

// ---- what is taken over ----------------------------------------------------------------------

// What becomes of an Application apart from what its attributes show.
std::string ChangesOf(const argocd::Application& want, const argocd::Application& is) {
  std::vector<std::string> changes;
  const auto moves = [&](const char* what, const std::string& from, const std::string& to) {
    if (from != to) {
      changes.push_back(absl::StrCat(what, " ", from.empty() ? "(none)" : from, " -> ", to));
    }
  };
  moves("project", is.project, want.project);
  moves("namespace", is.destination.ns, want.destination.ns);
  if (!want.sources.empty()) {
    moves("repository", is.sources.empty() ? "" : is.sources[0].repo_url, want.sources[0].repo_url);
  }
  if (is.sources.size() > want.sources.size()) {
    changes.push_back("one source in place of several");
  }
  const bool overridden =
      !is.sources.empty() && is.sources[0].helm &&
      (!is.sources[0].helm->others.empty() || !is.sources[0].helm->values_text.empty() ||
       !is.sources[0].helm->value_files.empty());
  if (overridden) {
    changes.push_back("its values come from the configuration alone");
  }
  if (!is.automated) {
    changes.push_back("synced automatically");
  }
  if (is.finalizers.empty()) {
    changes.push_back("a finalizer, so that a destroy removes its workloads too");
  }
  return absl::StrJoin(changes, ", ");
}

std::string TakeoverOf(const argocd::Application& want, const argocd::Application& is) {
  const std::string changes = ChangesOf(want, is);
  return absl::StrCat(kTakeover, "Application ", want.name,
                      changes.empty() ? "" : absl::StrCat(" (", changes, ")"));
}

}  // namespace

absl::StatusOr<DataFacts> ObservedData(Stack& stack, const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const Cluster cluster, stack.access.Get(call));
  kubernetes::ListOptions options;
  options.ns = stack.desired.ns;
  KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> claims,
                          cluster.kubernetes->List("v1", "PersistentVolumeClaim", options, call));
  DataFacts facts;
  for (const Json& claim : claims) {
    const std::string component = kubernetes::LabelOf(claim, "app.kubernetes.io/instance");
    const auto found = stack.found.applications.find(component);
    if (found != stack.found.applications.end() && found->second) {
      facts.with_volume.insert(component);
    }
  }
  const auto loki = stack.found.applications.find(kLokiChart.component);
  if (loki != stack.found.applications.end() && loki->second) {
    const Json values = ReadableValues(loki->second->application);
    const Json* periods = Find(values, {"loki", "schemaConfig", "configs"});
    facts.schema = periods != nullptr && periods->is_array() ? *periods : Json::array();
  }
  return facts;
}

bool IsForeign(const argocd::Application& application) {
  const auto label = application.labels.find(kManagedByLabel);
  return label == application.labels.end() || label->second != kManagedBy;
}

bool IsFreshImport(const MonitoringStackModel& state) {
  return state.cluster_uid.is_null() && state.applications.is_null();
}

absl::Status RecogniseParts(Access& access, const kubernetes::Call& call,
                            MonitoringStackModel& state) {
  KPROTO_ASSIGN_OR_RETURN(const Cluster cluster, access.Get(call));
  KPROTO_ASSIGN_OR_RETURN(const Json record,
                          ReadRecord(cluster, state.ns.value_or("monitoring"), call));
  FillFromRecord(record, state);
  if (state.argocd.is_null()) {
    KPROTO_ASSIGN_OR_RETURN(const std::string ns, ArgoCdNamespace(cluster, call));
    StackArgoCd argocd;
    argocd.ns = ns.empty() ? "argocd" : ns;
    state.argocd = std::move(argocd);
  }
  const std::string argocd_ns = state.argocd->ns.value_or("argocd");
  KPROTO_ASSIGN_OR_RETURN(const Parts parts, FindParts(cluster, argocd_ns, call));
  if (state.argocd->manage.is_null()) {
    state.argocd->manage = std::string(parts.Find(kReleaseName) != nullptr ? "self" : "helm");
  }
  RecogniseGit(parts, state);
  RecogniseCollector(parts, state);
  RecogniseMetricsServer(parts, state);
  return RecogniseIngress(cluster, parts, argocd_ns, call, state);
}

std::vector<std::string> Takeovers(const Stack& stack) {
  const Desired& desired = stack.desired;
  std::vector<std::string> lines;
  if (stack.found.release && !stack.found.marked) {
    const helm::Release& release = *stack.found.release;
    lines.push_back(absl::StrCat(kTakeover, "Argo CD, Helm ", release.key.ToString(), " (chart ",
                                 release.chart_name, " ", release.chart_version,
                                 "): upgraded in place"));
  }
  if (stack.found.argocd_without_helm) {
    lines.push_back(absl::StrCat(
        kTakeover, "Argo CD in namespace ", desired.argocd_ns,
        ", installed without Helm: its workloads are made anew by the chart, all that it keeps in "
        "ConfigMaps, Secrets and Applications stays"));
  }
  const auto add = [&](const argocd::Application& want) {
    const auto found = stack.found.applications.find(want.name);
    if (found != stack.found.applications.end() && found->second &&
        IsForeign(found->second->application)) {
      lines.push_back(TakeoverOf(want, found->second->application));
    }
  };
  if (desired.git) {
    add(desired.Parent());  // its children are its chart's to mark
    return lines;
  }
  for (const Component& component : desired.components) {
    add(desired.ApplicationOf(component));
  }
  return lines;
}

std::vector<std::string> NoLongerWanted(const MonitoringStackModel& prior, const Desired& desired) {
  std::vector<std::string> names;
  if (!prior.applications.is_known()) {
    return names;
  }
  const std::vector<std::string> wanted = desired.ApplicationNames();
  for (const auto& [name, application] : *prior.applications) {
    // Without Git its parent goes, and by its mark.
    if (name != kParentName && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) {
      names.push_back(name);
    }
  }
  return names;
}

void CompleteImport(const RenderedStack& picture, Stack& stack, const kubernetes::Call& call,
                    MonitoringStackModel& state) {
  if (!Takeovers(stack).empty()) {
    return;
  }
  state.values_hash = HashOf(picture.files);
  if (const std::optional<Forecast> forecast = ForecastOf(picture)) {
    state.planned_load_balancers = forecast->load_balancers;
    state.planned_volume_gib = forecast->volume_gib;
    state.planned_monthly_cost = forecast->monthly_cost;
  }
  if (const auto cluster = stack.access.Get(call); cluster.ok()) {
    auto images = PulledImages(*cluster, stack.desired, call);
    if (images.ok()) {
      stack.found.images = *std::move(images);
    }
  }
  state.images = Attr<MapOf<std::string>>::Unknown();
  FillUnknown(stack, state);
}

void WarnOfTakeovers(const MonitoringStackModel& prior, Diagnostics& diagnostics) {
  if (!prior.drift.is_known()) {
    return;
  }
  std::vector<std::string> lines;
  for (const Attr<std::string>& line : *prior.drift) {
    if (line.is_known() && absl::StartsWith(*line, kTakeover)) {
      lines.push_back(absl::StrCat("  - ", line->substr(sizeof(kTakeover) - 1)));
    }
  }
  if (!lines.empty()) {
    diagnostics.AddWarning(
        "The stack takes over what kproto has not made",
        absl::StrCat(absl::StrJoin(lines, "\n"),
                     "\nNames, namespaces and volumes stay. From then on a change by hand is "
                     "mended, and a destroy removes them; namespaces that were there before stay."),
        Path("drift"));
  }
}

}  // namespace kproto::monitoring_stack
