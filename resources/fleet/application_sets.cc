// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet/application_sets.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/yaml/yaml.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/charts.h"

namespace kproto::fleet {
namespace {

using kubernetes::StringAt;
using monitoring_stack::HashOf;

// Actions of a Go template that give what a cluster Secret says.
constexpr char kMembersName[] = "{{ index .metadata.labels \"fleet.kproto/member\" }}";
constexpr char kMembersOwn[] = "{{ index .metadata.annotations \"fleet.kproto/revision\" }}";

// Text as a string constant of a Go template: JSON's escapes are Go's, and braces in it mean
// nothing.
std::string Quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A member's own values laid over everybody's, by Argo CD: so a change of everybody's is a change
// of one object, not of each member's.
std::string MergedValues(const Delivery& delivery) {
  const std::string everybodys =
      delivery.values.dump(-1, ' ', false, Json::error_handler_t::replace);
  return absl::StrCat("{{ toYaml (mergeOverwrite (fromYaml ", Quoted(everybodys),
                      ") (fromYaml (default \"{}\" (index .metadata.annotations \"",
                      kValuesAnnotation, delivery.name, "\")))) }}");
}

// Of an ApplicationSet, what this provider writes and what decides about its Applications.
Json Essence(const Json& set) {
  Json essence = Json::object();
  for (const char* path :
       {"/spec/goTemplate", "/spec/goTemplateOptions", "/spec/generators", "/spec/syncPolicy",
        "/spec/templatePatch", "/spec/template/metadata/name", "/spec/template/metadata/labels",
        "/spec/template/metadata/finalizers", "/spec/template/spec/project",
        "/spec/template/spec/destination", "/spec/template/spec/source",
        "/spec/template/spec/sources", "/spec/template/spec/syncPolicy",
        "/spec/template/spec/ignoreDifferences"}) {
    if (const Json* field = kubernetes::FieldAt(set, path); field != nullptr) {
      essence[path] = *field;
    }
  }
  return essence;
}

Attr<std::string> ChartMember(const Attr<FleetStackChart>& chart,
                              Attr<std::string> FleetStackChart::*member) {
  return chart.is_known() ? (*chart).*member : Attr<std::string>();
}

// The chart of a block of the stack, where the fleet says something of it.
template <typename Block>
Attr<Block> StackBlock(const Attr<FleetStackChart>& chart, const char* version) {
  if (chart.is_unknown()) {
    return Attr<Block>::Unknown();
  }
  Block block;
  block.chart_repository = ChartMember(chart, &FleetStackChart::chart_repository);
  block.chart_version = ChartMember(chart, &FleetStackChart::chart_version);
  if (block.chart_version.is_null()) {
    block.chart_version = std::string(version);
  }
  return block;
}

absl::StatusOr<Delivery> DeliveryOf(const std::string& name, const FleetChart& chart,
                                    const monitoring_stack::RepositoryLookup& repository) {
  Delivery delivery{name, chart.chart.value_or(""), repository(chart.chart_repository.value_or("")),
                    chart.chart_version.value_or(""), Json::object()};
  KPROTO_ASSIGN_OR_RETURN(Json values, yaml::Parse(chart.values.value_or("")));
  if (values.is_object()) {
    delivery.values = std::move(values);
  } else if (!values.is_null()) {
    return absl::InvalidArgumentError("values must be a mapping of keys");
  }
  return delivery;
}

}  // namespace

MonitoringStackModel AsStack(const FleetModel& model) {
  MonitoringStackModel stack;
  stack.ns = model.ns;
  stack.environment = model.environment;
  stack.values_dir = model.values_dir;
  stack.collector = model.collector;
  stack.node_pool = std::string();  // members need not be alike; values place what has to be
  stack.kubernetes_version = model.kubernetes_version;
  stack.checks = model.checks;
  stack.grafana = StackBlock<StackGrafana>(model.grafana, monitoring_stack::kGrafanaChart.version);
  stack.loki = StackBlock<StackLoki>(model.loki, monitoring_stack::kLokiChart.version);
  stack.promtail =
      StackBlock<StackPromtail>(model.promtail, monitoring_stack::kPromtailChart.version);
  stack.alloy = StackBlock<StackAlloy>(model.alloy, monitoring_stack::kAlloyChart.version);
  StackArgoCd argocd;
  argocd.ns = model.argocd_ns;
  argocd.manage = std::string("external");
  stack.argocd = argocd;
  return stack;
}

absl::StatusOr<WantedFleet> WantedOf(const FleetModel& model,
                                     const monitoring_stack::ValuesFiles& files,
                                     const monitoring_stack::RepositoryLookup& repository) {
  WantedFleet wanted;
  wanted.ref = {model.hub_cluster_id.value_or(""), model.argocd_ns.value_or("argocd"),
                model.name.value_or("")};
  wanted.ns = model.ns.value_or("monitoring");
  if (model.stack.value_or(true)) {
    const monitoring_stack::Desired stack =
        monitoring_stack::DesiredOf(AsStack(model), files, repository);
    for (const monitoring_stack::Component& component : stack.components) {
      wanted.deliveries.push_back({component.name, component.chart.name, component.chart.repo_url,
                                   component.chart.version, component.values});
    }
  }
  for (const auto& [name, chart] : model.charts.value_or({})) {
    if (!chart.is_known()) {
      continue;
    }
    absl::StatusOr<Delivery> delivery = DeliveryOf(name, *chart, repository);
    if (!delivery.ok()) {
      return WithPath(delivery.status(), Path("charts").Key(name).Attribute("values"));
    }
    wanted.deliveries.push_back(*std::move(delivery));
  }
  if (model.values_dir.is_known()) {
    wanted.notes[absl::StrCat(kReserved, "values-dir")] = *model.values_dir;
  }
  if (model.environment.is_known()) {
    wanted.notes[absl::StrCat(kReserved, "environment")] = *model.environment;
  }
  return wanted;
}

Json WantedFleet::ApplicationSetOf(const Delivery& delivery) const {
  argocd::Application app;
  app.ns = ref.argocd_ns;
  app.name = absl::StrCat("{{ .name }}-", delivery.name);
  app.project = ProjectNameOf(ref);
  app.destination = {"{{ .server }}", ns};
  argocd::Source source;
  source.repo_url = delivery.repository;
  source.chart = delivery.chart;
  source.target_revision = delivery.chart_version;
  source.helm.emplace();
  source.helm->release_name = delivery.name;
  source.helm->values_text = MergedValues(delivery);
  app.sources = {source};
  app.automated = argocd::Automated{/*prune=*/true, /*self_heal=*/true, /*allow_empty=*/false};
  app.retry = argocd::Retry{};
  const std::map<std::string, std::string> labels = {
      {kManagedByLabel, kManagedBy}, {kFleetLabel, ref.name}, {kApplicationLabel, delivery.name}};
  app.labels = labels;
  app.labels[kMemberLabel] = kMembersName;
  Json metadata = {{"name", app.name}, {"labels", app.labels}, {"finalizers", app.finalizers}};
  Json set = {
      {"apiVersion", argocd::kApiVersion},
      {"kind", "ApplicationSet"},
      {"metadata",
       {{"name", ApplicationSetNameOf(ref, delivery.name)},
        {"namespace", ref.argocd_ns},
        {"labels", labels}}},
      {"spec",
       {{"goTemplate", true},
        {"goTemplateOptions", Json::array({"missingkey=error"})},
        {"generators",
         Json::array(
             {{{"clusters",
                {{"selector",
                  {{"matchLabels", {{kFleetLabel, ref.name}, {kJoinedLabel, "true"}}}}}}}}})},
        {"template",
         {{"metadata", std::move(metadata)}, {"spec", argocd::ToObject(app)["spec"]}}}}}};
  if (!notes.empty()) {
    set["metadata"]["annotations"] = notes;
  }
  // A digest of all the rest, so last.
  set["spec"]["template"]["metadata"]["annotations"][kRevisionAnnotation] =
      RevisionOf(set, kMembersOwn);
  return set;
}

argocd::AppProject WantedFleet::Project() const {
  argocd::AppProject project;
  project.ns = ref.argocd_ns;
  project.name = ProjectNameOf(ref);
  project.description = absl::StrCat("The fleet ", ref.name);
  std::set<std::string> repositories;
  for (const Delivery& delivery : deliveries) {
    repositories.insert(delivery.repository);
  }
  project.cluster_resources = {{"*", "*"}};
  project.source_repos.assign(repositories.begin(), repositories.end());
  project.destinations = {{"*", ns}};
  project.labels = {{kManagedByLabel, kManagedBy}, {kFleetLabel, ref.name}};
  return project;
}

std::string DigestOf(const Json& application_set) { return HashOf(Essence(application_set)); }

std::string RevisionOf(const Json& application_set, const std::string& member_revision) {
  return absl::StrCat(DigestOf(application_set), ".", member_revision);
}

FleetApplication Describe(const Json& application_set) {
  FleetApplication application;
  application.chart = StringAt(application_set, "/spec/template/spec/source/chart");
  application.chart_version =
      StringAt(application_set, "/spec/template/spec/source/targetRevision");
  const std::string stamp = kubernetes::StringMapAt(
      application_set, "/spec/template/metadata/annotations")[kRevisionAnnotation];
  application.digest =
      stamp == RevisionOf(application_set, kMembersOwn) ? DigestOf(application_set) : "";
  return application;
}

}  // namespace kproto::fleet
