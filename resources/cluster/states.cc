// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/states.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/hint.h"

namespace kproto {
namespace {

void WarnOnce(const std::string& what, const std::string& state, Diagnostics& warnings) {
  const std::string detail = absl::StrCat(
      "DigitalOcean reports ", what, " in state \"", state,
      "\", which this version of kproto does not know. It counts as not ready yet and is waited "
      "for.");
  const auto& all = warnings.all();
  if (std::none_of(all.begin(), all.end(),
                   [&](const Diagnostic& each) { return each.detail == detail; })) {
    warnings.AddWarning("Unknown state", detail);
  }
}

}  // namespace

void WarnOfUnknownStates(const digitalocean::Cluster& cluster, Diagnostics& warnings) {
  if (cluster.status.state == digitalocean::ClusterState::kUnknown) {
    WarnOnce(absl::StrCat("cluster ", cluster.id), cluster.status.text, warnings);
  }
  for (const digitalocean::NodePool& pool : cluster.node_pools) {
    for (const digitalocean::Node& node : pool.nodes) {
      if (node.state == digitalocean::NodeState::kUnknown) {
        WarnOnce(absl::StrCat("a node of pool \"", pool.name, "\""), node.state_text, warnings);
      }
    }
  }
}

absl::Status CheckComplete(const digitalocean::Cluster& cluster) {
  const bool running = cluster.status.state == digitalocean::ClusterState::kRunning;
  const char* missing = cluster.name.empty()                    ? "name"
                        : cluster.region.empty()                ? "region"
                        : cluster.version.empty()               ? "version"
                        : running && cluster.node_pools.empty() ? "node_pools"
                                                                : nullptr;
  return missing == nullptr
             ? absl::OkStatus()
             : WithHint(absl::DataLossError(absl::StrCat("DigitalOcean's answer about cluster ",
                                                         cluster.id, " has no ", missing)),
                        "Try again; nothing was changed because of it.");
}

}  // namespace kproto
