// SPDX-License-Identifier: MPL-2.0
// The cluster itself, with all its pools in the one create call; upgrades; and a destroy that ends
// when the API no longer knows the cluster.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "provider/runtime/diagnostics.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/steps.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

class ClusterStep : public Step {
 public:
  explicit ClusterStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "cluster"; }
  std::vector<absl::string_view> needs() const override { return {"vpc", kAssociatedStep}; }

  absl::Status Observe(const StepContext& context) override {
    work_.live.reset();
    if (work_.state.id.is_known()) {
      KPROTO_ASSIGN_OR_RETURN(work_.live, work_.api.GetCluster(*work_.state.id, context.stop));
      return absl::OkStatus();
    }
    return work_.intent ? FindByNonce(context) : absl::OkStatus();
  }

  Difference Compare() const override {
    if (!work_.live) {
      return Difference::Missing(absl::StrCat("cluster ", work_.wanted.name.value_or("")));
    }
    if (work_.live->status.state != ocean::ClusterState::kRunning) {
      return Difference::Differs(absl::StrCat("cluster is ", work_.live->status.text));
    }
    if (SettingsDiffer()) {
      return Difference::Differs("settings");
    }
    if (VersionDiffers()) {
      return Difference::Differs(
          absl::StrCat("version ", work_.live->version, " -> ", *work_.wanted.version_resolved));
    }
    return Difference::None();
  }

  absl::Status Apply(const StepContext& context) override {
    if (!work_.live) {
      if (!work_.intent) {
        return absl::NotFoundError("the cluster is gone; run plan again to see it made anew");
      }
      KPROTO_RETURN_IF_ERROR(Create(context));
    }
    KPROTO_RETURN_IF_ERROR(WaitUntilRunning(work_, context, {}));
    if (SettingsDiffer()) {
      KPROTO_RETURN_IF_ERROR(UpdateSettings(context));
    }
    if (VersionDiffers()) {
      KPROTO_RETURN_IF_ERROR(Upgrade(context));
    }
    return absl::OkStatus();
  }

  absl::Status Remove(const StepContext& context) override {
    if (!work_.live) {
      return absl::OkStatus();
    }
    const std::string id = work_.live->id;
    if (work_.live->status.state != ocean::ClusterState::kDeleting) {
      KPROTO_RETURN_IF_ERROR(Delete(id, context));
    }
    const auto stopped = [&] {
      return WithHint(absl::CancelledError(absl::StrCat("stopped waiting for cluster ", id,
                                                        " to go; it is being deleted")),
                      "Nothing is lost: run destroy again, it goes on from here.");
    };
    while (true) {
      auto seen = work_.api.GetCluster(id, context.stop);
      if (!seen.ok()) {
        return context.stop.stop_requested() ? stopped() : seen.status();
      }
      work_.live = *std::move(seen);
      if (!work_.live || work_.live->status.state == ocean::ClusterState::kDeleted) {
        break;
      }
      if (!context.clock.Sleep(kPollInterval, context.stop)) {
        return stopped();
      }
    }
    work_.state.id = {};
    return absl::OkStatus();
  }

 private:
  absl::Status FindByNonce(const StepContext& context) {
    KPROTO_ASSIGN_OR_RETURN(std::vector<ocean::Cluster> all, work_.api.ListClusters(context.stop));
    for (ocean::Cluster& cluster : all) {
      if (NonceOf(cluster.tags) == work_.nonce()) {
        return Found(std::move(cluster));
      }
    }
    for (const ocean::Cluster& cluster : all) {
      if (cluster.name == work_.wanted.name.value_or("") &&
          cluster.status.state != ocean::ClusterState::kDeleting) {
        return WithPath(
            WithHint(absl::AlreadyExistsError(absl::StrCat(
                         "a cluster named \"", cluster.name, "\" exists already (id ", cluster.id,
                         ", region ", cluster.region, ") and was not made by this apply")),
                     absl::StrCat("To manage it here: tofu import kproto_cluster.NAME ", cluster.id,
                                  ". Otherwise choose another name.")),
            Path("name"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Found(ocean::Cluster cluster) {
    work_.state.id = cluster.id;
    work_.state.vpc_id = cluster.vpc_uuid;
    work_.live = std::move(cluster);
    return work_.Record("cluster_id", work_.live->id);
  }

  absl::Status Create(const StepContext& context) {
    ClusterModel asked = work_.wanted;
    asked.vpc_id = work_.state.vpc_id;
    const ocean::ClusterSpec spec = ClusterSpecOf(asked, work_.nonce());
    absl::StatusOr<ocean::Cluster> made = work_.api.CreateCluster(spec, context.stop);
    if (!made.ok() && http::MayHaveTakenEffect(made.status())) {
      // The answer was lost. Whether the cluster was made is for the cloud to say: ask it.
      if (const absl::Status looked = FindByNonce(context); !looked.ok()) {
        return http::MarkMayHaveTakenEffect(looked);
      }
      if (work_.live) {
        return absl::OkStatus();
      }
      made = work_.api.CreateCluster(spec, context.stop);
    }
    if (!made.ok()) {
      return Annotate(made.status(), "could not create the cluster");
    }
    return Found(*std::move(made));
  }

  bool SettingsDiffer() const {
    const ClusterModel& wanted = work_.wanted;
    const ocean::Cluster& live = *work_.live;
    return live.name != wanted.name.value_or(live.name) ||
           live.auto_upgrade != wanted.auto_upgrade.value_or(live.auto_upgrade) ||
           live.surge_upgrade != wanted.surge_upgrade.value_or(live.surge_upgrade) ||
           (wanted.ha.is_known() && live.ha != *wanted.ha) || TagsDiffer();
  }

  bool TagsDiffer() const {
    ClusterModel read;
    ReadCluster(*work_.live, read);
    return TagsOf(read.tags, "") != TagsOf(work_.wanted.tags, "");
  }

  absl::Status UpdateSettings(const StepContext& context) {
    ocean::ClusterUpdate update;
    update.name = work_.wanted.name.value_or(work_.live->name);
    update.tags = TagsOf(work_.wanted.tags, NonceOf(work_.live->tags));
    update.auto_upgrade = work_.wanted.auto_upgrade.value_or(work_.live->auto_upgrade);
    update.surge_upgrade = work_.wanted.surge_upgrade.value_or(work_.live->surge_upgrade);
    if (work_.wanted.ha.is_known()) {
      update.ha = *work_.wanted.ha;
    }
    KPROTO_ASSIGN_OR_RETURN(work_.live,
                            work_.api.UpdateCluster(work_.live->id, update, context.stop));
    return absl::OkStatus();
  }

  bool VersionDiffers() const {
    return work_.wanted.version_resolved.is_known() &&
           *work_.wanted.version_resolved != work_.live->version;
  }

  absl::Status Upgrade(const StepContext& context) {
    const std::string& target = *work_.wanted.version_resolved;
    const absl::Status status = work_.api.UpgradeCluster(work_.live->id, target, context.stop);
    if (!status.ok()) {
      return WithPath(
          WithHint(Annotate(status, absl::StrCat("could not upgrade from ", work_.live->version,
                                                 " to ", target)),
                   "DigitalOcean upgrades one minor version at a time, from its newest patch."),
          Path("version"));
    }
    KPROTO_RETURN_IF_ERROR(WaitUntilRunning(work_, context, {}));
    return VersionDiffers()
               ? absl::FailedPreconditionError(absl::StrCat(
                     "the upgrade to ", target, " ended with version ", work_.live->version))
               : absl::OkStatus();
  }

  // on_destroy says what goes along. What there is goes into the state first, so that whoever goes
  // on after an interruption knows what to look for.
  absl::Status Delete(const std::string& id, const StepContext& context) {
    KPROTO_ASSIGN_OR_RETURN(const auto associated,
                            work_.api.GetAssociatedResources(id, context.stop));
    if (!associated) {
      return absl::OkStatus();  // gone this moment
    }
    work_.state.associated_resources =
        Joined(work_.state.associated_resources, AssociatedResources::Of(*associated));
    const ocean::AssociatedSelection chosen = Chosen(*associated);
    const bool none =
        chosen.load_balancers.empty() && chosen.volumes.empty() && chosen.volume_snapshots.empty();
    return none ? work_.api.DeleteCluster(id, context.stop)
                : work_.api.DeleteClusterSelective(id, chosen, context.stop);
  }

  ocean::AssociatedSelection Chosen(const ocean::AssociatedResources& associated) const {
    const DestroyPolicy policy = PolicyOf(work_.wanted.on_destroy);
    const auto ids = [](Fate fate, const std::vector<ocean::NamedId>& things) {
      std::vector<std::string> chosen;
      for (const ocean::NamedId& thing : things) {
        if (fate == Fate::kDelete) {
          chosen.push_back(thing.id);
        }
      }
      return chosen;
    };
    return {ids(policy.load_balancers, associated.load_balancers),
            ids(policy.volumes, associated.volumes),
            ids(policy.volume_snapshots, associated.volume_snapshots)};
  }

  ClusterWork& work_;
};

bool AllNodesRunning(const ocean::Cluster& cluster, const std::vector<std::string>& gone_pools) {
  return std::all_of(
      cluster.node_pools.begin(), cluster.node_pools.end(), [&](const ocean::NodePool& pool) {
        const bool leaving =
            std::find(gone_pools.begin(), gone_pools.end(), pool.id) != gone_pools.end();
        return !leaving && static_cast<int64_t>(pool.nodes.size()) == pool.count &&
               std::all_of(pool.nodes.begin(), pool.nodes.end(), [](const ocean::Node& node) {
                 return node.state == ocean::NodeState::kRunning;
               });
      });
}

}  // namespace

absl::Status WaitUntilRunning(ClusterWork& work, const StepContext& context,
                              const std::vector<std::string>& gone_pools) {
  const std::string id = work.live->id;
  const auto stopped = [&] {
    return WithHint(absl::CancelledError(absl::StrCat("stopped while waiting for cluster ", id,
                                                      ", which is ", work.live->status.text)),
                    "Nothing is lost: apply again to go on.");
  };
  std::string last;
  while (true) {
    absl::StatusOr<std::optional<ocean::Cluster>> seen = work.api.GetCluster(id, context.stop);
    if (!seen.ok()) {
      return context.stop.stop_requested() ? stopped() : seen.status();
    }
    work.live = *std::move(seen);
    if (!work.live) {
      return absl::NotFoundError(absl::StrCat("cluster ", id, " disappeared while waiting for it"));
    }
    const ocean::ClusterStatus& status = work.live->status;
    work.state.status = status.text;
    if (status.state == ocean::ClusterState::kError) {
      return WithHint(
          absl::FailedPreconditionError(
              absl::StrCat("DigitalOcean reports cluster ", id, " as in error",
                           status.message.empty() ? "" : ": ", status.message)),
          "Apply again: the cluster is gone on with if it runs by then, and replaced if not.");
    }
    if (status.state == ocean::ClusterState::kRunning && AllNodesRunning(*work.live, gone_pools)) {
      return absl::OkStatus();
    }
    const std::string progress = absl::StrCat(status.text, " ", status.message);
    if (progress != last) {
      Log(LogLevel::kInfo, "waiting for the cluster", {{"cluster", id}, {"status", progress}});
      last = progress;
    }
    if (!context.clock.Sleep(kPollInterval, context.stop)) {
      return stopped();
    }
  }
}

std::unique_ptr<Step> MakeClusterStep(ClusterWork& work) {
  return std::make_unique<ClusterStep>(work);
}

}  // namespace kproto
