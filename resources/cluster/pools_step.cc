// SPDX-License-Identifier: MPL-2.0
// The node pools of a running cluster: made, changed in place, removed. A change of size swaps the
// pool: the old one is renamed, the new one takes its name and place, then the old one goes.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "provider/runtime/diagnostics.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/steps.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

class NodePoolsStep : public Step {
 public:
  explicit NodePoolsStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "node_pools"; }
  std::vector<absl::string_view> needs() const override { return {"cluster"}; }

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
    return Unwanted().empty() ? Difference::None()
                              : Difference::Differs("a pool is there that is not configured");
  }

  // New and changed pools first, so that workloads have somewhere to go before others leave.
  absl::Status Apply(const StepContext& context) override {
    for (const auto& [name, pool] : *work_.wanted.node_pools) {
      const absl::Status status = ApplyPool(name, *pool, context);
      if (!status.ok()) {
        return WithPath(Annotate(status, absl::StrCat("pool ", name)),
                        Path("node_pools").Key(name));
      }
    }
    KPROTO_RETURN_IF_ERROR(WaitUntilRunning(work_, context, {}));
    const std::vector<std::string> leaving = Unwanted();
    for (const std::string& id : leaving) {
      KPROTO_RETURN_IF_ERROR(work_.api.DeleteNodePool(work_.live->id, id, context.stop));
    }
    return leaving.empty() ? absl::OkStatus() : WaitUntilRunning(work_, context, leaving);
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

  std::vector<std::string> Unwanted() const {
    std::vector<std::string> ids;
    for (const ocean::NodePool& pool : work_.live->node_pools) {
      if (work_.wanted.node_pools->count(pool.name) == 0) {
        ids.push_back(pool.id);
      }
    }
    return ids;
  }

  absl::Status ApplyPool(const std::string& name, const ClusterPool& pool,
                         const StepContext& context) {
    const ocean::NodePool* live = Live(name);
    if (live != nullptr && !SwapReason(pool, *live).empty()) {
      ocean::NodePoolUpdate rename;
      rename.name = absl::StrCat(name, "-old-", RandomHex(2));
      if (!live->auto_scale) {
        rename.count = live->count;
      }
      KPROTO_RETURN_IF_ERROR(
          work_.api.UpdateNodePool(work_.live->id, live->id, rename, context.stop).status());
      live = nullptr;
    }
    if (live == nullptr) {
      return CreatePool(name, pool, context);
    }
    if (PoolDifference(name, pool, *live).empty()) {
      return absl::OkStatus();
    }
    if (WouldShrink(pool, live->count)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the autoscaler has grown it to ", live->count, " nodes: max_nodes = ", *pool.max_nodes,
          " would take some away; plan again"));
    }
    return work_.api.UpdateNodePool(work_.live->id, live->id, PoolUpdate(name, pool), context.stop)
        .status();
  }

  // Pool names are unique within a cluster, so a lost answer is cleared up by the name.
  absl::Status CreatePool(const std::string& name, const ClusterPool& pool,
                          const StepContext& context) {
    const auto made = work_.api.CreateNodePool(work_.live->id, PoolSpec(name, pool), context.stop);
    if (made.ok() || !http::MayHaveTakenEffect(made.status())) {
      return made.status();
    }
    KPROTO_ASSIGN_OR_RETURN(const std::vector<ocean::NodePool> pools,
                            work_.api.ListNodePools(work_.live->id, context.stop));
    const bool there = std::any_of(pools.begin(), pools.end(),
                                   [&](const ocean::NodePool& p) { return p.name == name; });
    return there ? absl::OkStatus()
                 : work_.api.CreateNodePool(work_.live->id, PoolSpec(name, pool), context.stop)
                       .status();
  }

  ClusterWork& work_;
};

class CertificateStep : public Step {
 public:
  explicit CertificateStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "certificate"; }
  std::vector<absl::string_view> needs() const override { return {"control_plane_firewall"}; }
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
