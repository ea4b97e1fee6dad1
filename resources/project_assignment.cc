// SPDX-License-Identifier: MPL-2.0
#include "resources/project_assignment.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace kproto {

absl::Status AssignToProject(digitalocean::DigitalOcean& api, const std::string& project_id,
                             const std::vector<std::string>& urns, std::stop_token stop) {
  if (urns.empty()) {
    return absl::OkStatus();
  }
  KPROTO_ASSIGN_OR_RETURN(const auto assignments, api.AssignResources(project_id, urns, stop));
  std::vector<std::string> unknown, later;
  for (const std::string& urn : urns) {
    std::string status = "not answered";
    for (const digitalocean::Assignment& assignment : assignments) {
      status = assignment.urn == urn ? assignment.status : status;
    }
    if (status == "not_found") {
      unknown.push_back(urn);
    } else if (status != "ok" && status != "assigned" && status != "already_assigned") {
      later.push_back(absl::StrCat(urn, " (", status, ")"));
    }
  }
  if (!unknown.empty()) {
    return absl::NotFoundError(absl::StrCat(
        "project ", project_id,
        " did not take what DigitalOcean does not find: ", absl::StrJoin(unknown, ", ")));
  }
  return later.empty() ? absl::OkStatus()
                       : absl::UnavailableError(absl::StrCat(
                             "project ", project_id, " did not take ", absl::StrJoin(later, ", ")));
}

}  // namespace kproto
