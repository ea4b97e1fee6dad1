// SPDX-License-Identifier: MPL-2.0
// The node pools of a running cluster: made, changed in place, removed. A change of size swaps the
// pool (pool_swap.h); where a swap stands is read from the names at the cloud.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "provider/runtime/diagnostics.h"
#include "resources/cluster/health.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/pool_swap.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

class NodePoolsStep : public Step {
 public:
  explicit NodePoolsStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "node_pools"; }
  std::vector<absl::string_view> needs() const override { return {"upgrade"}; }

  // The cluster step has just read the cluster, pools included.
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }

  Difference Compare() const override {
    for (const auto& [name, pool] : *work_.wanted.node_pools) {
      const ocean::NodePool* live = Live(name);
      if (live == nullptr) {
        return Difference::Missing(absl::StrCat("pool ", name));
      }
      std::string why = SwapReason(*pool, *live);
      why = why.empty() ? PoolDifference(name, *pool, *live) : why;
      if (!why.empty()) {
        return Difference::Differs(absl::StrCat("pool ", name, ": ", why));
      }
    }
    return UnwantedPools(work_).empty()
               ? Difference::None()
               : Difference::Differs("a pool is there that is not configured");
  }

  // New and changed pools first, so that workloads have somewhere to go before others leave.
  absl::Status Apply(const StepContext& context) override {
    for (const auto& [name, pool] : *work_.wanted.node_pools) {
      absl::Status status = EndFormerSwap(name, *pool, context);
      if (status.ok()) {
        status = ApplyPool(name, *pool, context);
      }
      if (!status.ok()) {
        return WithPath(Annotate(status, absl::StrCat("pool ", name)),
                        Path("node_pools").Key(name));
      }
    }
    const std::vector<std::string> replaced(work_.replace_nodes.begin(), work_.replace_nodes.end());
    // Those that leave need not be well: that may be why they do.
    KPROTO_RETURN_IF_ERROR(WaitUntilRunning(work_, context, {{}, {}, Leaving(), replaced}));
    return Delete(UnwantedPools(work_), context);
  }

  // Pools go with their cluster.
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  const ocean::NodePool* Live(const std::string& name) const {
    const auto& pools = work_.live->node_pools;
    const auto it = std::find_if(pools.begin(), pools.end(),
                                 [&](const ocean::NodePool& pool) { return pool.name == name; });
    return it == pools.end() ? nullptr : &*it;
  }

  // The pools that earlier swaps of `name` left behind.
  std::vector<ocean::NodePool> Retired(const std::string& name) const {
    std::vector<ocean::NodePool> retired;
    for (const ocean::NodePool& pool : work_.live->node_pools) {
      if (IsRetiredName(pool.name, name) && work_.wanted.node_pools->count(pool.name) == 0) {
        retired.push_back(pool);
      }
    }
    return retired;
  }

  // Ids of the pools that will go: unwanted as read before, or renamed just now.
  std::vector<std::string> Leaving() const {
    std::vector<std::string> ids = UnwantedPools(work_);
    ids.insert(ids.end(), renamed_.begin(), renamed_.end());
    return ids;
  }

  absl::Status Delete(const std::vector<std::string>& ids, const StepContext& context) {
    if (ids.empty()) {
      return absl::OkStatus();
    }
    for (const std::string& id : ids) {
      KPROTO_RETURN_IF_ERROR(work_.api.DeleteNodePool(work_.live->id, id, context.stop));
    }
    Awaited awaited;
    awaited.gone_pools = ids;
    awaited.ignored_nodes.assign(work_.replace_nodes.begin(), work_.replace_nodes.end());
    return WaitUntilRunning(work_, context, awaited);
  }

  // A further swap while an earlier one has left its old pool: three pools at once may be more than
  // the account may have. The pool that does the work stays; the other one goes first.
  absl::Status EndFormerSwap(const std::string& name, const ClusterPool& pool,
                             const StepContext& context) {
    const std::vector<ocean::NodePool> retired = Retired(name);
    const ocean::NodePool* live = Live(name);
    if (live == nullptr || retired.empty() || live->size == pool.size.value_or("")) {
      return absl::OkStatus();
    }
    std::vector<std::string> ids;
    if (Serves(*live)) {
      for (const ocean::NodePool& old : retired) {
        ids.push_back(old.id);
      }
    } else {
      ids.push_back(live->id);
    }
    for (const std::string& id : ids) {
      KPROTO_RETURN_IF_ERROR(work_.api.DeleteNodePool(work_.live->id, id, context.stop));
    }
    return WaitUntil(
        work_, context,
        [&](const ocean::Cluster& seen, absl::Duration) -> absl::StatusOr<std::string> {
          for (const ocean::NodePool& each : seen.node_pools) {
            if (std::find(ids.begin(), ids.end(), each.id) != ids.end()) {
              return absl::StrCat("pool ", each.name, " is still there");
            }
          }
          return std::string();
        });
  }

  static bool Serves(const ocean::NodePool& pool) {
    return static_cast<int64_t>(pool.nodes.size()) == pool.count &&
           std::all_of(pool.nodes.begin(), pool.nodes.end(), [](const ocean::Node& node) {
             return node.state == ocean::NodeState::kRunning;
           });
  }

  absl::Status ApplyPool(const std::string& name, const ClusterPool& pool,
                         const StepContext& context) {
    const ocean::NodePool* live = Live(name);
    if (live == nullptr) {
      return Restore(name, pool, context);
    }
    if (!SwapReason(pool, *live).empty()) {
      return Swap(name, pool, *live, context);
    }
    if (PoolDifference(name, pool, *live).empty()) {
      return absl::OkStatus();
    }
    if (WouldShrink(pool, live->count)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the autoscaler has grown it to ", live->count, " nodes: max_nodes = ", *pool.max_nodes,
          " would take some away; plan again"));
    }
    NoteNodesWithStaleLabels(name, pool, *live);
    return work_.api.UpdateNodePool(work_.live->id, live->id, PoolUpdate(name, pool), context.stop)
        .status();
  }

  // The pool is not there. If a swap that did not end left one of this size, it gets its name back.
  absl::Status Restore(const std::string& name, const ClusterPool& pool,
                       const StepContext& context) {
    ocean::NodePoolSpec spec = PoolSpec(name, pool);
    for (const ocean::NodePool& old : Retired(name)) {
      if (old.size == spec.size) {
        NoteNodesWithStaleLabels(name, pool, old);
        return work_.api
            .UpdateNodePool(work_.live->id, old.id, PoolUpdate(name, pool), context.stop)
            .status();
      }
      spec.count = CountLike(old, spec);
    }
    return CreatePool(spec, context);
  }

  absl::Status Swap(const std::string& name, const ClusterPool& pool, const ocean::NodePool& live,
                    const StepContext& context) {
    KPROTO_RETURN_IF_ERROR(Rename(live, RetiredName(name, *work_.live), context));
    renamed_.push_back(live.id);
    ocean::NodePoolSpec spec = PoolSpec(name, pool);
    spec.count = CountLike(live, spec);
    const absl::Status made = CreatePool(spec, context);
    if (made.ok() || http::MayHaveTakenEffect(made) || context.stop.stop_requested()) {
      return made;
    }
    // Refused: all is as it was before, but for the name.
    if (!Rename(live, name, context).ok()) {
      return WithHint(made,
                      "The old pool goes on under another name; the next apply gives it its "
                      "own back, or swaps it.");
    }
    renamed_.pop_back();
    return made;
  }

  absl::Status Rename(const ocean::NodePool& pool, const std::string& name,
                      const StepContext& context) {
    ocean::NodePoolUpdate rename;
    rename.name = name;
    if (!pool.auto_scale) {
      rename.count = pool.count;
    }
    return work_.api.UpdateNodePool(work_.live->id, pool.id, rename, context.stop).status();
  }

  // A pool that scales itself starts with as many nodes as the one it takes over from.
  static int64_t CountLike(const ocean::NodePool& old, const ocean::NodePoolSpec& spec) {
    return spec.auto_scale
               ? std::clamp(old.count, spec.min_nodes, std::max(spec.min_nodes, spec.max_nodes))
               : spec.count;
  }

  // Nodes that are there when a label goes will keep it.
  void NoteNodesWithStaleLabels(const std::string& name, const ClusterPool& pool,
                                const ocean::NodePool& live) {
    const auto labels = PoolSpec(name, pool).labels;
    const bool some_go =
        std::any_of(live.labels.begin(), live.labels.end(),
                    [&](const auto& label) { return labels.count(label.first) == 0; });
    if (some_go && pool.label_strategy.value_or("") == "rolling") {
      for (const ocean::Node& node : live.nodes) {
        work_.replace_nodes.insert(node.id);
      }
    }
  }

  // Pool names are unique within a cluster, so a lost answer is cleared up by the name.
  absl::Status CreatePool(const ocean::NodePoolSpec& spec, const StepContext& context) {
    const std::string& id = work_.live->id;
    const auto made = work_.api.CreateNodePool(id, spec, context.stop);
    if (made.ok() || !http::MayHaveTakenEffect(made.status())) {
      return made.status();
    }
    const auto pools = work_.api.ListNodePools(id, context.stop);
    if (!pools.ok()) {
      return http::MarkMayHaveTakenEffect(pools.status());
    }
    const bool there = std::any_of(pools->begin(), pools->end(), [&](const ocean::NodePool& pool) {
      return pool.name == spec.name;
    });
    return there ? absl::OkStatus() : work_.api.CreateNodePool(id, spec, context.stop).status();
  }

  ClusterWork& work_;
  std::vector<std::string> renamed_;  // ids of the pools that a swap of this run has retired
};

class CertificateStep : public Step {
 public:
  explicit CertificateStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "certificate"; }
  // Last of all: a cluster that has its certificate is complete.
  std::vector<absl::string_view> needs() const override { return {"registries"}; }
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }

  Difference Compare() const override {
    return work_.state.cluster_ca_certificate.is_known() ? Difference::None()
                                                         : Difference::Missing("CA certificate");
  }

  // Only the credentials call knows the CA. The token that comes with it is dropped and soon dead.
  absl::Status Apply(const StepContext& context) override {
    KPROTO_ASSIGN_OR_RETURN(
        const ocean::Credentials credentials,
        work_.api.GetCredentials(work_.live->id, absl::Minutes(1), context.stop));
    work_.state.cluster_ca_certificate = credentials.certificate_authority_pem;
    return absl::OkStatus();
  }

  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  ClusterWork& work_;
};

}  // namespace

std::unique_ptr<Step> MakeNodePoolsStep(ClusterWork& work) {
  return std::make_unique<NodePoolsStep>(work);
}

std::unique_ptr<Step> MakeCertificateStep(ClusterWork& work) {
  return std::make_unique<CertificateStep>(work);
}

}  // namespace kproto
