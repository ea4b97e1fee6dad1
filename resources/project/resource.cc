// SPDX-License-Identifier: MPL-2.0
#include "resources/project/resource.h"

#include "absl/strings/str_cat.h"
#include "resources/project_assignment.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const ObjectNames& Names() {
  static const auto& names = *new ObjectNames{"project", "project", "kproto_project"};
  return names;
}

// Source: /v2/projects.
class ProjectStep : public ObjectStep<ocean::Project> {
 public:
  explicit ProjectStep(ObjectWork<ProjectModel>& work)
      : ObjectStep(Names(), work.Record()), work_(work) {}

  absl::StatusOr<std::vector<ocean::Project>> List(std::stop_token stop) override {
    return work_.api.ListProjects(stop);
  }
  absl::StatusOr<std::optional<ocean::Project>> Get(const std::string& id,
                                                    std::stop_token stop) override {
    return work_.api.GetProject(id, stop);
  }
  absl::StatusOr<ocean::Project> Create(std::stop_token stop) override {
    const ProjectModel& wanted = work_.wanted;
    return work_.api.CreateProject({WantedName(), wanted.description.value_or(""),
                                    wanted.purpose.value_or(""), wanted.environment.value_or("")},
                                   stop);
  }
  // What it still holds goes to the default project first, as nothing may be without one.
  absl::Status Delete(const std::string& id, std::stop_token stop) override {
    KPROTO_RETURN_IF_ERROR(MoveOut(id, stop));
    return work_.api.DeleteProject(id, stop);
  }
  std::string WantedName() const override { return work_.wanted.name.value_or(""); }
  bool AsAsked(const ocean::Project&) const override { return true; }  // All of it can change.
  Progress ProgressOf(const ocean::Project&) const override { return {}; }
  std::string DifferenceOf(const ocean::Project& live) const override {
    const ProjectModel& wanted = work_.wanted;
    ProjectModel read = wanted;
    ReadProject(live, read);
    const bool same = read.name == wanted.name && read.purpose == wanted.purpose &&
                      live.description == wanted.description.value_or("") &&
                      live.environment == wanted.environment.value_or("") &&
                      (live.is_default || !wanted.is_default.value_or(false));
    return same ? "" : "settings";
  }
  absl::StatusOr<ocean::Project> Update(const ocean::Project& live, std::stop_token stop) override {
    const ProjectModel& wanted = work_.wanted;
    ocean::ProjectUpdate update;
    update.name = WantedName();
    update.description = wanted.description.value_or("");
    update.purpose = wanted.purpose.value_or(live.purpose);
    update.environment = wanted.environment.value_or("");
    if (wanted.is_default.value_or(false)) {
      update.is_default = true;
    }
    return work_.api.UpdateProject(live.id, update, stop);
  }
  // Something may have landed in it meanwhile.
  bool RefusalPasses(const absl::Status& refusal) const override {
    return absl::IsFailedPrecondition(refusal) || ObjectStep::RefusalPasses(refusal);
  }

 private:
  absl::Status MoveOut(const std::string& id, std::stop_token stop) {
    KPROTO_ASSIGN_OR_RETURN(const ocean::Project fallback, work_.api.GetDefaultProject(stop));
    if (fallback.id == id) {
      return WithHint(absl::PermissionDeniedError(
                          absl::StrCat("project ", fallback.name, " has become the default one")),
                      "Make another project the default, then destroy this one again.");
    }
    const auto urns = work_.api.ListProjectResources(id, stop);
    if (absl::IsNotFound(urns.status())) {
      return absl::OkStatus();
    }
    KPROTO_RETURN_IF_ERROR(urns.status());
    const absl::Status moved = AssignToProject(work_.api, fallback.id, *urns, stop);
    // What is gone by now need not move; what cannot move just now makes the delete refuse.
    return absl::IsNotFound(moved) || absl::IsUnavailable(moved) ? absl::OkStatus() : moved;
  }

  ObjectWork<ProjectModel>& work_;
};

}  // namespace

ProjectResource::ProjectResource(Connections& connections)
    : ObjectResource(connections, Names(), {absl::Minutes(5), absl::Minutes(5), absl::Minutes(5)},
                     "A DigitalOcean project. Resources join it by their `project_id`; a "
                     "`kproto_cluster` brings along its load balancers and volumes.") {}

std::unique_ptr<ObjectStep<ocean::Project>> ProjectResource::MakeStep(
    ObjectWork<ProjectModel>& work) {
  return std::make_unique<ProjectStep>(work);
}

void ProjectResource::ReadObject(const ocean::Project& live, ProjectModel& state) {
  ReadProject(live, state);
}

std::string ProjectResource::IntentKey(const ProjectModel& model) {
  return absl::StrCat("kproto_project/", model.name.value_or(""));
}

bool ProjectResource::IsFinished(const ProjectModel&) { return true; }  // It is there or not.

void ProjectResource::ModifyPlan(const ProjectModel* prior, const ProjectModel& config,
                                 ProjectModel& planned, std::vector<Path>& replace,
                                 Operation& operation) {
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
  ObjectResource::ModifyPlan(prior, config, planned, replace, operation);
}

void ProjectResource::PlanDestroy(const ProjectModel& prior, Operation& operation) {
  if (prior.is_default.value_or(false)) {
    operation.diagnostics.AddError(
        "The default project cannot be destroyed",
        absl::StrCat("DigitalOcean deletes no default project. Make another one the default first, "
                     "or keep it: tofu state rm, then destroy again. (",
                     Title(prior), ")"));
  }
  ObjectResource::PlanDestroy(prior, operation);
}

}  // namespace kproto
