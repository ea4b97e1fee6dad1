// SPDX-License-Identifier: MPL-2.0
#include "resources/project/step.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/runtime/diagnostics.h"
#include "resources/project_assignment.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr absl::Duration kPoll = absl::Seconds(5);

class ProjectStep : public Step {
 public:
  explicit ProjectStep(ProjectWork& work) : work_(work) {}
  absl::string_view name() const override { return "project"; }

  absl::Status Observe(const StepContext& context) override {
    work_.live.reset();
    if (work_.state.id.is_known()) {
      KPROTO_ASSIGN_OR_RETURN(work_.live, work_.api.GetProject(*work_.state.id, context.stop));
    }
    return absl::OkStatus();
  }

  Difference Compare() const override {
    if (!work_.live) {
      return Difference::Missing(absl::StrCat("project ", work_.wanted.name.value_or("")));
    }
    return Differs() ? Difference::Differs("settings") : Difference::None();
  }

  absl::Status Apply(const StepContext& context) override {
    if (!work_.live) {
      KPROTO_RETURN_IF_ERROR(Create(context));
    }
    if (!Differs()) {
      return absl::OkStatus();
    }
    const ProjectModel& wanted = work_.wanted;
    ocean::ProjectUpdate update;
    update.name = wanted.name.value_or(work_.live->name);
    update.description = wanted.description.value_or("");
    update.purpose = wanted.purpose.value_or(work_.live->purpose);
    update.environment = wanted.environment.value_or("");
    if (wanted.is_default.value_or(false)) {
      update.is_default = true;
    }
    KPROTO_ASSIGN_OR_RETURN(work_.live,
                            work_.api.UpdateProject(work_.live->id, update, context.stop));
    return absl::OkStatus();
  }

  // What it still holds goes to the default project first, as nothing may be without one.
  absl::Status Remove(const StepContext& context) override {
    while (work_.live) {
      if (work_.live->is_default) {
        return WithHint(absl::FailedPreconditionError(absl::StrCat(
                            "project ", work_.live->name, " is the account's default project")),
                        "Make another project the default one, then destroy this one again.");
      }
      KPROTO_RETURN_IF_ERROR(MoveOut(context));
      const absl::Status status = work_.api.DeleteProject(work_.live->id, context.stop);
      if (!absl::IsFailedPrecondition(status)) {
        return status;
      }
      if (!context.clock.Sleep(kPoll, context.stop)) {
        return status;  // Something keeps landing in it.
      }
      KPROTO_RETURN_IF_ERROR(Observe(context));
    }
    return absl::OkStatus();
  }

 private:
  bool Differs() const {
    const ocean::Project& live = *work_.live;
    ProjectModel read = work_.wanted;
    ReadProject(live, read);
    return !(read.name == work_.wanted.name) || !(read.purpose == work_.wanted.purpose) ||
           live.description != work_.wanted.description.value_or("") ||
           live.environment != work_.wanted.environment.value_or("") ||
           (work_.wanted.is_default.value_or(false) && !live.is_default);
  }

  absl::StatusOr<std::optional<ocean::Project>> Find(const StepContext& context) {
    KPROTO_ASSIGN_OR_RETURN(const auto all, work_.api.ListProjects(context.stop));
    const std::string recorded = work_.creation->fact(kProjectFact);
    for (const ocean::Project& project : all) {
      if (project.id == recorded || project.description == work_.creation->mark()) {
        return project;
      }
    }
    for (const ocean::Project& project : all) {
      if (project.name == work_.wanted.name.value_or("")) {
        return WithPath(WithHint(absl::AlreadyExistsError(absl::StrCat(
                                     "a project named \"", project.name, "\" exists already (id ",
                                     project.id, ") and was not made by this apply")),
                                 absl::StrCat("To manage it here: tofu import kproto_project.NAME ",
                                              project.id, ". Otherwise choose another name.")),
                        Path("name"));
      }
    }
    return std::nullopt;
  }

  absl::Status Create(const StepContext& context) {
    if (!work_.creation) {
      return absl::NotFoundError("the project is gone; run plan again to see it made anew");
    }
    ocean::ProjectSpec spec;
    spec.name = work_.wanted.name.value_or("");
    spec.description = work_.creation->mark();
    spec.purpose = work_.wanted.purpose.value_or("");
    spec.environment = work_.wanted.environment.value_or("");
    KPROTO_ASSIGN_OR_RETURN(work_.live,
                            Creation::Once<ocean::Project>(
                                [&] { return Find(context); },
                                [&] { return work_.api.CreateProject(spec, context.stop); }));
    work_.state.id = work_.live->id;
    return work_.creation->Note(kProjectFact, work_.live->id);
  }

  absl::Status MoveOut(const StepContext& context) {
    const auto urns = work_.api.ListProjectResources(work_.live->id, context.stop);
    if (absl::IsNotFound(urns.status()) || (urns.ok() && urns->empty())) {
      return absl::OkStatus();
    }
    KPROTO_RETURN_IF_ERROR(urns.status());
    KPROTO_ASSIGN_OR_RETURN(const ocean::Project fallback,
                            work_.api.GetDefaultProject(context.stop));
    const absl::Status moved = AssignToProject(work_.api, fallback.id, *urns, context.stop);
    // What is gone by now need not move.
    return absl::IsNotFound(moved) || absl::IsUnavailable(moved) ? absl::OkStatus() : moved;
  }

  ProjectWork& work_;
};

}  // namespace

std::unique_ptr<Step> MakeProjectStep(ProjectWork& work) {
  return std::make_unique<ProjectStep>(work);
}

}  // namespace kproto
