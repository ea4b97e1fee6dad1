// SPDX-License-Identifier: MPL-2.0
// Which DOKS version a cluster's nodes run. DigitalOcean's API does not say; each Node carries it
// as the label doks.digitalocean.com/version. Asks the cluster's own API server, with a token of a
// minute, so it works only where that can be reached.
#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "resources/connections.h"

namespace kproto {

// Slugs by the node's name; nodes without the label are left out.
absl::StatusOr<std::map<std::string, std::string>> ReadNodeVersions(Connections& connections,
                                                                    const std::string& cluster_id,
                                                                    std::stop_token stop);

}  // namespace kproto
