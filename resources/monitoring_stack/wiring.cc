// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/wiring.h"

#include <initializer_list>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "resources/monitoring_stack/alloy.h"
#include "resources/monitoring_stack/charts.h"
#include "resources/monitoring_stack/values.h"
#include "resources/monitoring_stack/wiring_parts.h"

namespace kproto::monitoring_stack {
namespace {

// Whether `url` names one of these Services of this stack, in any spelling.
bool NamesOurs(absl::string_view url, const std::string& ns,
               std::initializer_list<const char*> services) {
  if (!absl::ConsumePrefix(&url, "http://")) {
    return false;
  }
  const absl::string_view host = url.substr(0, url.find_first_of(":/"));
  for (const char* name : services) {
    if (host == name || absl::StartsWith(host, absl::StrCat(name, ".", ns, ".")) ||
        host == absl::StrCat(name, ".", ns)) {
      return true;
    }
  }
  return false;
}

// Such as the charts' default.
bool NamesOurLoki(absl::string_view url, const std::string& ns) {
  return NamesOurs(url, ns, {"loki", "loki-gateway"});
}
bool NamesOurPrometheus(absl::string_view url, const std::string& ns) {
  return NamesOurs(url, ns, {"prometheus", "prometheus-server"});
}

struct DatasourceWanted {
  const char* name;
  const char* type;  // and uid
  std::string url;
  bool (*names_ours)(absl::string_view url, const std::string& ns);
  bool may_be_default;
};

// The datasources file of Grafana with one of the stack's own in it, at the address where that
// listens.
void WireDatasource(const DatasourceWanted& wanted, const std::string& ns, Json& values) {
  Json& file = values["datasources"]["datasources.yaml"];
  if (!file.is_object()) {
    file = Json::object();
  }
  file["apiVersion"] = 1;
  if (!file["datasources"].is_array()) {
    file["datasources"] = Json::array();
  }
  bool there = false, has_default = false;
  for (Json& datasource : file["datasources"]) {
    if (!datasource.is_object()) {
      continue;
    }
    has_default |= IsTrue(Find(datasource, {"isDefault"}));
    if (StringOf(Find(datasource, {"type"})) == wanted.type) {
      there = true;
      const std::string written = StringOf(Find(datasource, {"url"}));
      if (written.empty() || wanted.names_ours(written, ns)) {
        datasource["url"] = wanted.url;
      }
    }
  }
  if (!there) {
    file["datasources"].push_back({{"name", wanted.name},
                                   {"uid", wanted.type},
                                   {"type", wanted.type},
                                   {"access", "proxy"},
                                   {"url", wanted.url},
                                   {"isDefault", wanted.may_be_default && !has_default}});
  }
}

// Takes every Kubernetes and Helm spelling of "on all nodes".
const Json& Everywhere() {
  static const auto& tolerations =
      *new Json(Json::array({{{"operator", "Exists"}, {"effect", "NoSchedule"}}}));
  return tolerations;
}

Json GrafanaIngress(const IngressWanted& ingress) {
  Json values = {{"enabled", true},
                 {"ingressClassName", ingress.class_name},
                 {"hosts", Json::array({ingress.grafana_host})},
                 {"annotations", IngressAnnotations(ingress)}};
  if (ingress.HasTls()) {
    const std::string secret =
        ingress.tls_secret_name.empty() ? "grafana-tls" : ingress.tls_secret_name;
    values["tls"] =
        Json::array({{{"hosts", Json::array({ingress.grafana_host})}, {"secretName", secret}}});
  }
  return {
      {"ingress", values},
      {"grafana.ini",
       {{"server",
         {{"domain", ingress.grafana_host}, {"root_url", ingress.UrlOf(ingress.grafana_host)}}}}}};
}

}  // namespace

std::string IngressWanted::UrlOf(const std::string& host) const {
  return host.empty() ? "" : absl::StrCat(HasTls() ? "https://" : "http://", host);
}

Json GrafanaValues(const Wiring& wiring, const Json& user, const Json& loki,
                   const Json& prometheus) {
  Json values = Placement(wiring);
  // A Secret that outlives each rendering: the chart would make up a new password every time.
  values["admin"] = {{"existingSecret", wiring.grafana_secret},
                     {"userKey", "admin-user"},
                     {"passwordKey", "admin-password"}};
  if (IsTrue(Find(user, {"persistence", "enabled"})) &&
      StringOf(Find(user, {"persistence", "type"}), "pvc") == "pvc") {
    // A new pod cannot mount the volume while the old one has it.
    values["deploymentStrategy"] = {{"type", "Recreate"}};
  }
  if (!wiring.password_version.empty()) {
    values["podAnnotations"] = {{"kproto/admin-password-version", wiring.password_version}};
  }
  if (!wiring.ingress.grafana_host.empty()) {
    values = MergeValues(std::move(values), GrafanaIngress(wiring.ingress));
  }
  values = MergeValues(std::move(values), user);
  values = MergeValues(std::move(values), DashboardValues(wiring.dashboards, user));
  if (wiring.grafana_exposed) {
    values = MergeValues(std::move(values),
                         {{"service", {{"enabled", true}, {"type", "LoadBalancer"}}}});
  }
  if (!wiring.storage_class.empty()) {
    values["persistence"]["storageClassName"] = wiring.storage_class;
  }
  WireDatasource({"Loki", "loki", LokiUrl(wiring, loki), &NamesOurLoki, true}, wiring.ns, values);
  if (wiring.prometheus) {
    WireDatasource(
        {"Prometheus", "prometheus", PrometheusUrl(wiring, prometheus), &NamesOurPrometheus, false},
        wiring.ns, values);
  }
  return values;
}

Json PromtailValues(const Wiring& wiring, const Json& user, const Json& loki) {
  // Every node has logs, whatever its taints.
  Json values = MergeValues({{"tolerations", Everywhere()}}, user);
  const std::string push = absl::StrCat(LokiUrl(wiring, loki), "/loki/api/v1/push");
  Json& config = values["config"];
  if (!config.is_object()) {
    config = Json::object();
  }
  Json& clients = config["clients"];
  if (!clients.is_array() || clients.empty()) {
    clients = Json::array({{{"url", push}}});
  }
  for (Json& client : clients) {
    if (client.is_object()) {
      const std::string written = StringOf(Find(client, {"url"}));
      if (written.empty() || NamesOurLoki(written, wiring.ns)) {
        client["url"] = push;
      }
    }
  }
  return values;
}

Json AlloyValues(const Wiring& wiring, const Json& user, const Json& loki) {
  const auto on_node = [](const char* name, const char* path) {
    return Json{{"name", name}, {"hostPath", {{"path", path}, {"type", "DirectoryOrCreate"}}}};
  };
  const Json values = {
      {"alloy",
       {{"configMap",
         {{"content", AlloyConfig(absl::StrCat(LokiUrl(wiring, loki), "/loki/api/v1/push"))}}},
        {"storagePath", kAlloyDir},
        {"mounts",
         {{"varlog", true},
          {"extra",
           Json::array(
               {{{"name", "positions"}, {"mountPath", kAlloyDir}},
                {{"name", "promtail"}, {"mountPath", kPromtailDir}, {"readOnly", true}}})}}}}},
      {"controller",
       {{"type", "daemonset"},
        {"tolerations", Everywhere()},
        {"volumes",
         {{"extra",
           Json::array({on_node("positions", kAlloyDir), on_node("promtail", kPromtailDir)})}}}}},
      {"crds", {{"create", false}}}};
  return MergeValues(values, user);
}

Json IngressControllerValues(const Wiring& wiring, const Json& user) {
  Json controller = Placement(wiring);
  controller["service"] = {{"type", "LoadBalancer"}};
  // What the chart of F5 calls ingressClass the community's calls ingressClassResource.
  const bool f5 = wiring.ingress.controller == kNginxIngressChart.component;
  Json& served = controller[f5 ? "ingressClass" : "ingressClassResource"];
  served["name"] = wiring.ingress.class_name;
  if (f5) {
    served["create"] = true;
  } else {
    controller["ingressClass"] = wiring.ingress.class_name;
  }
  return MergeValues({{"controller", controller}}, user);
}

Json MetricsServerValues(const Wiring& wiring, const Json& user) {
  return MergeValues(Placement(wiring), user);
}

Json PrometheusValues(const Wiring& wiring, const Json& user) {
  const Json placement = Placement(wiring);
  Json values = {{"server", placement},
                 {"kube-state-metrics", placement},
                 // Nobody is told of alerts, and nothing pushes, until somebody says so.
                 {"alertmanager", {{"enabled", false}}},
                 {"prometheus-pushgateway", {{"enabled", false}}},
                 {"prometheus-node-exporter", {{"tolerations", Everywhere()}}}};
  values = MergeValues(std::move(values), user);
  Json server = Json::object();
  if (!wiring.metrics_retention.empty()) {
    server["retention"] = wiring.metrics_retention;
  }
  if (wiring.metrics_volume_gib > 0) {
    server["persistentVolume"] = {{"enabled", true},
                                  {"size", absl::StrCat(wiring.metrics_volume_gib, "Gi")}};
  }
  if (!wiring.storage_class.empty()) {
    server["persistentVolume"]["storageClass"] = wiring.storage_class;
  }
  return MergeValues(std::move(values), {{"server", server}});
}

std::string PrometheusUrl(const Wiring& wiring, const Json& prometheus) {
  const std::string name =
      StringOf(Find(prometheus, {"server", "fullnameOverride"}), "prometheus-server");
  const Json* port = Find(prometheus, {"server", "service", "servicePort"});
  const bool other = port != nullptr && port->is_number_integer() && *port != Json(80);
  return absl::StrCat("http://", name, ".", wiring.ns, ".svc",
                      other ? absl::StrCat(":", port->get<int64_t>()) : "");
}

}  // namespace kproto::monitoring_stack
