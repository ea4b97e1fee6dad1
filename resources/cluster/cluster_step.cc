// SPDX-License-Identifier: MPL-2.0
// The cluster itself, with all its pools in the one create call, its settings, and a destroy that
// ends when the API no longer knows the cluster.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "provider/reconcile/poll_pace.h"
#include "provider/runtime/diagnostics.h"
#include "resources/cluster/health.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/pool_swap.h"
#include "resources/cluster/refusal.h"
#include "resources/cluster/states.h"
#include "resources/cluster/steps.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

// How long changed settings may take to show.
constexpr absl::Duration kSettleTime = absl::Minutes(2);

class ClusterStep : public Step {
 public:
  explicit ClusterStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "cluster"; }
  std::vector<absl::string_view> needs() const override { return {"vpc", kAssociatedStep}; }

  absl::Status Observe(const StepContext& context) override {
    work_.live.reset();
    if (work_.state.id.is_known()) {
      KPROTO_ASSIGN_OR_RETURN(work_.live, work_.api.GetCluster(*work_.state.id, context.stop));
      work_.degraded = work_.live && work_.live->status.state == ocean::ClusterState::kDegraded;
      return absl::OkStatus();
    }
    return work_.intent ? FindByNonce(context) : absl::OkStatus();
  }

  Difference Compare() const override {
    if (!work_.live) {
      return Difference::Missing(absl::StrCat("cluster ", work_.wanted.name.value_or("")));
    }
    if (!IsSettled()) {
      return Difference::Differs(absl::StrCat("cluster is ", work_.live->status.text));
    }
    return SettingsDiffer() ? Difference::Differs("settings") : Difference::None();
  }

  absl::Status Apply(const StepContext& context) override {
    if (!work_.live) {
      if (!work_.intent) {
        return absl::NotFoundError("the cluster is gone; run plan again to see it made anew");
      }
      KPROTO_RETURN_IF_ERROR(Create(context));
    }
    if (!IsSettled()) {
      KPROTO_RETURN_IF_ERROR(WaitUntilRunning(
          work_, context, {{}, {}, UnwantedPools(work_), Replaced(), work_.waits_for_nodes()}));
    }
    return SettingsDiffer() ? UpdateSettings(context) : absl::OkStatus();
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
    PollPace pace(context.clock);
    while (true) {
      auto seen = work_.api.LookAtCluster(id, pace.FreshSince(), context.stop);
      if (!seen.ok()) {
        return context.stop.stop_requested() ? stopped() : seen.status();
      }
      work_.live = *std::move(seen);
      if (!work_.live || work_.live->status.state == ocean::ClusterState::kDeleted) {
        break;
      }
      if (!context.clock.Sleep(pace.Next(), context.stop)) {
        return stopped();
      }
    }
    work_.state.id = {};
    return absl::OkStatus();
  }

 private:
  // Whether nothing is under way with it. A degraded cluster can be changed, and may have to be to
  // get well.
  bool IsSettled() const {
    return work_.live->status.state == ocean::ClusterState::kRunning ||
           work_.live->status.state == ocean::ClusterState::kDegraded;
  }

  // Nodes that are to be replaced need not run.
  std::vector<std::string> Replaced() const {
    return {work_.replace_nodes.begin(), work_.replace_nodes.end()};
  }

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
      return ExplainRefusal(Annotate(made.status(), "could not create the cluster"));
    }
    return Found(*std::move(made));
  }

  bool SettingsDiffer() const {
    const ClusterModel& wanted = work_.wanted;
    const ocean::Cluster& live = *work_.live;
    return live.name != wanted.name.value_or(live.name) ||
           live.auto_upgrade != wanted.auto_upgrade.value_or(live.auto_upgrade) ||
           live.surge_upgrade != wanted.surge_upgrade.value_or(live.surge_upgrade) ||
           (wanted.ha.is_known() && live.ha != *wanted.ha) || TagsDiffer() ||
           !SettingsDifference(wanted, live, nullptr).empty();
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
    SettingsDifference(work_.wanted, *work_.live, &update);
    const auto updated = work_.api.UpdateCluster(work_.live->id, update, context.stop);
    if (!updated.ok()) {
      return ExplainRefusal(Annotate(updated.status(), "could not change the cluster's settings"));
    }
    work_.live = *updated;
    return WaitUntilSettled(context);
  }

  // An accepted change shows at once or a little later. One that never does is no success.
  absl::Status WaitUntilSettled(const StepContext& context) {
    PollPace pace(context.clock);
    while (SettingsDiffer()) {
      if (pace.Passed() > kSettleTime) {
        const std::string which = SettingsDifference(work_.wanted, *work_.live, nullptr);
        return absl::FailedPreconditionError(absl::StrCat(
            "DigitalOcean accepted the change of ", which.empty() ? "the settings" : which,
            " and still reports the cluster without it"));
      }
      if (!context.clock.Sleep(pace.Next(), context.stop)) {
        return absl::CancelledError("stopped while waiting for the changed settings");
      }
      KPROTO_RETURN_IF_ERROR(WaitUntilRunning(work_, context, {}));
    }
    return absl::OkStatus();
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

}  // namespace

std::unique_ptr<Step> MakeClusterStep(ClusterWork& work) {
  return std::make_unique<ClusterStep>(work);
}

}  // namespace kproto
