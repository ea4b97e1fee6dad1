// SPDX-License-Identifier: MPL-2.0
// RestProjects: the Projects part of RestDigitalOcean, and how its objects read.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/digitalocean/api.h"
#include "clients/digitalocean/projects.h"

namespace kproto::digitalocean {

Project ReadProject(const JsonView& json);
Assignment ReadAssignment(const JsonView& json);

class RestProjects : public virtual Projects {
 public:
  explicit RestProjects(Api api) : api_(std::move(api)) {}

  absl::StatusOr<std::vector<Project>> ListProjects(std::stop_token stop) override;
  absl::StatusOr<std::optional<Project>> GetProject(const std::string& id,
                                                    std::stop_token stop) override;
  absl::StatusOr<Project> GetDefaultProject(std::stop_token stop) override;
  absl::StatusOr<Project> CreateProject(const ProjectSpec& spec, std::stop_token stop) override;
  absl::StatusOr<Project> UpdateProject(const std::string& id, const ProjectUpdate& update,
                                        std::stop_token stop) override;
  absl::Status DeleteProject(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<std::string>> ListProjectResources(const std::string& project_id,
                                                                std::stop_token stop) override;
  absl::StatusOr<std::vector<Assignment>> AssignResources(const std::string& project_id,
                                                          const std::vector<std::string>& urns,
                                                          std::stop_token stop) override;

 private:
  const Api api_;
};

}  // namespace kproto::digitalocean
