// SPDX-License-Identifier: MPL-2.0
// Moving things into a project. The call answers 200 whatever became of each thing, so each status
// is looked at. Source: POST /v2/projects/{id}/resources.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/digitalocean/digitalocean.h"

namespace kproto {

// NotFound names the URNs that DigitalOcean does not know; Unavailable those that could not be
// moved just now (service_down). Nothing to move makes no call.
absl::Status AssignToProject(digitalocean::DigitalOcean& api, const std::string& project_id,
                             const std::vector<std::string>& urns, std::stop_token stop);

}  // namespace kproto
