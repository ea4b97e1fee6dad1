// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet/resource.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/reconcile/runner.h"
#include "resources/fleet/plan.h"
#include "resources/fleet/steps.h"
#include "resources/monitoring_stack/charts.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto {
namespace {

using fleet::FleetRef;
using fleet::FleetWork;
using fleet::Json;

constexpr char kDescription[] =
    "What the Argo CD of one cluster, the hub, delivers to many: Grafana, Loki and a log "
    "collector, or charts of your own, by ApplicationSets. Each cluster that gets it is a "
    "`kproto_fleet_member`.";
constexpr absl::Duration kTimeout = absl::Minutes(60);
constexpr absl::Duration kReadTimeout = absl::Minutes(3);

FleetRef RefOf(const FleetModel& model) {
  return {model.hub_cluster_id.value_or(""), model.argocd_ns.value_or("argocd"),
          model.name.value_or("")};
}

std::string Subject(const FleetModel& model) {
  return absl::StrCat("fleet \"", model.name.value_or(""), "\"");
}

RunOptions Options(const FleetModel& model, const char* operation_name,
                   Attr<std::string> Timeouts::*which, const Operation& operation) {
  return {operation.request.stop, TimeoutOr(model.timeouts, which, kTimeout), operation_name,
          Subject(model)};
}

absl::StatusOr<std::optional<argocd::AppProject>> ProjectOf(fleet::Hubs& hubs, const FleetRef& ref,
                                                            Clock& clock,
                                                            const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const auto hub, hubs.Connect(ref.hub_cluster_id, call));
  return fleet::ArgoCdOver(hub, clock)->GetProject(ref.argocd_ns, fleet::ProjectNameOf(ref), call);
}

// A fleet of that name may be somebody else's.
absl::Status CheckNotThere(fleet::Hubs& hubs, const FleetRef& ref, Clock& clock,
                           const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const auto project, ProjectOf(hubs, ref, clock, call));
  return project
             ? WithPath(WithHint(absl::AlreadyExistsError(absl::StrCat(
                                     "the hub has a fleet named \"", ref.name, "\" already")),
                                 absl::StrCat("To manage it here: tofu import kproto_fleet.NAME ",
                                              ref.Id(), ". Otherwise choose another name.")),
                        Path("name"))
             : absl::OkStatus();
}

Attr<FleetStackChart> ChartBlock(const MapOf<FleetApplication>& applications,
                                 const monitoring_stack::Chart& chart) {
  const auto found = applications.find(chart.component);
  if (found == applications.end() || found->second->chart_version.value_or("") == chart.version) {
    return {};
  }
  FleetStackChart block;
  block.chart_version = found->second->chart_version;
  return block;
}

// What an import cannot know but from what is there.
void ReadConfiguration(const std::vector<Json>& sets, FleetModel& state) {
  const MapOf<FleetApplication>& applications = *state.applications;
  state.ns = kubernetes::StringAt(sets[0], "/spec/template/spec/destination/namespace");
  state.stack = applications.count("grafana") > 0 && applications.count("loki") > 0;
  state.collector = std::string(applications.count("alloy") > 0 ? "alloy" : "promtail");
  const auto notes = kubernetes::StringMapAt(sets[0], "/metadata/annotations");
  const auto note = [&](const char* name) {
    const auto found = notes.find(absl::StrCat(fleet::kReserved, name));
    return found == notes.end() ? Attr<std::string>() : Attr<std::string>(found->second);
  };
  state.values_dir = note("values-dir");
  state.environment = note("environment");
  state.grafana = ChartBlock(applications, monitoring_stack::kGrafanaChart);
  state.loki = ChartBlock(applications, monitoring_stack::kLokiChart);
  state.promtail = ChartBlock(applications, monitoring_stack::kPromtailChart);
  state.alloy = ChartBlock(applications, monitoring_stack::kAlloyChart);
}

MapOf<FleetApplication> Described(const std::vector<Json>& sets) {
  MapOf<FleetApplication> applications;
  for (const Json& set : sets) {
    applications[kubernetes::LabelOf(set, fleet::kApplicationLabel)] = fleet::Describe(set);
  }
  return applications;
}

}  // namespace

FleetResource::FleetResource(Connections& connections)
    : Resource("kproto_fleet", 0, kDescription), connections_(connections), hubs_(connections) {}

void FleetResource::ValidateModel(const FleetModel& config, Diagnostics& diagnostics) {
  MonitoringStackModel stack;
  stack.checks = config.checks;
  monitoring_stack::ValidateSeverities(stack, diagnostics);
  const bool no_stack = config.stack.is_known() && !*config.stack;
  if (no_stack &&
      (config.charts.is_null() || (config.charts.is_known() && config.charts->empty()))) {
    diagnostics.AddError("Nothing to deliver", "With stack = false, charts has to name something.",
                         Path("charts"));
  }
  for (const auto& [name, chart] : config.charts.value_or({})) {
    const bool taken = name == "grafana" || name == "loki" || name == "promtail" || name == "alloy";
    if (taken && !no_stack && !config.stack.is_unknown()) {
      diagnostics.AddError("Two of one name",
                           absl::StrCat("\"", name,
                                        "\" is the stack's: choose another name, or "
                                        "set stack = false."),
                           Path("charts").Key(name));
    }
  }
}

