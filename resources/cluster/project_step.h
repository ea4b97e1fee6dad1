// SPDX-License-Identifier: MPL-2.0
// The project of a cluster: the cluster itself, and the load balancers and volumes that its
// Services and volume claims made, which DigitalOcean puts into the default project. Source:
// /v2/projects.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "provider/runtime/resource.h"
#include "resources/cluster/model.h"
#include "resources/cluster/steps.h"

namespace kproto {

// Moves what is not in `project_id` there; nothing when the cluster names no project. `work`
// outlives it.
std::unique_ptr<Step> MakeProjectStep(ClusterWork& work);

// A project that is known must be there. Reads only.
void CheckProject(digitalocean::DigitalOcean& api, const ClusterModel* prior,
                  const ClusterModel& planned, Operation& operation);

// Reads back where the cluster and all that belongs to it are: when something has strayed, the
// state names the stray's project, so that the next plan brings it home, and a warning tells what
// it is. No call for a cluster that names no project.
void ReadProject(digitalocean::DigitalOcean& api, ClusterModel& state, Operation& operation);

// As projects name a cluster.
std::string ClusterUrn(const std::string& id);

// The project that holds the thing; nullopt when none does.
absl::StatusOr<std::optional<digitalocean::Project>> ProjectOf(digitalocean::DigitalOcean& api,
                                                               const std::string& urn,
                                                               std::stop_token stop);

}  // namespace kproto
