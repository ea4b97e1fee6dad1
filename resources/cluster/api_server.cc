// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/api_server.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/reconcile/poll_pace.h"
#include "provider/runtime/diagnostics.h"

namespace kproto {
namespace {

constexpr absl::Duration kProbeTimeout = absl::Seconds(10);
// For a server that DigitalOcean says runs: its name has to reach our resolver.
constexpr absl::Duration kPatience = absl::Minutes(3);

absl::Status Probe(const ClusterWork& work, const StepContext& context) {
  kubernetes::Credentials credentials{.host = work.live->endpoint};
  if (work.state.cluster_ca_certificate.is_known()) {
    credentials.cluster_ca_certificate = *work.state.cluster_ca_certificate;
  } else {
    KPROTO_ASSIGN_OR_RETURN(const digitalocean::Credentials minted,
                            work.api.GetCredentials(work.live->id, absl::Minutes(1), context.stop));
    credentials.cluster_ca_certificate = minted.certificate_authority_pem;
  }
  KPROTO_ASSIGN_OR_RETURN(const auto kubernetes, work.connect(credentials));
  return kubernetes->GetVersion({context.clock.Now() + kProbeTimeout, context.stop}).status();
}

// Where the nodes are not waited for, nothing else shows that the cluster can be worked in.
class ApiServerStep : public Step {
 public:
  explicit ApiServerStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "api_server"; }
  std::vector<absl::string_view> needs() const override { return {"control_plane_firewall"}; }
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }

  Difference Compare() const override {
    return work_.waits_for_nodes() || done_ ? Difference::None()
                                            : Difference::Differs("it has not answered yet");
  }

  absl::Status Apply(const StepContext& context) override {
    PollPace pace(context.clock);
    absl::Status answer = Answers(work_, context);
    while (!answer.ok() && pace.Passed() < kPatience) {
      if (!context.clock.Sleep(pace.Next(), context.stop)) {
        return WithHint(absl::CancelledError("stopped while waiting for the API server to answer"),
                        "Nothing is lost: apply again to go on.");
      }
      answer = Answers(work_, context);
    }
    done_ = true;
    if (!answer.ok()) {
      // Somebody else may reach it, and the cluster is there.
      work_.warnings.AddWarning(
          "The API server does not answer from here",
          absl::StrCat("DigitalOcean says that the cluster runs, but ", work_.live->endpoint,
                       " does not answer (", answer.message(),
                       "). What is to be installed into it from here will fail."),
          Path("endpoint"));
    }
    return absl::OkStatus();
  }

  // It goes with its cluster.
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  ClusterWork& work_;
  bool done_ = false;
};

}  // namespace

absl::Status Answers(const ClusterWork& work, const StepContext& context) {
  const absl::Status probe = Probe(work, context);
  const bool refused = absl::IsUnauthenticated(probe) || absl::IsPermissionDenied(probe) ||
                       absl::IsNotFound(probe) || absl::IsResourceExhausted(probe);
  return refused ? absl::OkStatus() : probe;
}

std::unique_ptr<Step> MakeApiServerStep(ClusterWork& work) {
  return std::make_unique<ApiServerStep>(work);
}

}  // namespace kproto
