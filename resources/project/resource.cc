// SPDX-License-Identifier: MPL-2.0
#include "resources/project/resource.h"

#include "absl/strings/str_cat.h"
#include "provider/reconcile/runner.h"
#include "resources/import_choice.h"
#include "resources/project/step.h"
#include "resources/promises.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr absl::Duration kTimeout = absl::Minutes(5);

std::string Title(const ProjectModel& model) {
  return absl::StrCat("project \"", model.name.value_or(""), "\"");
}

RunOptions Options(const ProjectModel& model, const char* name, Attr<std::string> Timeouts::*limit,
                   Operation& operation) {
  return {operation.request.stop, TimeoutOr(model.timeouts, limit, kTimeout), name, Title(model)};
}

}  // namespace

ProjectResource::ProjectResource(Connections& connections)
    : Resource("kproto_project", 0,
               "A DigitalOcean project. Resources join it by their `project_id`; a "
               "`kproto_cluster` brings along its load balancers and volumes."),
      connections_(connections) {}

void ProjectResource::ModifyPlan(const ProjectModel* prior, const ProjectModel& config,
                                 ProjectModel& planned, std::vector<Path>&, Operation& operation) {
  if (prior == nullptr && config.is_default.is_null()) {
    planned.is_default = false;
  }
  if (config.is_default.is_known() && !*config.is_default && prior != nullptr &&
      prior->is_default.value_or(false)) {
    operation.diagnostics.AddError(
        "The default project stays the default",
        "is_default: DigitalOcean cannot take it away. Write is_default = true in the project that "
        "shall be the default, and leave it out here.",
        Path("is_default"));
  }
}

void ProjectResource::PlanDestroy(const ProjectModel& prior, Operation& operation) {
  if (prior.is_default.value_or(false)) {
    operation.diagnostics.AddError(
        "The default project cannot be destroyed",
        absl::StrCat("DigitalOcean deletes no default project. Make another one the default first, "
                     "or keep it: tofu state rm, then destroy again. (",
                     Title(prior), ")"));
  }
}

Existence ProjectResource::Create(const ProjectModel&, ProjectModel& state, Operation& operation) {
  const std::string summary = absl::StrCat("Could not create ", Title(state));
  const auto api = connections_.DigitalOcean();
  auto creation = api.ok()
                      ? Creation::Begin(connections_.journal(),
                                        absl::StrCat("kproto_project/", state.name.value_or("")))
                      : absl::StatusOr<Creation>(api.status());
  if (!creation.ok()) {
    operation.diagnostics.AddStatus(creation.status(), summary);
    return Existence::kAbsent;
  }
  ProjectWork work{**api, state, state, *std::move(creation), {}};
  const auto step = MakeProjectStep(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "create", &Timeouts::create, operation))
          .Converge({step.get()});
  if (work.live) {
    ReadProject(*work.live, state);
  }
  operation.diagnostics.AddStatus(report.status, summary);
  if (report.status.ok()) {
    KeepPromises(work.wanted, state);
  }
  const bool made = state.id.is_known();
  const bool maybe = made || http::MayHaveTakenEffect(report.status);
  work.creation->End(maybe ? Creation::Outcome::kObject : Creation::Outcome::kNothing,
                     operation.diagnostics);
  return made ? Existence::kPresent : Existence::kAbsent;
}

Existence ProjectResource::Read(ProjectModel& state, Operation& operation) {
  if (!state.id.is_known()) {
    return Existence::kAbsent;
  }
  const auto api = connections_.DigitalOcean();
  const auto live = api.ok() ? (*api)->GetProject(*state.id, operation.request.stop)
                             : absl::StatusOr<std::optional<ocean::Project>>(api.status());
  if (!live.ok()) {
    operation.diagnostics.AddStatus(live.status(), absl::StrCat("Could not read ", Title(state)));
    return Existence::kPresent;
  }
  if (!*live) {
    return Existence::kAbsent;
  }
  ReadProject(**live, state);
  ForgetCreation(connections_.journal(), kProjectFact, *state.id);
  return Existence::kPresent;
}

void ProjectResource::Update(const ProjectModel& prior, const ProjectModel&, ProjectModel& state,
                             Operation& operation) {
  const std::string summary = absl::StrCat("Could not update ", Title(state));
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    state = prior;
    return;
  }
  ProjectWork work{**api, state, state, {}, {}};
  const auto step = MakeProjectStep(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "update", &Timeouts::update, operation))
          .Converge({step.get()});
  operation.diagnostics.AddStatus(report.status, summary);
  if (!report.status.ok()) {
    state = prior;
  } else {
    ReadProject(*work.live, state);
    KeepPromises(work.wanted, state);
  }
}

void ProjectResource::Delete(ProjectModel& state, Operation& operation) {
  const std::string summary = absl::StrCat("Could not destroy ", Title(state));
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    return;
  }
  ProjectWork work{**api, state, state, {}, {}};
  const auto step = MakeProjectStep(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "delete", &Timeouts::remove, operation))
          .Remove({step.get()});
  operation.diagnostics.AddStatus(report.status, summary);
  if (report.status.ok()) {
    ForgetCreation(connections_.journal(), kProjectFact, state.id.value_or(""));
  }
}

void ProjectResource::ImportModel(const std::string& id, ProjectModel& state,
                                  Operation& operation) {
  const std::string summary = absl::StrCat("Could not import project \"", id, "\"");
  const auto api = connections_.DigitalOcean();
  const auto all = api.ok() ? (*api)->ListProjects(operation.request.stop)
                            : absl::StatusOr<std::vector<ocean::Project>>(api.status());
  if (!all.ok()) {
    operation.diagnostics.AddStatus(all.status(), summary);
    return;
  }
  std::vector<ImportCandidate> candidates;
  for (const ocean::Project& project : *all) {
    candidates.push_back({project.id, project.name, ""});
  }
  const auto chosen = ChooseForImport("project", id, candidates);
  if (!chosen.ok()) {
    operation.diagnostics.AddStatus(chosen.status(), summary);
    return;
  }
  ReadProject((*all)[*chosen], state);
}

}  // namespace kproto
