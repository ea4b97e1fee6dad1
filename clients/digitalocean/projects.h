// SPDX-License-Identifier: MPL-2.0
// Projects: the part of the DigitalOcean interface that is about which thing belongs to which
// project. The rules for every call are those of digitalocean.h.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kproto::digitalocean {

struct Project {
  std::string id, name, description, created_at;
  std::string purpose;      // a text of the user's own comes back as "Other: <text>"
  std::string environment;  // Development | Staging | Production | ""
  bool is_default = false;  // where everything lands that names no project
};

struct ProjectSpec {
  std::string name;  // unique in an account
  std::string description, purpose, environment;
};

// nullopt leaves a field as it is. `is_default` can be set, never unset.
struct ProjectUpdate {
  std::optional<std::string> name, description, purpose, environment;
  std::optional<bool> is_default;
};

// How one resource of an AssignResources call went; the call itself succeeds in every case.
struct Assignment {
  std::string urn;     // "do:kubernetes:<id>", "do:loadbalancer:<id>", "do:volume:<id>", …
  std::string status;  // ok | assigned | already_assigned | not_found | service_down
};

class Projects {
 public:
  virtual ~Projects() = default;

  // GET /v2/projects
  virtual absl::StatusOr<std::vector<Project>> ListProjects(std::stop_token stop) = 0;
  // GET /v2/projects/{id}
  virtual absl::StatusOr<std::optional<Project>> GetProject(const std::string& id,
                                                            std::stop_token stop) = 0;
  // GET /v2/projects/default
  virtual absl::StatusOr<Project> GetDefaultProject(std::stop_token stop) = 0;
  // POST /v2/projects. Aborted (409) when the name is taken.
  virtual absl::StatusOr<Project> CreateProject(const ProjectSpec& spec, std::stop_token stop) = 0;
  // PATCH /v2/projects/{id}. NotFound when it is gone.
  virtual absl::StatusOr<Project> UpdateProject(const std::string& id, const ProjectUpdate& update,
                                                std::stop_token stop) = 0;
  // DELETE /v2/projects/{id}. FailedPrecondition (412) while it holds resources, and for the
  // default project.
  virtual absl::Status DeleteProject(const std::string& id, std::stop_token stop) = 0;

  // GET /v2/projects/{id}/resources: the URNs in a project. NotFound when it is gone.
  virtual absl::StatusOr<std::vector<std::string>> ListProjectResources(
      const std::string& project_id, std::stop_token stop) = 0;
  // POST /v2/projects/{id}/resources. Look at every status: 200 does not mean that all were moved.
  virtual absl::StatusOr<std::vector<Assignment>> AssignResources(
      const std::string& project_id, const std::vector<std::string>& urns,
      std::stop_token stop) = 0;
};

}  // namespace kproto::digitalocean
