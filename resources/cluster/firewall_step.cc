// SPDX-License-Identifier: MPL-2.0
// The firewall in front of the API server, changed so that nobody locks themselves out: a change
// after which the API server no longer answers from here is undone. Nothing else tells which
// address we come from: there may be any number of translations in between.
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "provider/runtime/diagnostics.h"
#include "resources/cluster/api_server.h"
#include "resources/cluster/refusal.h"
#include "resources/cluster/steps.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

// A rule takes a while to come into force: the API server has to answer all through the first time,
// and may be silent for no longer than the second.
constexpr absl::Duration kProofTime = absl::Seconds(30);
constexpr absl::Duration kPatience = absl::Seconds(90);
constexpr absl::Duration kBetweenProbes = absl::Seconds(5);

class FirewallStep : public Step {
 public:
  explicit FirewallStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "control_plane_firewall"; }
  std::vector<absl::string_view> needs() const override { return {"node_actions"}; }

  // The steps before have just read the cluster.
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }

  Difference Compare() const override {
    if (FirewallDiffers(work_.wanted, *work_.live)) {
      return Difference::Differs("allowed addresses");
    }
    // A cluster is made with its firewall, so that it is never open to all, and tried afterwards.
    return work_.intent && IsGuarded() && !proven_ ? Difference::Differs("not tried yet")
                                                   : Difference::None();
  }

  absl::Status Apply(const StepContext& context) override {
    if (!IsGuarded()) {
      return Update(WantedFirewall(work_.wanted), context);
    }
    const bool changes = FirewallDiffers(work_.wanted, *work_.live);
    const ocean::ControlPlaneFirewall before =
        work_.live->control_plane_firewall.value_or(ocean::ControlPlaneFirewall());
    const bool answered_before = changes && Answers(work_, context).ok();
    if (changes) {
      KPROTO_RETURN_IF_ERROR(Update(WantedFirewall(work_.wanted), context));
    }
    const absl::Status proof = Prove(context);
    if (proof.ok() || absl::IsCancelled(proof)) {
      proven_ = proof.ok();
      return proof;
    }
    return LockedOut(proof, answered_before ? &before : nullptr, context);
  }

  // The firewall goes with its cluster.
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  bool IsGuarded() const {
    const Attr<ControlPlaneFirewall>& firewall = work_.wanted.control_plane_firewall;
    return firewall.is_known() && firewall->enabled.value_or(false) &&
           !firewall->allow_lockout.value_or(false);
  }

  absl::Status Update(const ocean::ControlPlaneFirewall& firewall, const StepContext& context) {
    ocean::ClusterUpdate update;
    update.name = work_.live->name;
    update.control_plane_firewall = firewall;
    const auto updated = work_.api.UpdateCluster(work_.live->id, update, context.stop);
    if (!updated.ok()) {
      return WithPath(Annotate(updated.status(), "could not change the firewall"),
                      Path("control_plane_firewall"));
    }
    work_.live = *updated;
    return absl::OkStatus();
  }

  absl::Status Prove(const StepContext& context) {
    absl::Duration answering, silent;
    while (answering < kProofTime) {
      const absl::Status probe = Answers(work_, context);
      answering = probe.ok() ? answering + kBetweenProbes : absl::ZeroDuration();
      silent = probe.ok() ? silent : silent + kBetweenProbes;
      if (silent > kPatience) {
        return probe;
      }
      if (!context.clock.Sleep(kBetweenProbes, context.stop)) {
        return absl::CancelledError(
            "stopped before it was certain that the API server still answers");
      }
    }
    return absl::OkStatus();
  }

  // `before`: the firewall with which the API server answered, to go back to.
  absl::Status LockedOut(const absl::Status& proof, const ocean::ControlPlaneFirewall* before,
                         const StepContext& context) {
    std::string text = absl::StrCat("behind this firewall the API server ", work_.live->endpoint,
                                    " does not answer from here (", proof.message(), ")");
    if (before != nullptr) {
      const absl::Status undone = Update(*before, context);
      absl::StrAppend(&text, undone.ok()
                                 ? "; the change was undone"
                                 : absl::StrCat("; undoing it failed too: ", undone.message()));
    }
    return WithPath(
        WithHint(absl::FailedPreconditionError(text),
                 "Add the public address from which OpenTofu runs to allowed_addresses, or write "
                 "allow_lockout = true if it need not reach the cluster."),
        Path("control_plane_firewall").Attribute("allowed_addresses"));
  }

  ClusterWork& work_;
  bool proven_ = false;
};

}  // namespace

std::unique_ptr<Step> MakeFirewallStep(ClusterWork& work) {
  return std::make_unique<FirewallStep>(work);
}

}  // namespace kproto
