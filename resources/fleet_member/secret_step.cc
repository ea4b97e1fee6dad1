// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet_member/secret_step.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"

namespace kproto::fleet_member {

absl::Status SecretStep::Observe(const StepContext& context) {
  return work_.hub_is_gone ? absl::OkStatus() : work_.Look(context);
}

ClusterSecret SecretStep::Wanted() const {
  ClusterSecret wanted = work_.wanted;
  wanted.server = work_.door().host;
  wanted.ca_certificate = work_.door().cluster_ca_certificate;
  if (work_.secret) {
    wanted.token = work_.secret->token;
    wanted.token_issued = work_.secret->token_issued;
  }
  return wanted;
}

bool SecretStep::MustRenew() const {
  return work_.renew_token || !work_.secret ||
         work_.secret->token_lifetime != work_.wanted.token_lifetime ||
         work_.secret->server != work_.door().host ||
         work_.connections.clock().Now() >= Wanted().TokenRenewal();
}

Difference SecretStep::Compare() const {
  if (!work_.secret) {
    return Difference::Missing("the cluster Secret is missing");
  }
  if (MustRenew()) {
    return Difference::Differs("the token is to be renewed");
  }
  return *work_.secret == Wanted() ? Difference::None()
                                   : Difference::Differs("the cluster Secret differs");
}

absl::Status SecretStep::CheckAlone(kubernetes::Kubernetes& hub, const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(
      const std::vector<Json> same,
      hub.List("v1", "Secret",
               {.ns = work_.ref.argocd_ns,
                .label_selector = absl::StrCat(fleet::kClusterLabel, "=", work_.wanted.cluster_id)},
               call));
  for (const Json& other : same) {
    if (!(kubernetes::KeyOf(other) == fleet::SecretKeyOf(work_.ref, work_.wanted.member))) {
      const ClusterSecret its = SecretFrom(work_.ref, other);
      return WithPath(
          absl::FailedPreconditionError(absl::StrCat(
              "cluster ", work_.wanted.cluster_id, " is member \"", its.member, "\" of fleet \"",
              kubernetes::LabelOf(other, fleet::kFleetLabel),
              "\" already: Argo CD knows a cluster once, so it can be a member once on a hub")),
          Path("cluster_id"));
    }
  }
  return absl::OkStatus();
}

absl::Status SecretStep::Apply(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(const auto hub, work_.Hub(context));
  KPROTO_ASSIGN_OR_RETURN(const auto member, work_.Member(context));
  if (work_.name_is_taken) {
    return WithPath(WithHint(absl::AlreadyExistsError(absl::StrCat(
                                 "Argo CD has a cluster Secret ",
                                 fleet::SecretKeyOf(work_.ref, work_.wanted.member).name,
                                 " that is not of this member")),
                             "Choose another name."),
                    Path("name"));
  }
  KPROTO_RETURN_IF_ERROR(CheckAlone(*hub, call));
  ClusterSecret wanted = Wanted();
  if (MustRenew()) {
    KPROTO_ASSIGN_OR_RETURN(
        kubernetes::ServiceAccountToken token,
        member->RequestToken(kAccountNamespace, work_.AccountName(),
                             DurationOr(wanted.token_lifetime, kTokenLifetime), call));
    wanted.token = std::move(token.token);
    wanted.token_issued = TimeText(work_.connections.clock().Now());
    Log(LogLevel::kInfo, "Argo CD gets a new token",
        {{"member", wanted.member},
         {"expires", absl::FormatTime(token.expires, absl::UTCTimeZone())}});
  }
  work_.hubs.Changed(work_.ref);
  KPROTO_RETURN_IF_ERROR(
      hub->Apply(ToObject(wanted), kubernetes::Conflicts::kForce, call).status());
  work_.secret = std::move(wanted);
  return absl::OkStatus();
}

absl::Status SecretStep::Remove(const StepContext& context) {
  if (work_.hub_is_gone || !work_.secret) {
    return absl::OkStatus();
  }
  KPROTO_ASSIGN_OR_RETURN(const auto hub, work_.Hub(context));
  work_.hubs.Changed(work_.ref);
  KPROTO_RETURN_IF_ERROR(hub->Delete(fleet::SecretKeyOf(work_.ref, work_.wanted.member),
                                     kubernetes::Propagation::kBackground, CallOf(context)));
  work_.secret.reset();
  return absl::OkStatus();
}

}  // namespace kproto::fleet_member
