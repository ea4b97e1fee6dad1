// SPDX-License-Identifier: MPL-2.0
// kproto_project: a project, by which DigitalOcean's control panel and bills are ordered. What
// belongs to it says so itself, by its project_id.
#pragma once

#include <string>
#include <vector>

#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/project/model.h"

namespace kproto {

class ProjectResource : public Resource<ProjectModel> {
 public:
  // `connections` outlives it.
  explicit ProjectResource(Connections& connections);

  void ModifyPlan(const ProjectModel* prior, const ProjectModel& config, ProjectModel& planned,
                  std::vector<Path>& replace, Operation& operation) override;
  void PlanDestroy(const ProjectModel& prior, Operation& operation) override;
  Existence Create(const ProjectModel& config, ProjectModel& state, Operation& operation) override;
  Existence Read(ProjectModel& state, Operation& operation) override;
  void Update(const ProjectModel& prior, const ProjectModel& config, ProjectModel& state,
              Operation& operation) override;
  void Delete(ProjectModel& state, Operation& operation) override;
  void ImportModel(const std::string& id, ProjectModel& state, Operation& operation) override;

 private:
  Connections& connections_;
};

}  // namespace kproto
