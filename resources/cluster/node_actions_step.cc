// SPDX-License-Identifier: MPL-2.0
// Replaces single nodes, one after the other: the next one waits until the last one's place is
// taken and all is well. What is done is seen at the cloud, where a replaced node is gone.
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "resources/cluster/health.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

class NodeActionsStep : public Step {
 public:
  explicit NodeActionsStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "node_actions"; }
  std::vector<absl::string_view> needs() const override { return {"node_pools"}; }

  // The steps before have just read the cluster, nodes included.
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }

  Difference Compare() const override {
    const std::vector<Target> targets = Targets();
    return targets.empty() ? Difference::None()
                           : Difference::Differs(absl::StrCat(targets.size(), " nodes to replace"));
  }

  absl::Status Apply(const StepContext& context) override {
    std::vector<Target> left = Targets();
    while (!left.empty()) {
      const absl::Status status = Replace(left, context);
      if (!status.ok()) {
        return Annotate(status, absl::StrCat("node ", left.front().node.name));
      }
      left = Targets();
    }
    return WaitUntilRunning(work_, context);
  }

  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  struct Target {
    std::string pool_id;
    ocean::Node node;
  };

  std::vector<Target> Targets() const {
    std::vector<Target> targets;
    for (const ocean::NodePool& pool : work_.live->node_pools) {
      for (const ocean::Node& node : pool.nodes) {
        if (work_.replace_nodes.count(node.id) != 0) {
          targets.push_back({pool.id, node});
        }
      }
    }
    return targets;
  }

  // The first of `left`. The others may be as broken as it, so their state is not waited for.
  absl::Status Replace(const std::vector<Target>& left, const StepContext& context) {
    const Target& target = left.front();
    const ocean::NodeState state = target.node.state;
    if (state != ocean::NodeState::kDraining && state != ocean::NodeState::kDeleting) {
      Log(LogLevel::kInfo, "replacing a node",
          {{"cluster", work_.live->id}, {"node", target.node.name}});
      KPROTO_RETURN_IF_ERROR(work_.api.DeleteNode(
          work_.live->id, target.pool_id, target.node.id,
          work_.wanted.skip_drain.value_or(false) ? ocean::Drain::kSkip : ocean::Drain::kDrain,
          ocean::Replacement::kReplace, context.stop));
    }
    Awaited awaited;
    awaited.gone_nodes = {target.node.id};
    for (size_t i = 1; i < left.size(); ++i) {
      awaited.ignored_nodes.push_back(left[i].node.id);
    }
    return WaitUntilRunning(work_, context, awaited);
  }

  ClusterWork& work_;
};

}  // namespace

std::unique_ptr<Step> MakeNodeActionsStep(ClusterWork& work) {
  return std::make_unique<NodeActionsStep>(work);
}

}  // namespace kproto
