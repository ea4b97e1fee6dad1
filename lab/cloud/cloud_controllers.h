// SPDX-License-Identifier: MPL-2.0
// CloudControllers: what DigitalOcean runs beside every DOKS cluster, as one thread per cluster:
// load balancers for Services and volumes for claims.
#pragma once

#include <string>

#include "lab/kubernetes/companion.h"

namespace kproto::lab {

// Makes the controllers of a cluster; they call the simulated API at `cloud_url` with `token`.
CompanionFactory CloudControllers(const std::string& cloud_url, const std::string& token);

}  // namespace kproto::lab
