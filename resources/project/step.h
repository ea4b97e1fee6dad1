// SPDX-License-Identifier: MPL-2.0
// The one step of a kproto_project. A new project carries the mark of the journal's intent as its
// description until its id is recorded; then it gets its own. Source: /v2/projects.
#pragma once

#include <memory>
#include <optional>

#include "clients/digitalocean/digitalocean.h"
#include "provider/reconcile/step.h"
#include "resources/creation.h"
#include "resources/project/model.h"

namespace kproto {

struct ProjectWork {
  digitalocean::DigitalOcean& api;
  const ProjectModel wanted;         // as planned, or as stored when destroying
  ProjectModel& state;               // the id is written at once
  std::optional<Creation> creation;  // only while creating
  std::optional<digitalocean::Project> live;
};

// `work` outlives it.
std::unique_ptr<Step> MakeProjectStep(ProjectWork& work);

// What the journal calls its id.
inline constexpr char kProjectFact[] = "project_id";

}  // namespace kproto
