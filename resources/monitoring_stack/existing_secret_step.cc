// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/existing_secret_step.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/wiring.h"

namespace kproto::monitoring_stack {

absl::Status ExistingSecretStep::Observe(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_ASSIGN_OR_RETURN(
      const std::optional<Json> secret,
      cluster.kubernetes->Get({"v1", "Secret", desired().ns, desired().grafana_secret},
                              CallOf(context)));
  there_ = secret.has_value();
  KPROTO_ASSIGN_OR_RETURN(
      const std::optional<Json> own,
      cluster.kubernetes->Get({"v1", "Secret", desired().ns, kGrafanaAdminSecret},
                              CallOf(context)));
  own_there_ = own && IsOurs(*own);
  return absl::OkStatus();
}

Difference ExistingSecretStep::Compare() const {
  const std::string& name = stack_.desired.grafana_secret;
  if (!there_) {
    return Difference::Missing(
        absl::StrCat("Secret ", name, ", which grafana.existing_secret names, is missing"));
  }
  return own_there_ ? Difference::Differs(
                          absl::StrCat("Secret ", kGrafanaAdminSecret, " is no longer wanted"))
                    : Difference::None();
}

absl::Status ExistingSecretStep::Apply(const StepContext& context) {
  if (!there_) {
    return WithPath(
        WithHint(
            absl::FailedPreconditionError(absl::StrCat(
                "there is no Secret ", desired().grafana_secret, " in namespace ", desired().ns)),
            "Make it before the stack, with the keys admin-user and admin-password. The "
            "namespace may be there already: the stack takes it as it is."),
        Path("grafana").Attribute("existing_secret"));
  }
  return Remove(context);
}

absl::Status ExistingSecretStep::Remove(const StepContext& context) {
  if (!own_there_ || desired().grafana_secret == kGrafanaAdminSecret) {
    return absl::OkStatus();
  }
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  return cluster.kubernetes->Delete({"v1", "Secret", desired().ns, kGrafanaAdminSecret},
                                    kubernetes::Propagation::kBackground, CallOf(context));
}

}  // namespace kproto::monitoring_stack
