// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/pool.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/wiring.h"

namespace kproto::monitoring_stack {
namespace {

// Every value that the pool label has on some node, or, where `sought` is not among them, will have
// on one that is still to come.
absl::StatusOr<std::set<std::string>> LabelledPools(Access& access, const std::string& sought,
                                                    const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, access.Get(call));
  KPROTO_ASSIGN_OR_RETURN(std::vector<kubernetes::Json> nodes,
                          cluster.kubernetes->List("v1", "Node", {}, call));
  std::set<std::string> pools;
  for (const kubernetes::Json& node : nodes) {
    pools.insert(kubernetes::LabelOf(node, kPoolLabel));
  }
  if (!pools.contains(sought)) {
    KPROTO_ASSIGN_OR_RETURN(const std::vector<digitalocean::NodePool> declared,
                            access.NodePools(call));
    for (const digitalocean::NodePool& pool : declared) {
      const auto label = pool.labels.find(kPoolLabel);
      if (label != pool.labels.end() && (pool.count > 0 || pool.auto_scale)) {
        pools.insert(label->second);
      }
    }
  }
  pools.erase("");
  return pools;
}

}  // namespace

absl::StatusOr<std::string> ChoosePool(Access& access, const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(std::set<std::string> pools, LabelledPools(access, kDefaultPool, call));
  return pools.contains(kDefaultPool) ? std::string(kDefaultPool) : std::string();
}

absl::Status CheckPool(Access& access, const std::string& pool, const kubernetes::Call& call) {
  if (pool.empty()) {
    return absl::OkStatus();
  }
  KPROTO_ASSIGN_OR_RETURN(std::set<std::string> pools, LabelledPools(access, pool, call));
  if (pools.contains(pool)) {
    return absl::OkStatus();
  }
  const std::string message = absl::StrCat("no node has the label ", kPoolLabel, "=", pool,
                                           ", so nothing could be scheduled");
  const std::string advice =
      pools.empty() ? "No node has that label at all: leave node_pool out, or make the pool "
                      "dedicated."
                    : absl::StrCat("Pools that are labelled: ", absl::StrJoin(pools, ", "), ".");
  return WithPath(WithHint(absl::FailedPreconditionError(message), advice), Path("node_pool"));
}

}  // namespace kproto::monitoring_stack
