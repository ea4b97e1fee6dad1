// SPDX-License-Identifier: MPL-2.0
// The members that keep a VPC from being deleted, told so that a person knows what to do about each
// (GET /v2/vpcs/{id}/members): URN, name, age, and whether it was this cluster's. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/digitalocean/types.h"
#include "resources/cluster/model.h"

namespace kproto {

// "3 days", "2 h 5 min", "40 s"; "" for text that is no RFC 3339 time. `now` before it: "0 s".
std::string AgeOf(const std::string& created_at, absl::Time now);

// FailedPrecondition with one line for each member and with what to do. `cluster` is the state as
// it was before the destroy began.
absl::Status BlockedBy(const std::vector<digitalocean::VpcMember>& members,
                       const std::string& vpc_id, const ClusterModel& cluster, absl::Time now);

}  // namespace kproto
