// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/rest_projects.h"

#include "clients/digitalocean/write_parts.h"

namespace kproto::digitalocean {
namespace {

using http::Idempotency;
using http::Method;

std::string ReadUrn(const JsonView& json) { return json.RequiredText("urn"); }

std::vector<Assignment> ReadAssignments(const JsonView& json) {
  return json.List("resources", ReadAssignment);
}

Json WriteProjectSpec(const ProjectSpec& spec) {
  Json json = {{"name", spec.name}, {"purpose", spec.purpose}};
  PutText(json, "description", spec.description);
  PutText(json, "environment", spec.environment);
  return json;
}

Json WriteProjectUpdate(const ProjectUpdate& update) {
  Json json = Json::object();
  PutOptional(json, "name", update.name);
  PutOptional(json, "description", update.description);
  PutOptional(json, "purpose", update.purpose);
  PutOptional(json, "environment", update.environment);
  PutOptional(json, "is_default", update.is_default);
  return json;
}

}  // namespace

Project ReadProject(const JsonView& json) {
  Project project;
  project.id = json.RequiredText("id");
  project.name = json.Text("name");
  project.description = json.Text("description");
  project.purpose = json.Text("purpose");
  project.environment = json.Text("environment");
  project.created_at = json.Text("created_at");
  project.is_default = json.Flag("is_default");
  return project;
}

Assignment ReadAssignment(const JsonView& json) {
  return {json.RequiredText("urn"), json.Text("status")};
}

absl::StatusOr<std::vector<Project>> RestProjects::ListProjects(std::stop_token stop) {
  return api_.FetchAll("/v2/projects", "projects", ReadProject, stop);
}

absl::StatusOr<std::optional<Project>> RestProjects::GetProject(const std::string& id,
                                                                std::stop_token stop) {
  return api_.Find({.path = Under("projects", id)}, "project", ReadProject, stop);
}

absl::StatusOr<Project> RestProjects::GetDefaultProject(std::stop_token stop) {
  return api_.Fetch({.path = "/v2/projects/default"}, "project", ReadProject, stop);
}

absl::StatusOr<Project> RestProjects::CreateProject(const ProjectSpec& spec, std::stop_token stop) {
  return api_.Fetch(
      {.method = Method::kPost, .path = "/v2/projects", .body = WriteProjectSpec(spec)}, "project",
      ReadProject, stop);
}

absl::StatusOr<Project> RestProjects::UpdateProject(const std::string& id,
                                                    const ProjectUpdate& update,
                                                    std::stop_token stop) {
  return api_.Fetch({.method = Method::kPatch,
                     .path = Under("projects", id),
                     .body = WriteProjectUpdate(update),
                     .idempotency = Idempotency::kIdempotent},
                    "project", ReadProject, stop);
}

absl::Status RestProjects::DeleteProject(const std::string& id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("projects", id)}, stop);
}

absl::StatusOr<std::vector<std::string>> RestProjects::ListProjectResources(
    const std::string& project_id, std::stop_token stop) {
  return api_.FetchAll(Under("projects", project_id, "/resources"), "resources", ReadUrn, stop);
}

absl::StatusOr<std::vector<Assignment>> RestProjects::AssignResources(
    const std::string& project_id, const std::vector<std::string>& urns, std::stop_token stop) {
  return api_.Fetch({.method = Method::kPost,
                     .path = Under("projects", project_id, "/resources"),
                     .body = Json{{"resources", urns}},
                     .idempotency = Idempotency::kIdempotent},
                    "", ReadAssignments, stop);
}

}  // namespace kproto::digitalocean