void FleetResource::ModifyPlan(const FleetModel*, const FleetModel&, FleetModel& planned,
                               std::vector<Path>&, Operation& operation) {
  fleet::RefinePlan(planned, connections_, operation);
}

Existence FleetResource::Create(const FleetModel& config, FleetModel& state, Operation& operation) {
  const char* summary = "Could not create the fleet";
  const RunOptions options = Options(config, "create", &Timeouts::create, operation);
  const FleetRef ref = RefOf(state);
  const kubernetes::Call call{absl::Now() + options.timeout, operation.request.stop};
  absl::StatusOr<fleet::WantedFleet> wanted = fleet::Wanted(state, connections_);
  const absl::Status there =
      wanted.ok() ? CheckNotThere(hubs_, ref, connections_.clock(), call) : wanted.status();
  if (!there.ok()) {
    operation.diagnostics.AddStatus(there, summary, Path("hub_cluster_id"));
    return Existence::kAbsent;
  }
  FleetWork work{connections_, hubs_, *std::move(wanted)};
  const auto steps = fleet::StepsOf(work);
  const RunReport report = Runner(connections_.clock(), options).Converge(Pointers(steps));
  operation.diagnostics.AddStatus(report.status, summary);
  if (report.failed_step == "argocd") {
    return Existence::kAbsent;  // nothing was made
  }
  state.id = ref.Id();
  if (state.applications.is_unknown() || !report.status.ok()) {
    state.applications = Described(work.sets);
  }
  return Existence::kPresent;
}

Existence FleetResource::Read(FleetModel& state, Operation& operation) {
  const FleetRef ref = RefOf(state);
  const auto failed = [&](const absl::Status& status) {
    // With its hub the fleet is gone, too.
    if (absl::IsNotFound(status)) {
      return Existence::kAbsent;
    }
    operation.diagnostics.AddStatus(status, "Could not read the fleet", Path("hub_cluster_id"));
    return Existence::kPresent;
  };
  const auto picture = hubs_.Look(ref, operation.request.stop);
  if (!picture.ok()) {
    return failed(picture.status());
  }
  const std::vector<Json> sets = (*picture)->SetsOf(ref);
  if (sets.empty()) {
    const kubernetes::Call call{absl::Now() + kReadTimeout, operation.request.stop};
    const auto project = ProjectOf(hubs_, ref, connections_.clock(), call);
    if (!project.ok() || !*project) {
      return project.ok() ? Existence::kAbsent : failed(project.status());
    }
  }
  state.id = ref.Id();
  state.applications = Described(sets);
  if (state.ns.is_null() && !sets.empty()) {
    ReadConfiguration(sets, state);
  }
  return Existence::kPresent;
}

void FleetResource::Update(const FleetModel& prior, const FleetModel& config, FleetModel& state,
                           Operation& operation) {
  const char* summary = "Could not update the fleet";
  absl::StatusOr<fleet::WantedFleet> wanted = fleet::Wanted(state, connections_);
  if (!wanted.ok()) {
    operation.diagnostics.AddStatus(wanted.status(), summary);
    state = prior;
    return;
  }
  FleetWork work{connections_, hubs_, *std::move(wanted)};
  const auto steps = fleet::StepsOf(work);
  const RunReport report =
      Runner(connections_.clock(), Options(config, "update", &Timeouts::update, operation))
          .Converge(Pointers(steps));
  operation.diagnostics.AddStatus(report.status, summary);
  // Then everything is written; what a member does not get to is for that member's plan to show.
  const bool only_waiting_failed = report.failed_step == fleet::kMembersStep;
  if (!report.status.ok() && !only_waiting_failed) {
    state = prior;  // Half-way: the next refresh tells what is, the next plan shows the rest.
  } else if (state.applications.is_unknown()) {
    state.applications = Described(work.sets);
  }
}

void FleetResource::Delete(FleetModel& state, Operation& operation) {
  FleetWork work{connections_, hubs_, {.ref = RefOf(state), .ns = state.ns.value_or("")}};
  const kubernetes::Call call{absl::Now() + kReadTimeout, operation.request.stop};
  const auto hub = hubs_.Connect(work.wanted.ref.hub_cluster_id, call);
  if (absl::IsNotFound(hub.status())) {
    return;  // gone with its hub
  }
  const auto steps = fleet::StepsOf(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "delete", &Timeouts::remove, operation))
          .Remove(Pointers(steps));
  operation.diagnostics.AddStatus(report.status, "Could not destroy the fleet");
}

void FleetResource::ImportModel(const std::string& id, FleetModel& state, Operation& operation) {
  const char* summary = "Could not import the fleet";
  const absl::StatusOr<FleetRef> ref = fleet::ParseFleetId(id);
  if (!ref.ok()) {
    operation.diagnostics.AddStatus(ref.status(), summary);
    return;
  }
  const auto picture = hubs_.Look(*ref, operation.request.stop);
  if (!picture.ok()) {
    operation.diagnostics.AddStatus(picture.status(), summary);
    return;
  }
  if ((*picture)->SetsOf(*ref).empty()) {
    operation.diagnostics.AddError(
        summary, absl::StrCat("Argo CD in namespace ", ref->argocd_ns, " of cluster ",
                              ref->hub_cluster_id, " has no fleet \"", ref->name, "\"."));
    return;
  }
  state.name = ref->name;
  state.hub_cluster_id = ref->hub_cluster_id;
  state.argocd_ns = ref->argocd_ns;
}

}  // namespace kproto
