// SPDX-License-Identifier: MPL-2.0
// FakeProjects: the Projects part of FakeDigitalOcean.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_api.h"

namespace kproto::testing {

class FakeProjects : public virtual api::Projects, public virtual FakeApi {
 public:
  absl::StatusOr<std::vector<api::Project>> ListProjects(std::stop_token stop) override;
  absl::StatusOr<std::optional<api::Project>> GetProject(const std::string& id,
                                                         std::stop_token stop) override;
  absl::StatusOr<api::Project> GetDefaultProject(std::stop_token stop) override;
  absl::StatusOr<api::Project> CreateProject(const api::ProjectSpec& spec,
                                             std::stop_token stop) override;
  absl::StatusOr<api::Project> UpdateProject(const std::string& id,
                                             const api::ProjectUpdate& update,
                                             std::stop_token stop) override;
  absl::Status DeleteProject(const std::string& id, std::stop_token stop) override;
  absl::StatusOr<std::vector<std::string>> ListProjectResources(const std::string& project_id,
                                                                std::stop_token stop) override;
  absl::StatusOr<std::vector<api::Assignment>> AssignResources(const std::string& project_id,
                                                               const std::vector<std::string>& urns,
                                                               std::stop_token stop) override;

 private:
  bool Exists(const std::string& urn) const;
};

}  // namespace kproto::testing
