// SPDX-License-Identifier: MPL-2.0
// After a cluster is gone: what its workloads made and on_destroy wants gone is seen to be gone,
// before the VPC's turn comes; what stays is reported. DigitalOcean's selective destroy has taken
// most of it along; this catches what was made meanwhile, and what a cluster left that somebody
// deleted elsewhere.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "provider/reconcile/poll_pace.h"
#include "resources/cluster/associated.h"
#include "resources/cluster/on_destroy.h"
#include "resources/cluster/steps.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

template <typename Thing>
void AppendLines(const char* kind, const std::vector<Thing>& things, std::string& lines) {
  for (const Thing& thing : things) {
    absl::StrAppend(&lines, "  ", kind, " ", thing.name, " (", thing.id, ")\n");
  }
}

std::string Lines(const AssociatedThings& things) {
  std::string lines;
  AppendLines("load balancer", things.load_balancers, lines);
  AppendLines("volume", things.volumes, lines);
  AppendLines("volume snapshot", things.volume_snapshots, lines);
  return lines;
}

// Busy or attached: another look later may find it free.
bool IsNotYet(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsUnavailable(status) ||
         absl::IsFailedPrecondition(status);
}

class AssociatedStep : public Step {
 public:
  explicit AssociatedStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return kAssociatedStep; }
  std::vector<absl::string_view> needs() const override { return {"vpc"}; }

  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }
  Difference Compare() const override { return Difference::None(); }
  absl::Status Apply(const StepContext&) override { return absl::OkStatus(); }

  absl::Status Remove(const StepContext& context) override {
    const std::string id = ClusterIdOf(work_.wanted);
    PollPace pace(context.clock);
    while (true) {
      auto found = FindAssociated(work_.api, id, work_.state.associated_resources, context.stop);
      if (absl::IsPermissionDenied(found.status())) {
        work_.warnings.AddWarning(
            "Could not look for what the cluster left",
            absl::StrCat("DigitalOcean refused to list load balancers, volumes "
                         "or snapshots: ",
                         std::string(found.status().message()), "."));
        return absl::OkStatus();
      }
      KPROTO_RETURN_IF_ERROR(found.status());
      work_.state.associated_resources = Named(*found);
      const AssociatedThings doomed = Doomed(*found, work_.wanted.on_destroy);
      if (doomed.empty()) {
        Report(*found);
        return absl::OkStatus();
      }
      Log(LogLevel::kInfo, "removing what the cluster left", {{"what", Lines(doomed)}});
      KPROTO_RETURN_IF_ERROR(RemoveAll(doomed, context));
      if (!context.clock.Sleep(pace.Next(), context.stop)) {
        return WithHint(absl::CancelledError(
                            absl::StrCat("the cluster is gone, but not yet:\n", Lines(doomed))),
                        "Nothing is lost: run destroy again, it goes on from here.");
      }
    }
  }

 private:
  absl::Status RemoveAll(const AssociatedThings& things, const StepContext& context) {
    for (const ocean::LoadBalancer& balancer : things.load_balancers) {
      KPROTO_RETURN_IF_ERROR(Judge(work_.api.DeleteLoadBalancer(balancer.id, context.stop),
                                   "load balancer", balancer.name));
    }
    for (const ocean::Snapshot& snapshot : things.volume_snapshots) {
      KPROTO_RETURN_IF_ERROR(Judge(work_.api.DeleteSnapshot(snapshot.id, context.stop),
                                   "volume snapshot", snapshot.name));
    }
    for (const ocean::Volume& volume : things.volumes) {
      KPROTO_RETURN_IF_ERROR(
          Judge(work_.api.DeleteVolume(volume.id, context.stop), "volume", volume.name));
    }
    return absl::OkStatus();
  }

  static absl::Status Judge(const absl::Status& status, const char* kind, const std::string& name) {
    return status.ok() || IsNotYet(status)
               ? absl::OkStatus()
               : Annotate(status, absl::StrCat("could not delete ", kind, " ", name));
  }

  void Report(const AssociatedThings& left) {
    if (left.empty()) {
      return;
    }
    const AssociatedCost cost = CostOfThings(left);
    work_.warnings.AddWarning(
        "Something of the cluster is left",
        absl::StrCat("The cluster is gone. on_destroy keeps these, and they go on costing about ",
                     cost.load_balancers + cost.volumes + cost.volume_snapshots,
                     " US dollars a month:\n", Lines(left),
                     "Nothing manages them any more. Delete what you do not need, with doctl or at "
                     "https://cloud.digitalocean.com."));
  }

  ClusterWork& work_;
};

}  // namespace

std::string ClusterIdOf(const ClusterModel& state) {
  // The id goes with the cluster, the URN stays in the state as long as anything does.
  const std::string urn = state.urn.value_or("");
  return state.id.is_known() ? *state.id : std::string(absl::StripPrefix(urn, "do:kubernetes:"));
}

AssociatedThings Doomed(const AssociatedThings& things, const Attr<OnDestroy>& on_destroy) {
  const DestroyPolicy policy = PolicyOf(on_destroy);
  AssociatedThings doomed;
  if (policy.load_balancers == Fate::kDelete) {
    doomed.load_balancers = things.load_balancers;
  }
  if (policy.volumes == Fate::kDelete) {
    doomed.volumes = things.volumes;
  }
  if (policy.volume_snapshots == Fate::kDelete) {
    doomed.volume_snapshots = things.volume_snapshots;
  }
  return doomed;
}

std::unique_ptr<Step> MakeAssociatedStep(ClusterWork& work) {
  return std::make_unique<AssociatedStep>(work);
}

}  // namespace kproto
