// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/project_step.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/reconcile/poll_pace.h"
#include "resources/cluster/associated.h"
#include "resources/project_assignment.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const Path kProject("project_id");

// The cluster and what was made for its workloads.
absl::StatusOr<std::vector<std::string>> UrnsOf(ocean::DigitalOcean& api,
                                                const ClusterModel& cluster, std::stop_token stop) {
  std::vector<std::string> urns = {ClusterUrn(*cluster.id)};
  KPROTO_ASSIGN_OR_RETURN(const AssociatedThings made,
                          FindAssociated(api, *cluster.id, cluster.associated_resources, stop));
  for (const ocean::LoadBalancer& balancer : made.load_balancers) {
    urns.push_back(absl::StrCat("do:loadbalancer:", balancer.id));
  }
  for (const ocean::Volume& volume : made.volumes) {
    urns.push_back(absl::StrCat("do:volume:", volume.id));
  }
  return urns;
}

// Which of them are not in the project. A project that is gone holds nothing.
absl::StatusOr<std::vector<std::string>> Strays(ocean::DigitalOcean& api,
                                                const ClusterModel& cluster,
                                                const std::string& project_id,
                                                std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(std::vector<std::string> urns, UrnsOf(api, cluster, stop));
  const auto held = api.ListProjectResources(project_id, stop);
  if (absl::IsNotFound(held.status())) {
    return urns;
  }
  KPROTO_RETURN_IF_ERROR(held.status());
  std::erase_if(urns, [&](const std::string& urn) {
    return std::find(held->begin(), held->end(), urn) != held->end();
  });
  return urns;
}

// Touches nothing of `work` that a step beside it changes: only the id, known since the cluster
// step, and what is wanted.
class ProjectStep : public Step {
 public:
  explicit ProjectStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "project"; }
  std::vector<absl::string_view> needs() const override { return {"api_server"}; }

  absl::Status Observe(const StepContext& context) override {
    strays_.clear();
    if (Wanted() && work_.state.id.is_known()) {
      KPROTO_ASSIGN_OR_RETURN(
          strays_, Strays(work_.api, work_.state, *work_.wanted.project_id, context.stop));
    }
    return absl::OkStatus();
  }

  Difference Compare() const override {
    return strays_.empty()
               ? Difference::None()
               : Difference::Differs(absl::StrCat(absl::StrJoin(strays_, ", "), " -> project ",
                                                  *work_.wanted.project_id));
  }

  absl::Status Apply(const StepContext& context) override {
    PollPace pace(context.clock);
    while (true) {
      const absl::Status status =
          AssignToProject(work_.api, *work_.wanted.project_id, strays_, context.stop);
      // A resource of another service may be slow to answer; it does not stay so.
      if (!absl::IsUnavailable(status) || !context.clock.Sleep(pace.Next(), context.stop)) {
        return WithPath(WithHint(status,
                                 "Check project_id, and that the token may change "
                                 "projects; then apply again."),
                        kProject);
      }
    }
  }

  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  bool Wanted() const { return work_.wanted.project_id.is_known(); }

  ClusterWork& work_;
  std::vector<std::string> strays_;
};

}  // namespace

std::string ClusterUrn(const std::string& id) { return absl::StrCat("do:kubernetes:", id); }

std::unique_ptr<Step> MakeProjectStep(ClusterWork& work) {
  return std::make_unique<ProjectStep>(work);
}

void CheckProject(ocean::DigitalOcean& api, const ClusterModel* prior, const ClusterModel& planned,
                  Operation& operation) {
  const bool same = prior != nullptr && prior->project_id == planned.project_id;
  if (!planned.project_id.is_known() || same) {
    return;
  }
  const auto project = api.GetProject(*planned.project_id, operation.request.stop);
  if (!project.ok()) {
    operation.diagnostics.AddStatus(project.status(), "Could not look up the project", kProject);
  } else if (!*project) {
    operation.diagnostics.AddError(
        "Unknown project",
        absl::StrCat("project_id: there is no project with id ", *planned.project_id,
                     ". Check the id, or make one with kproto_project."),
        kProject);
  }
}

void ReadProject(ocean::DigitalOcean& api, ClusterModel& state, Operation& operation) {
  if (!state.project_id.is_known() || !state.id.is_known()) {
    return;
  }
  const std::stop_token stop = operation.request.stop;
  const auto strays = Strays(api, state, *state.project_id, stop);
  if (!strays.ok()) {
    operation.diagnostics.AddStatus(strays.status(), "Could not read the project of the cluster",
                                    kProject);
    return;
  }
  if (strays->empty()) {
    return;
  }
  const auto elsewhere = ProjectOf(api, strays->front(), stop);
  if (!elsewhere.ok()) {
    operation.diagnostics.AddStatus(elsewhere.status(), "Could not read the project of the cluster",
                                    kProject);
    return;
  }
  operation.diagnostics.AddWarning(
      "Not all of the cluster is in its project",
      absl::StrCat("Not in project ", *state.project_id, ": ", absl::StrJoin(*strays, ", "),
                   ". The next apply moves it there."),
      kProject);
  state.project_id = *elsewhere ? Attr<std::string>((*elsewhere)->id) : Attr<std::string>();
}

absl::StatusOr<std::optional<ocean::Project>> ProjectOf(ocean::DigitalOcean& api,
                                                        const std::string& urn,
                                                        std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(const auto projects, api.ListProjects(stop));
  for (const ocean::Project& project : projects) {
    KPROTO_ASSIGN_OR_RETURN(const auto held, api.ListProjectResources(project.id, stop));
    if (std::find(held.begin(), held.end(), urn) != held.end()) {
      return project;
    }
  }
  return std::nullopt;
}

}  // namespace kproto
