// SPDX-License-Identifier: MPL-2.0
// Node pools: what a pool may be, and what it becomes when made or changed.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// The pool that a request describes, without id and nodes: fields checked and normalised, taint
// keys read without case. `error` is empty when it is valid. `former` is the pool to be changed, or
// null for a new one; `cluster` needs region and node_pools.
Json ParsePool(const Json& cluster, const Json& body, const Json& former, std::string* error);

// Empty when the account can have `more` workers now and `most` more when pools grow to their
// limits; otherwise DigitalOcean's complaint.
std::string WhyNotMoreWorkers(Cloud* cloud, int64_t more, int64_t most);

// Makes the parsed pool and its nodes. The cluster must have its id and version.
Json MakePool(Cloud* cloud, const Json& cluster, Json parsed, absl::Duration until_ready);

// The tags that the pool's droplets get: DigitalOcean's own and the user's.
Json WorkerTags(const std::string& cluster_id, const Json& user_tags);

}  // namespace kproto::lab
