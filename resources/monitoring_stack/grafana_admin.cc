// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/grafana_admin.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"

namespace kproto::monitoring_stack {
namespace {

const Json& ValuesOf(const Desired& desired, const char* name) {
  static const auto& nothing = *new Json(Json::object());
  for (const Component& component : desired.components) {
    if (component.name == name) {
      return component.values;
    }
  }
  return nothing;
}

}  // namespace

grafana::Grafana GrafanaOf(const Desired& desired, kubernetes::Kubernetes* kubernetes) {
  const Json* port = Find(ValuesOf(desired, "grafana"), {"service", "port"});
  return {kubernetes, desired.ns, FullName(desired, "grafana"),
          port != nullptr && port->is_number_integer() ? absl::StrCat(port->get<int64_t>()) : "80"};
}

bool KeepsItsDatabase(const Desired& desired) {
  const Json& values = ValuesOf(desired, "grafana");
  const Json* volume = Find(values, {"persistence", "enabled"});
  const Json* database = Find(values, {"grafana.ini", "database"});
  return (volume != nullptr && *volume == Json(true)) || database != nullptr;
}

absl::Status RotateAdminPassword(grafana::Grafana& grafana, const SecretString& from,
                                 const SecretString& to, const kubernetes::Call& call) {
  const absl::StatusOr<grafana::Session> before = grafana.Login(kAdminUser, from, call);
  if (before.ok() && !(from == to)) {
    KPROTO_RETURN_IF_ERROR(grafana.ChangePassword(*before, from, to, call));
  } else if (!before.ok() && !absl::IsUnauthenticated(before.status())) {
    return before.status();
  }
  const absl::Status proof = grafana.Login(kAdminUser, to, call).status();
  if (!absl::IsUnauthenticated(proof)) {
    return proof;
  }
  return WithHint(
      absl::FailedPreconditionError(
          absl::StrCat("Grafana takes neither the password in the Secret ", kGrafanaAdminSecret,
                       " nor the new one: somebody has changed it in Grafana")),
      "Set it back there, or run `grafana cli admin reset-admin-password` in its pod, to the "
      "password in the Secret.");
}

}  // namespace kproto::monitoring_stack
