// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/wiring.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "resources/monitoring_stack/alloy.h"
#include "resources/monitoring_stack/charts.h"
#include "resources/monitoring_stack/health.h"
#include "resources/monitoring_stack/values.h"

namespace kproto::monitoring_stack {
namespace {

std::string StringOf(const Json* value, std::string otherwise = "") {
  return value != nullptr && value->is_string() ? value->get<std::string>() : otherwise;
}

bool IsFalse(const Json* value) { return value != nullptr && value->is_boolean() && !*value; }
bool IsTrue(const Json* value) { return value != nullptr && value->is_boolean() && *value; }

// nodeSelector and tolerations for the pool; an empty object without one.
Json Placement(const Wiring& wiring) {
  if (wiring.node_pool.empty()) {
    return Json::object();
  }
  return {{"nodeSelector", {{kPoolLabel, wiring.node_pool}}},
          {"tolerations", Json::array({{{"key", kPoolTaint},
                                        {"operator", "Equal"},
                                        {"value", wiring.node_pool},
                                        {"effect", "NoSchedule"}}})}};
}

// Whether `url` names the Loki of this stack in any spelling, such as the charts' default.
bool NamesOurLoki(absl::string_view url, const std::string& ns) {
  if (!absl::ConsumePrefix(&url, "http://")) {
    return false;
  }
  const absl::string_view host = url.substr(0, url.find_first_of(":/"));
  for (const char* name : {"loki", "loki-gateway"}) {
    if (host == name || absl::StartsWith(host, absl::StrCat(name, ".", ns, ".")) ||
        host == absl::StrCat(name, ".", ns)) {
      return true;
    }
  }
  return false;
}

bool IsSingleBinary(const Json& user) {
  const std::string mode = StringOf(Find(user, {"deploymentMode"}), "SingleBinary");
  return mode == "SingleBinary" || mode == "Monolithic";
}

// What makes Loki run as one process with its data on a volume, which the chart's own defaults
// (three replicas of everything, object storage) do not.
Json SingleBinaryDefaults(const Json& user) {
  const std::string storage = StringOf(Find(user, {"loki", "storage", "type"}), "filesystem");
  Json values = {
      {"deploymentMode", "SingleBinary"},
      {"loki",
       {{"auth_enabled", false},
        {"commonConfig", {{"replication_factor", 1}}},
        {"storage", {{"type", storage}}}}},
      {"singleBinary", {{"replicas", 1}, {"persistence", {{"enabled", true}}}}},
      {"read", {{"replicas", 0}}},
      {"write", {{"replicas", 0}}},
      {"backend", {{"replicas", 0}}},
      // Each asks for more memory than a small node has.
      {"chunksCache", {{"enabled", false}}},
      {"resultsCache", {{"enabled", false}}},
  };
  // The chart refuses a test without the canary.
  if (!IsTrue(Find(user, {"lokiCanary", "enabled"})) && !IsTrue(Find(user, {"test", "enabled"}))) {
    values["lokiCanary"] = {{"enabled", false}};
    values["test"] = {{"enabled", false}};
  }
  const bool has_schema = Find(user, {"loki", "schemaConfig"}) != nullptr ||
                          Find(user, {"loki", "structuredConfig", "schema_config"}) != nullptr ||
                          IsTrue(Find(user, {"loki", "useTestSchema"}));
  if (!has_schema) {
    values["loki"]["schemaConfig"]["configs"] =
        Json::array({{{"from", "2024-04-01"},
                      {"store", "tsdb"},
                      {"object_store", storage},
                      {"schema", "v13"},
                      {"index", {{"prefix", "loki_index_"}, {"period", "24h"}}}}});
  }
  return values;
}

// The datasources file of Grafana with Loki in it, at the address where Loki listens.
void WireDatasource(const std::string& url, const std::string& ns, Json& values) {
  Json& file = values["datasources"]["datasources.yaml"];
  if (!file.is_object()) {
    file = Json::object();
  }
  file["apiVersion"] = 1;
  if (!file["datasources"].is_array()) {
    file["datasources"] = Json::array();
  }
  bool has_loki = false, has_default = false;
  for (Json& datasource : file["datasources"]) {
    if (!datasource.is_object()) {
      continue;
    }
    has_default |= IsTrue(Find(datasource, {"isDefault"}));
    if (StringOf(Find(datasource, {"type"})) == "loki") {
      has_loki = true;
      const std::string written = StringOf(Find(datasource, {"url"}));
      if (written.empty() || NamesOurLoki(written, ns)) {
        datasource["url"] = url;
      }
    }
  }
  if (!has_loki) {
    file["datasources"].push_back({{"name", "Loki"},
                                   {"uid", "loki"},
                                   {"type", "loki"},
                                   {"access", "proxy"},
                                   {"url", url},
                                   {"isDefault", !has_default}});
  }
}

// Takes every Kubernetes and Helm spelling of "on all nodes".
const Json& Everywhere() {
  static const auto& tolerations =
      *new Json(Json::array({{{"operator", "Exists"}, {"effect", "NoSchedule"}}}));
  return tolerations;
}

Json IngressAnnotations(const IngressWanted& ingress) {
  return ingress.cluster_issuer.empty()
             ? Json::object()
             : Json{{"cert-manager.io/cluster-issuer", ingress.cluster_issuer}};
}

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

Json ArgoCdValues(const Wiring& wiring, const Json& user) {
  Json values = {{"global", Placement(wiring)}};
  values["configs"]["cm"][kApplicationHealthKey] = kApplicationHealthLua;
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
  return values;
}

Json LokiValues(const Wiring& wiring, const Json& user) {
  Json values = IsSingleBinary(user) ? SingleBinaryDefaults(user) : Json::object();
  const Json placement = Placement(wiring);
  if (!placement.empty()) {
    const std::vector<const char*> parts =
        IsSingleBinary(user) ? std::vector<const char*>{"singleBinary", "gateway"}
                             : std::vector<const char*>{"read", "write", "backend", "gateway"};
    for (const char* part : parts) {
      values[part] = MergeValues(values.value(part, Json::object()), placement);
    }
  }
  values = MergeValues(std::move(values), user);

  Json wired = Json::object();
  if (!wiring.retention.empty()) {
    // The limit alone does nothing: the compactor is what deletes.
    wired["loki"]["limits_config"]["retention_period"] = wiring.retention;
    wired["loki"]["compactor"] = {
        {"retention_enabled", true},
        {"delete_request_store",
         StringOf(Find(values, {"loki", "storage", "type"}), "filesystem")}};
  }
  if (wiring.volume_gib > 0) {
    const Json volume = {{"enabled", true}, {"size", absl::StrCat(wiring.volume_gib, "Gi")}};
    wired[IsSingleBinary(user) ? "singleBinary" : "write"]["persistence"] = volume;
  }
  if (!wiring.storage_class.empty()) {
    const std::vector<const char*> parts = IsSingleBinary(user)
                                               ? std::vector<const char*>{"singleBinary"}
                                               : std::vector<const char*>{"write", "backend"};
    for (const char* part : parts) {
      wired[part]["persistence"]["storageClass"] = wiring.storage_class;
    }
  }
  return MergeValues(std::move(values), wired);
}

Json GrafanaValues(const Wiring& wiring, const Json& user, const Json& loki) {
  Json values = Placement(wiring);
  // A Secret that outlives each rendering: the chart would make up a new password every time.
  values["admin"] = {{"existingSecret", kGrafanaAdminSecret},
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
  if (wiring.grafana_exposed) {
    values = MergeValues(std::move(values),
                         {{"service", {{"enabled", true}, {"type", "LoadBalancer"}}}});
  }
  if (!wiring.storage_class.empty()) {
    values["persistence"]["storageClassName"] = wiring.storage_class;
  }
  WireDatasource(LokiUrl(wiring, loki), wiring.ns, values);
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

std::string LokiUrl(const Wiring& wiring, const Json& loki) {
  const std::string name = StringOf(Find(loki, {"fullnameOverride"}), "loki");
  return IsFalse(Find(loki, {"gateway", "enabled"}))
             ? absl::StrCat("http://", name, ".", wiring.ns, ".svc:3100")
             : absl::StrCat("http://", name, "-gateway.", wiring.ns, ".svc");
}

}  // namespace kproto::monitoring_stack
