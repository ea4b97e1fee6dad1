// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_project. The table in model.cc is the one
// declaration of every attribute.
#pragma once

#include <string>

#include "clients/digitalocean/projects.h"
#include "provider/schema/model.h"
#include "resources/timeouts.h"

namespace kproto {

struct ProjectModel {
  Attr<std::string> id, name, description, purpose, environment;
  Attr<bool> is_default;
  Attr<Timeouts> timeouts;
  Attr<std::string> created_at;
  static const Table<ProjectModel>& Fields();
};

// Writes what the API says into the model; `state` supplies the user's spelling: a purpose of the
// user's own comes back as "Other: <purpose>". Pure.
void ReadProject(const digitalocean::Project& live, ProjectModel& state);

}  // namespace kproto
