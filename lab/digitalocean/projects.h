// SPDX-License-Identifier: MPL-2.0
// Projects: what belongs to which. New things land in the default project.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

void SeedDefaultProject(Cloud* cloud);

// An empty project id means the default project. False when there is no such project.
bool AssignToProject(Cloud* cloud, const std::string& project_id, const std::string& urn);
// For a thing that is gone.
void ForgetInProjects(Cloud* cloud, const std::string& urn);
// The id of the project that holds the thing.
std::string ProjectOf(Cloud* cloud, const std::string& urn);

}  // namespace kproto::lab
