// SPDX-License-Identifier: MPL-2.0
// Whether a live cluster is well: what to wait for after a change, and what to tell when it is not
// well. Source: status and node states of GET /v2/kubernetes/clusters/{id}, status_messages.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "provider/runtime/diagnostics.h"
#include "resources/cluster/steps.h"

namespace kproto {

// What a wait looks for beyond a cluster that runs with as many running nodes as its pools say.
// All are ids.
struct Awaited {
  std::vector<std::string> gone_pools, gone_nodes;        // must be gone
  std::vector<std::string> ignored_pools, ignored_nodes;  // may be in any state
  bool nodes = true;                                      // false: the cluster alone has to run
};

enum class Degraded { kNotAccepted, kAccepted };

// What is still missing ("node primary-x1 is provisioning"), or "" when nothing is. Pure.
std::string WhatIsMissing(const digitalocean::Cluster& cluster, const Awaited& awaited,
                          Degraded degraded);

// Says what is missing, or "", after so much cloud time of waiting; an error ends the wait.
using Missing = std::function<absl::StatusOr<std::string>(const digitalocean::Cluster& live,
                                                          absl::Duration waited)>;

// Polls the cluster at the pace of poll_pace.h, one read each time, until nothing is missing;
// work.live is the last read. FailedPrecondition when DigitalOcean reports an error, Cancelled when
// stopped: both say what was waited for and that applying again goes on.
absl::Status WaitUntil(ClusterWork& work, const StepContext& context, const Missing& missing);

// A cluster that was degraded when the operation began may stay so: only its nodes are waited for.
absl::Status WaitUntilRunning(ClusterWork& work, const StepContext& context,
                              const Awaited& awaited = {});

// A warning with DigitalOcean's own words when the cluster is degraded. What cannot be read is left
// out.
void WarnIfDegraded(digitalocean::DigitalOcean& api, const digitalocean::Cluster& live,
                    std::stop_token stop, Diagnostics& diagnostics);

}  // namespace kproto
