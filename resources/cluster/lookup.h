// SPDX-License-Identifier: MPL-2.0
// Finding a cluster that is there already by what people know of it. Names of clusters are not
// unique, so a name can mean several; every answer that is none says what there is. Source: GET
// /v2/kubernetes/clusters, all pages.
#pragma once

#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "clients/digitalocean/digitalocean.h"

namespace kproto {

enum class ClusterHandle { kId, kName, kIdOrName };

// NotFound lists all clusters; FailedPrecondition lists those that have this name.
absl::StatusOr<digitalocean::Cluster> LookUpCluster(digitalocean::DigitalOcean& api,
                                                    const std::string& handle, ClusterHandle kind,
                                                    std::stop_token stop);

}  // namespace kproto
