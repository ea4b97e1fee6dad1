// SPDX-License-Identifier: MPL-2.0
// MintCredentials: the way into a DigitalOcean cluster, for whoever works inside one: asked for
// when it is needed, with a short expiry, and kept in memory only.
#pragma once

#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/digitalocean/digitalocean.h"
#include "clients/kubernetes/credentials.h"

namespace kproto {

// NotFound: DigitalOcean has no such cluster (any more). Unavailable: it has no credentials yet.
absl::StatusOr<kubernetes::Credentials> MintCredentials(digitalocean::DigitalOcean& cloud,
                                                        const std::string& cluster_id,
                                                        absl::Duration expiry,
                                                        std::stop_token stop);

}  // namespace kproto
