// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/wiring.h"

#include <initializer_list>
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

bool IsSingleBinary(const Wiring& wiring, const Json& user) {
  if (!wiring.loki_mode.empty()) {
    return wiring.loki_mode == "single_binary";
  }
  const std::string mode = StringOf(Find(user, {"deploymentMode"}), "SingleBinary");
  return mode == "SingleBinary" || mode == "Monolithic";
}

std::string StorageType(const Wiring& wiring, const Json& user, const char* otherwise) {
  return wiring.bucket.bucket.empty() ? StringOf(Find(user, {"loki", "storage", "type"}), otherwise)
                                      : "s3";
}

// What both modes have in common, which the chart's own defaults are not.
Json LokiDefaults(const std::string& storage, const Json& user) {
  Json values = {
      {"loki", {{"auth_enabled", false}, {"storage", {{"type", storage}}}}},
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

// One process with its data on a volume, where the chart's own defaults are three replicas of
// everything and object storage.
Json SingleBinaryDefaults(const Wiring& wiring, const Json& user) {
  return MergeValues(LokiDefaults(StorageType(wiring, user, "filesystem"), user),
                     {{"deploymentMode", "SingleBinary"},
                      {"loki", {{"commonConfig", {{"replication_factor", 1}}}}},
                      {"singleBinary", {{"replicas", 1}, {"persistence", {{"enabled", true}}}}},
                      {"read", {{"replicas", 0}}},
                      {"write", {{"replicas", 0}}},
                      {"backend", {{"replicas", 0}}}});
}

// Each line is written by three, so that one of them may go.
Json ScalableDefaults(const Wiring& wiring, const Json& user) {
  return MergeValues(LokiDefaults(StorageType(wiring, user, "s3"), user),
                     {{"deploymentMode", "SimpleScalable"},
                      {"loki", {{"commonConfig", {{"replication_factor", 3}}}}},
                      {"singleBinary", {{"replicas", 0}}},
                      {"read", {{"replicas", 2}}},
                      {"write", {{"replicas", 3}}},
                      {"backend", {{"replicas", 2}}}});
}

// The processes of a mode, as the chart calls them.
std::vector<const char*> LokiParts(bool single) {
  return single ? std::vector<const char*>{"singleBinary"}
                : std::vector<const char*>{"read", "write", "backend"};
}

Json BucketValues(const BucketWanted& bucket, bool single) {
  Json s3 = {{"s3ForcePathStyle", bucket.path_style}, {"insecure", false}};
  if (!bucket.endpoint.empty()) {
    s3["endpoint"] = bucket.endpoint;
  }
  if (!bucket.region.empty()) {
    s3["region"] = bucket.region;
  }
  Json values;
  values["loki"]["storage"] = {
      {"type", "s3"},
      {"s3", s3},
      {"bucketNames",
       {{"chunks", bucket.bucket}, {"ruler", bucket.bucket}, {"admin", bucket.bucket}}}};
  const std::vector<const char*> parts = LokiParts(single);
  for (const char* part : parts) {
    if (!bucket.credentials_secret.empty()) {
      values[part]["extraEnvFrom"] =
          Json::array({{{"secretRef", {{"name", bucket.credentials_secret}}}}});
    }
  }
  return values;
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

std::string IngressWanted::UrlOf(const std::string& host) const {
  return host.empty() ? "" : absl::StrCat(HasTls() ? "https://" : "http://", host);
}

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

Json LokiValues(const Wiring& wiring, const Json& user) {
  const bool single = IsSingleBinary(wiring, user);
  Json values = single                           ? SingleBinaryDefaults(wiring, user)
                : wiring.loki_mode == "scalable" ? ScalableDefaults(wiring, user)
                                                 : Json::object();
  const Json placement = Placement(wiring);
  if (!placement.empty()) {
    std::vector<const char*> parts = LokiParts(single);
    parts.push_back("gateway");
    for (const char* part : parts) {
      values[part] = MergeValues(values.value(part, Json::object()), placement);
    }
  }
  values = MergeValues(std::move(values), user);

  Json wired = Json::object();
  if (!wiring.loki_mode.empty()) {
    wired["deploymentMode"] = single ? "SingleBinary" : "SimpleScalable";
  }
  if (!wiring.bucket.bucket.empty()) {
    wired = MergeValues(std::move(wired), BucketValues(wiring.bucket, single));
  }
  if (!wiring.retention.empty()) {
    // The limit alone does nothing: the compactor is what deletes.
    wired["loki"]["limits_config"]["retention_period"] = wiring.retention;
    wired["loki"]["compactor"] = {
        {"retention_enabled", true},
        {"delete_request_store", StorageType(wiring, values, "filesystem")}};
  }
  if (wiring.volume_gib > 0) {
    const Json volume = {{"enabled", true}, {"size", absl::StrCat(wiring.volume_gib, "Gi")}};
    wired[single ? "singleBinary" : "write"]["persistence"] = volume;
  }
  if (!wiring.storage_class.empty()) {
    const std::vector<const char*> parts = single ? std::vector<const char*>{"singleBinary"}
                                                  : std::vector<const char*>{"write", "backend"};
    for (const char* part : parts) {
      wired[part]["persistence"]["storageClass"] = wiring.storage_class;
    }
  }
  return MergeValues(std::move(values), wired);
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

std::string LokiUrl(const Wiring& wiring, const Json& loki) {
  const std::string name = StringOf(Find(loki, {"fullnameOverride"}), "loki");
  return IsFalse(Find(loki, {"gateway", "enabled"}))
             ? absl::StrCat("http://", name, ".", wiring.ns, ".svc:3100")
             : absl::StrCat("http://", name, "-gateway.", wiring.ns, ".svc");
}

}  // namespace kproto::monitoring_stack
