// SPDX-License-Identifier: MPL-2.0
// Clusters: their making, changing and ending. States follow from the moments kept in "_"
// (ready_at, gone_at, upgrade) and from what the backend says of the control plane.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

Json* FindCluster(Cloud* cloud, const std::string& id);
std::string ClusterState(const Json& cluster);
void SetClusterState(Cloud* cloud, Json* cluster, const std::string& state,
                     const std::string& message = "");
// One line of /status_messages.
void AddStatusMessage(Cloud* cloud, Json* cluster, const std::string& message);
// 204: the state is deleting from now on, and the cluster answers 404 some time later.
void BeginClusterDeletion(Cloud* cloud, Json* cluster);

}  // namespace kproto::lab
