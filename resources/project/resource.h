// SPDX-License-Identifier: MPL-2.0
// kproto_project: a project, by which DigitalOcean's control panel and bills are ordered. What
// belongs to it says so itself, by its project_id.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "resources/object_resource.h"
#include "resources/project/model.h"

namespace kproto {

class ProjectResource : public ObjectResource<ProjectModel, digitalocean::Project> {
 public:
  // `connections` outlives it.
  explicit ProjectResource(Connections& connections);

  std::unique_ptr<ObjectStep<digitalocean::Project>> MakeStep(
      ObjectWork<ProjectModel>& work) override;
  void ReadObject(const digitalocean::Project& live, ProjectModel& state) override;
  std::string IntentKey(const ProjectModel& model) override;
  bool IsFinished(const ProjectModel& state) override;
  void ModifyPlan(const ProjectModel* prior, const ProjectModel& config, ProjectModel& planned,
                  std::vector<Path>& replace, Operation& operation) override;
  void PlanDestroy(const ProjectModel& prior, Operation& operation) override;
};

}  // namespace kproto
