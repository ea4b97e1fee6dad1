// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/verify_step.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/loki/loki.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/grafana_admin.h"

namespace kproto::monitoring_stack {
namespace {

// How long a ready pod may take to answer, and a line to become visible.
constexpr absl::Duration kPatience = absl::Minutes(2);
constexpr absl::Duration kPoll = absl::Seconds(1);
constexpr char kJob[] = "kproto-verify";
constexpr char kStays[] =
    "A datasource that no values file has any more stays in Grafana's database: name it in "
    "deleteDatasources of the datasources file.";

bool IsTrue(const Json* value) { return value != nullptr && *value == Json(true); }

// Loki as it is reached inside the cluster: its gateway unless that asks for a password.
loki::Loki LokiOf(const Desired& desired, kubernetes::Kubernetes* kubernetes) {
  Json values = Json::object();
  for (const Component& component : desired.components) {
    values = component.name == "loki" ? component.values : std::move(values);
  }
  const Json* gateway = Find(values, {"gateway", "enabled"});
  const bool direct = (gateway != nullptr && *gateway == Json(false)) ||
                      IsTrue(Find(values, {"gateway", "basicAuth", "enabled"}));
  const std::string name = FullName(desired, "loki");
  const std::string tenant = IsTrue(Find(values, {"loki", "auth_enabled"})) ? "kproto" : "";
  return {kubernetes, desired.ns, direct ? name : absl::StrCat(name, "-gateway"),
          direct ? "3100" : "80", tenant};
}

// Again until it works, is refused for good, or has taken too long.
absl::Status Persist(const StepContext& context, const std::function<absl::Status()>& attempt) {
  const absl::Time until = std::min(context.deadline, context.clock.Now() + kPatience);
  for (;;) {
    const absl::Status status = attempt();
    const bool in_vain = !absl::IsUnavailable(status) && !absl::IsNotFound(status);
    if (status.ok() || in_vain || context.clock.Now() >= until) {
      return status;
    }
    if (!context.clock.Sleep(kPoll, context.stop)) {
      return absl::CancelledError("interrupted");
    }
  }
}

absl::Status Failed(const char* what, const absl::Status& status) {
  return status.ok() ? status
                     : WithPath(Annotate(status, absl::StrCat("the stack runs, but ", what)),
                                Path("verify"));
}

}  // namespace

Difference VerifyStep::Compare() const {
  return stack_.desired.verify ? Difference::Differs("it is not proved yet") : Difference::None();
}

absl::Status VerifyStep::ProveLoki(const Cluster& cluster, const StepContext& context) {
  loki::Loki loki = LokiOf(desired(), cluster.kubernetes.get());
  const kubernetes::Call call = CallOf(context);
  const std::string nonce = RandomHex(8);
  const absl::Time now = absl::Now();  // Loki's clock is the world's
  KPROTO_RETURN_IF_ERROR(Failed("takes no logs", Persist(context, [&] {
                                  return loki.Push({{"job", kJob}, {"namespace", desired().ns}},
                                                   now, absl::StrCat("kproto ", nonce), call);
                                })));
  const std::string query = absl::StrCat("{job=\"", kJob, "\"} |= \"", nonce, "\"");
  return Failed("shows no logs", Persist(context, [&]() -> absl::Status {
                  KPROTO_ASSIGN_OR_RETURN(
                      const std::vector<std::string> lines,
                      loki.Query(query, now - absl::Minutes(1), now + absl::Minutes(1), call));
                  const bool there = std::any_of(
                      lines.begin(), lines.end(),
                      [&](const std::string& line) { return absl::StrContains(line, nonce); });
                  return there ? absl::OkStatus()
                               : absl::UnavailableError("a line that was pushed does not appear");
                }));
}

absl::Status VerifyStep::ProveGrafana(const Cluster& cluster, const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  grafana::Grafana grafana = GrafanaOf(desired(), cluster.kubernetes.get());
  KPROTO_RETURN_IF_ERROR(Failed("Grafana does not answer",
                                Persist(context, [&] { return grafana.CheckHealth(call); })));
  KPROTO_ASSIGN_OR_RETURN(
      std::optional<Json> secret,
      cluster.kubernetes->Get({"v1", "Secret", desired().ns, desired().grafana_secret}, call));
  std::string password;
  if (!secret ||
      !absl::Base64Unescape(kubernetes::StringAt(*secret, "/data/admin-password"), &password)) {
    return Failed("Grafana's Secret is not readable",
                  absl::NotFoundError(desired().grafana_secret));
  }
  absl::StatusOr<grafana::Session> session =
      grafana.Login(kAdminUser, SecretString(std::move(password)), call);
  if (!session.ok()) {
    return Failed("nobody can log in", session.status());
  }
  absl::StatusOr<std::vector<grafana::Datasource>> datasources =
      grafana.Datasources(*session, call);
  if (!datasources.ok()) {
    return Failed("Grafana has no datasources", datasources.status());
  }
  for (const grafana::Datasource& datasource : *datasources) {
    const absl::Status works =
        Persist(context, [&] { return grafana.CheckDatasource(*session, datasource, call); });
    KPROTO_RETURN_IF_ERROR(Failed("a datasource does not work", WithHint(works, kStays)));
  }
  return absl::OkStatus();
}

absl::Status VerifyStep::Apply(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  KPROTO_RETURN_IF_ERROR(ProveLoki(cluster, context));
  KPROTO_RETURN_IF_ERROR(ProveGrafana(cluster, context));
  found().verified = true;
  return absl::OkStatus();
}

}  // namespace kproto::monitoring_stack
