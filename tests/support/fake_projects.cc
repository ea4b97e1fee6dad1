// SPDX-License-Identifier: MPL-2.0
#include "tests/support/fake_projects.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace kproto::testing {
namespace {

// A purpose of the user's own is stored with a prefix, as at DigitalOcean.
std::string StoredPurpose(const std::string& purpose) {
  static const std::set<std::string> known = {"Web Application", "Service or API",
                                              "Just trying out DigitalOcean"};
  return known.count(purpose) != 0 || absl::StartsWith(purpose, "Other: ")
             ? purpose
             : absl::StrCat("Other: ", purpose);
}

}  // namespace

bool FakeProjects::Exists(const std::string& urn) const {
  absl::string_view id = urn;
  if (absl::ConsumePrefix(&id, "do:kubernetes:")) {
    return cloud_.clusters.count(std::string(id)) != 0;
  }
  if (absl::ConsumePrefix(&id, "do:loadbalancer:")) {
    return cloud_.load_balancers.count(std::string(id)) != 0;
  }
  if (absl::ConsumePrefix(&id, "do:volume:")) {
    return cloud_.volumes.count(std::string(id)) != 0;
  }
  return !absl::StartsWith(id, "do:vpc:");
}

absl::StatusOr<std::vector<api::Project>> FakeProjects::ListProjects(std::stop_token stop) {
  return Do("ListProjects", "", stop,
            [&]() -> absl::StatusOr<std::vector<api::Project>> { return Values(cloud_.projects); });
}

absl::StatusOr<std::optional<api::Project>> FakeProjects::GetProject(const std::string& id,
                                                                     std::stop_token stop) {
  return Do("GetProject", id, stop, [&]() -> absl::StatusOr<std::optional<api::Project>> {
    return Lookup(cloud_.projects, id);
  });
}

absl::StatusOr<api::Project> FakeProjects::GetDefaultProject(std::stop_token stop) {
  return Do("GetDefaultProject", "", stop, [&]() -> absl::StatusOr<api::Project> {
    for (const auto& [id, project] : cloud_.projects) {
      if (project.is_default) {
        return project;
      }
    }
    return Missing("project");
  });
}

absl::StatusOr<api::Project> FakeProjects::CreateProject(const api::ProjectSpec& spec,
                                                         std::stop_token stop) {
  return Do("CreateProject", spec.name, stop, [&]() -> absl::StatusOr<api::Project> {
    for (const auto& [id, project] : cloud_.projects) {
      if (project.name == spec.name) {
        return absl::AbortedError("name is already in use (conflict, HTTP 409, request fake)");
      }
    }
    api::Project project{NewId(),
                         spec.name,
                         spec.description,
                         kFakeNow,
                         StoredPurpose(spec.purpose),
                         spec.environment,
                         /*is_default=*/false};
    return cloud_.projects[project.id] = project;
  });
}

absl::StatusOr<api::Project> FakeProjects::UpdateProject(const std::string& id,
                                                         const api::ProjectUpdate& update,
                                                         std::stop_token stop) {
  return Do("UpdateProject", id, stop, [&]() -> absl::StatusOr<api::Project> {
    const auto found = cloud_.projects.find(id);
    if (found == cloud_.projects.end()) {
      return Missing("project");
    }
    api::Project& project = found->second;
    project.name = update.name.value_or(project.name);
    project.description = update.description.value_or(project.description);
    project.purpose = StoredPurpose(update.purpose.value_or(project.purpose));
    project.environment = update.environment.value_or(project.environment);
    if (update.is_default.value_or(false)) {
      for (auto& [other_id, other] : cloud_.projects) {
        other.is_default = other_id == id;
      }
    }
    return project;
  });
}

absl::Status FakeProjects::DeleteProject(const std::string& id, std::stop_token stop) {
  return Do("DeleteProject", id, stop, [&]() -> absl::Status {
    const auto found = cloud_.projects.find(id);
    if (found != cloud_.projects.end() && found->second.is_default) {
      return absl::FailedPreconditionError(
          "cannot delete the default project (precondition_failed, HTTP 412, request fake)");
    }
    if (!cloud_.project_urns[id].empty()) {
      return absl::FailedPreconditionError(
          "cannot delete a project with resources. move or remove the resources first "
          "(precondition_failed, HTTP 412, request fake)");
    }
    cloud_.projects.erase(id);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<std::string>> FakeProjects::ListProjectResources(
    const std::string& project_id, std::stop_token stop) {
  return Do("ListProjectResources", project_id, stop,
            [&]() -> absl::StatusOr<std::vector<std::string>> {
              if (cloud_.projects.count(project_id) == 0) {
                return Missing("project");
              }
              return cloud_.project_urns[project_id];
            });
}

absl::StatusOr<std::vector<api::Assignment>> FakeProjects::AssignResources(
    const std::string& project_id, const std::vector<std::string>& urns, std::stop_token stop) {
  return Do("AssignResources", project_id, stop,
            [&]() -> absl::StatusOr<std::vector<api::Assignment>> {
              if (cloud_.projects.count(project_id) == 0) {
                return Missing("project");
              }
              std::vector<api::Assignment> assignments;
              for (const std::string& urn : urns) {
                if (!Exists(urn)) {
                  assignments.push_back({urn, "not_found"});
                  continue;
                }
                for (auto& [other, held] : cloud_.project_urns) {
                  std::erase(held, urn);
                }
                cloud_.project_urns[project_id].push_back(urn);
                assignments.push_back({urn, "assigned"});
              }
              return assignments;
            });
}

}  // namespace kproto::testing
