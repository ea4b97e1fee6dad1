// SPDX-License-Identifier: MPL-2.0
// Argo CD's values.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "resources/monitoring_stack/health.h"
#include "resources/monitoring_stack/values.h"
#include "resources/monitoring_stack/wiring_parts.h"

namespace kproto::monitoring_stack {
namespace {

Json ArgoCdIngress(const IngressWanted& ingress) {
  Json server = {{"enabled", true},
                 {"ingressClassName", ingress.class_name},
                 {"hostname", ingress.argocd_host},
                 {"annotations", IngressAnnotations(ingress)}};
  if (!ingress.tls_secret_name.empty()) {
    server["extraTls"] = Json::array(
        {{{"hosts", Json::array({ingress.argocd_host})}, {"secretName", ingress.tls_secret_name}}});
  } else if (ingress.HasTls()) {
    server["tls"] = true;
  }
  // TLS ends at the controller: Argo CD itself would redirect to HTTPS for ever.
  return {{"global", {{"domain", ingress.argocd_host}}},
          {"configs", {{"params", {{"server.insecure", true}}}}},
          {"server", {{"ingress", server}}}};
}

Json ArgoCdMode(const Wiring& wiring) {
  if (wiring.argocd_mode == "core") {
    // Older versions of the chart know only the number of its replicas.
    return {{"server", {{"enabled", false}, {"replicas", 0}}},
            {"dex", {{"enabled", false}}},
            {"notifications", {{"enabled", false}}}};
  }
  if (wiring.argocd_mode != "ha") {
    return Json::object();
  }
  Json redis = MergeValues({{"enabled", true}}, Placement(wiring));
  redis["haproxy"] = Placement(wiring);
  return {{"redis-ha", redis},
          {"server", {{"replicas", 2}}},
          {"repoServer", {{"replicas", 2}}},
          {"applicationSet", {{"replicas", 2}}}};
}

}  // namespace

Json ArgoCdValues(const Wiring& wiring, const Json& user) {
  Json values = {{"global", Placement(wiring)}};
  values["configs"]["cm"][kApplicationHealthKey] = kApplicationHealthLua;
  values = MergeValues(std::move(values), ArgoCdMode(wiring));
  if (wiring.network_policies) {
    values["global"]["networkPolicy"] = {{"create", true}};
  }
  if (!wiring.ingress.argocd_host.empty()) {
    values = MergeValues(std::move(values), ArgoCdIngress(wiring.ingress));
  }
  values = MergeValues(std::move(values), user);
  if (!wiring.policy_csv.empty()) {
    // What the user has written of his own stays beside it.
    const std::string written = StringOf(Find(user, {"configs", "rbac", "policy.csv"}));
    values["configs"]["rbac"]["policy.csv"] = absl::StrCat(wiring.policy_csv, written);
  }
  if (!wiring.known_hosts.empty()) {
    const std::string written = StringOf(Find(user, {"configs", "ssh", "extraHosts"}));
    const char* between = written.empty() || absl::EndsWith(written, "\n") ? "" : "\n";
    values["configs"]["ssh"]["extraHosts"] = absl::StrCat(written, between, wiring.known_hosts);
  }
  return values;
}

}  // namespace kproto::monitoring_stack
