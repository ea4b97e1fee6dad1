// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/health.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "provider/reconcile/poll_pace.h"
#include "resources/cluster/states.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr size_t kMessagesShown = 5;

bool Contains(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::string MissingInPool(const ocean::NodePool& pool, const Awaited& awaited) {
  for (const ocean::Node& node : pool.nodes) {
    if (Contains(awaited.gone_nodes, node.id)) {
      return absl::StrCat("node ", node.name, " is still there (", node.state_text, ")");
    }
    if (node.state != ocean::NodeState::kRunning && !Contains(awaited.ignored_nodes, node.id)) {
      return absl::StrCat("node ", node.name, " is ", node.state_text,
                          node.message.empty() ? "" : ": ", node.message);
    }
  }
  return static_cast<int64_t>(pool.nodes.size()) == pool.count
             ? ""
             : absl::StrCat("pool ", pool.name, " has ", pool.nodes.size(), " of ", pool.count,
                            " nodes");
}

std::string StatusText(const ocean::ClusterStatus& status) {
  return absl::StrCat(status.text, status.message.empty() ? "" : ": ", status.message);
}

absl::Status Stopped(const ocean::Cluster& cluster, const std::string& missing) {
  return WithHint(absl::CancelledError(absl::StrCat("stopped while waiting for cluster ",
                                                    cluster.id, ", which is ", cluster.status.text,
                                                    missing.empty() ? "" : "; ", missing)),
                  "Nothing is lost: apply again to go on.");
}

absl::Status InError(const ocean::Cluster& cluster) {
  return WithHint(
      absl::FailedPreconditionError(absl::StrCat("DigitalOcean reports cluster ", cluster.id,
                                                 " as in ", StatusText(cluster.status))),
      "Apply again: the cluster is gone on with if it runs by then, and replaced if "
      "not.");
}

}  // namespace

std::string WhatIsMissing(const ocean::Cluster& cluster, const Awaited& awaited,
                          Degraded degraded) {
  const ocean::ClusterState state = cluster.status.state;
  if (state != ocean::ClusterState::kRunning &&
      !(state == ocean::ClusterState::kDegraded && degraded == Degraded::kAccepted)) {
    return absl::StrCat("the cluster is ", StatusText(cluster.status));
  }
  for (const ocean::NodePool& pool : cluster.node_pools) {
    if (Contains(awaited.gone_pools, pool.id)) {
      return absl::StrCat("pool ", pool.name, " is still there");
    }
    if (!awaited.nodes || Contains(awaited.ignored_pools, pool.id)) {
      continue;
    }
    if (std::string missing = MissingInPool(pool, awaited); !missing.empty()) {
      return missing;
    }
  }
  return "";
}

absl::Status WaitUntil(ClusterWork& work, const StepContext& context, const Missing& missing) {
  const std::string id = work.live->id;
  std::string last;
  PollPace pace(context.clock);
  while (true) {
    absl::StatusOr<std::optional<ocean::Cluster>> seen =
        work.api.LookAtCluster(id, pace.FreshSince(), context.stop);
    if (!seen.ok()) {
      return context.stop.stop_requested() ? Stopped(*work.live, last) : seen.status();
    }
    if (!*seen) {
      work.live.reset();
      return absl::NotFoundError(absl::StrCat("cluster ", id, " disappeared while waiting for it"));
    }
    work.live = *std::move(seen);
    work.state.status = work.live->status.text;
    WarnOfUnknownStates(*work.live, work.warnings);
    if (work.live->status.state == ocean::ClusterState::kError) {
      return InError(*work.live);
    }
    KPROTO_RETURN_IF_ERROR(CheckComplete(*work.live));
    KPROTO_ASSIGN_OR_RETURN(const std::string still, missing(*work.live, pace.Passed()));
    if (still.empty()) {
      return absl::OkStatus();
    }
    if (still != last) {
      Log(LogLevel::kInfo, "waiting for the cluster", {{"cluster", id}, {"missing", still}});
      last = still;
    }
    if (!context.clock.Sleep(pace.Next(), context.stop)) {
      return Stopped(*work.live, last);
    }
  }
}

absl::Status WaitUntilRunning(ClusterWork& work, const StepContext& context,
                              const Awaited& awaited) {
  const Degraded degraded = work.degraded ? Degraded::kAccepted : Degraded::kNotAccepted;
  return WaitUntil(work, context,
                   [&](const ocean::Cluster& live, absl::Duration) -> absl::StatusOr<std::string> {
                     return WhatIsMissing(live, awaited, degraded);
                   });
}

void WarnIfDegraded(ocean::DigitalOcean& api, const ocean::Cluster& live, std::stop_token stop,
                    Diagnostics& diagnostics) {
  if (live.status.state != ocean::ClusterState::kDegraded) {
    return;
  }
  std::string detail = absl::StrCat("DigitalOcean reports cluster ", live.name, " (", live.id,
                                    ") as ", StatusText(live.status), ".\n");
  for (const ocean::NodePool& pool : live.node_pools) {
    for (const ocean::Node& node : pool.nodes) {
      if (node.state != ocean::NodeState::kRunning) {
        absl::StrAppend(&detail, "  node ", node.name, " (", node.id, ") is ", node.state_text,
                        node.message.empty() ? "" : ": ", node.message, "\n");
      }
    }
  }
  const auto messages = api.ListStatusMessages(live.id, "", stop);
  if (messages.ok()) {
    const size_t count = messages->size();
    for (size_t i = count > kMessagesShown ? count - kMessagesShown : 0; i < count; ++i) {
      absl::StrAppend(&detail, "  ", (*messages)[i].timestamp, " ", (*messages)[i].message, "\n");
    }
  }
  absl::StrAppend(&detail,
                  "A node that does not recover is replaced with replace_nodes = [\"<its "
                  "id>\"].");
  diagnostics.AddWarning("The cluster is degraded", std::move(detail), Path("status"));
}

}  // namespace kproto
