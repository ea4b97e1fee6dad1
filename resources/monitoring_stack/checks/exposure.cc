// SPDX-License-Identifier: MPL-2.0
// Rule exposure: what the whole internet reaches asks for a name and a password that nobody else
// knows. Public is a load balancer without a list of allowed addresses, or an Ingress.
#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::ListAt;
using kubernetes::StringAt;

bool IsPublic(const Json& service) {
  const auto annotations = kubernetes::StringMapAt(service, "/metadata/annotations");
  const auto network = annotations.find("service.beta.kubernetes.io/do-loadbalancer-network");
  return StringAt(service, "/spec/type") == "LoadBalancer" &&
         ListAt(service, "/spec/loadBalancerSourceRanges").empty() &&
         (network == annotations.end() || network->second != "INTERNAL") &&
         annotations.count("service.beta.kubernetes.io/do-loadbalancer-allow-rules") == 0;
}

// How a component is reached from outside: "Service grafana (LoadBalancer)"; "" when it is not.
std::string WayIn(const RenderedComponent& component) {
  for (const Json& object : component.objects) {
    const std::string kind = StringAt(object, "/kind");
    if (kind == "Service" && IsPublic(object)) {
      return absl::StrCat("Service ", StringAt(object, "/metadata/name"), " (LoadBalancer)");
    }
    if (kind == "Ingress" || kind == "HTTPRoute") {
      return absl::StrCat(kind, " ", StringAt(object, "/metadata/name"));
    }
  }
  return "";
}

bool IsTrue(const Json* value) {
  return value != nullptr && (*value == Json(true) || *value == Json("true"));
}

class Reader {
 public:
  Reader(const RenderedComponent& component, Findings& findings)
      : component_(component),
        values_(component.Effective()),
        way_in_(WayIn(component)),
        findings_(findings) {}

  void ReadGrafana() {
    const Json* password = Find(component_.values, {"adminPassword"});
    if (password != nullptr && password->is_string() && !password->get<std::string>().empty()) {
      AddPassword();
    }
    if (!way_in_.empty() && IsTrue(Find(values_, {"grafana.ini", "auth.anonymous", "enabled"}))) {
      Finding& finding =
          Add({"grafana.ini", "auth.anonymous", "enabled"}, "Everybody may read Grafana");
      finding.cause =
          absl::StrCat("Anonymous access is on, and the internet reaches it by ", way_in_, ".");
      finding.cure =
          "Turn it off, set grafana.expose to \"none\", or list who may come in "
          "service.loadBalancerSourceRanges.";
    }
  }

  void ReadLoki() {
    const bool asks = IsTrue(Find(values_, {"gateway", "basicAuth", "enabled"}));
    if (way_in_.empty() || asks) {
      return;
    }
    // With auth_enabled Loki only asks which tenant: anybody may name one.
    Finding& finding =
        Add({"gateway", "basicAuth", "enabled"}, "Everybody may read and write logs");
    finding.cause = absl::StrCat("The internet reaches Loki by ", way_in_,
                                 ", and nothing there asks for a password (auth_enabled only asks "
                                 "for the name of a tenant).");
    finding.cure =
        "Set service.type to ClusterIP, turn the ingress off, or turn gateway.basicAuth "
        "on.";
  }

  void ReadArgoCd() {
    if (way_in_.empty()) {
      return;
    }
    if (IsTrue(Find(values_, {"configs", "cm", "users.anonymous.enabled"}))) {
      Finding& finding =
          Add({"configs", "cm", "users.anonymous.enabled"}, "Everybody may use Argo CD");
      finding.cause = absl::StrCat("Anonymous access is on, and the internet reaches it by ",
                                   way_in_, ". Who rules Argo CD rules the cluster.");
      finding.cure = "Turn it off, or leave server.service.type at ClusterIP.";
    }
    if (IsTrue(Find(values_, {"configs", "params", "server.insecure"})) &&
        absl::StrContains(way_in_, "LoadBalancer")) {
      Finding& finding = Add({"configs", "params", "server.insecure"},
                             "Argo CD takes passwords without encryption");
      finding.cause = absl::StrCat(
          "server.insecure serves plain HTTP, and the internet reaches it "
          "by ",
          way_in_, ".");
      finding.cure = "Remove server.insecure, or let an Ingress with TLS stand in front.";
    }
  }

 private:
  // The provider keeps Grafana's password in a Secret of its own, unless the values say otherwise.
  void AddPassword() {
    const Json* secret = Find(values_, {"admin", "existingSecret"});
    const bool used = secret == nullptr || *secret == Json("");
    Finding& finding = Add({"adminPassword"}, "A password stands in a values file");
    finding.severity = way_in_.empty() ? Severity::kWarning : Severity::kError;
    finding.cause = absl::StrCat(
        used ? "Whoever reads the file is Grafana's administrator"
             : "It has no effect (Grafana takes its password from the Secret named in "
               "admin.existingSecret), but whoever reads the file knows a password that was meant "
               "for Grafana's administrator",
        way_in_.empty() ? "."
                        : absl::StrCat("; and the internet reaches Grafana by ", way_in_, "."));
    finding.cure = "Remove it, and set grafana.admin_password_wo, which is stored nowhere.";
  }

  Finding& Add(const std::vector<std::string>& key, std::string summary) {
    return AddFinding(findings_, component_.name, key, std::move(summary));
  }

  const RenderedComponent& component_;
  const Json values_;
  const std::string way_in_;
  Findings& findings_;
};

}  // namespace

void CheckExposure(const RenderedStack& stack, Findings& findings) {
  for (const RenderedComponent& component : stack.components) {
    Reader reader(component, findings);
    const std::string& chart = component.chart.name;
    if (chart == "grafana") {
      reader.ReadGrafana();
    } else if (chart == "loki") {
      reader.ReadLoki();
    } else if (chart == "argo-cd") {
      reader.ReadArgoCd();
    }
  }
}

}  // namespace kproto::monitoring_stack
