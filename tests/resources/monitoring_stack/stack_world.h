// SPDX-License-Identifier: MPL-2.0
// StackWorld: one DigitalOcean cluster, a Helm with the stack's charts and an Argo CD that syncs at
// once, all in memory, as Connections for the resource under test; and Host, which plans, applies
// and refreshes as OpenTofu does and checks what OpenTofu checks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "resources/connections.h"
#include "resources/monitoring_stack/charts.h"
#include "resources/monitoring_stack/resource.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_digitalocean.h"
#include "tests/support/fake_git.h"
#include "tests/support/fake_git_remotes.h"
#include "tests/support/fake_helm.h"
#include "tests/support/fake_kubernetes.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {

using Json = nlohmann::json;

inline constexpr char kClusterId[] = "cluster-1";

class StackWorld : public Connections {
 public:
  StackWorld() {
    cloud.Edit([](FakeCloud& c) {
      api::Cluster cluster;
      cluster.id = kClusterId;
      cluster.name = "k8s";
      cluster.endpoint = "https://k8s.example.com";
      c.clusters[kClusterId] = cluster;
    });
    for (const monitoring_stack::Chart* chart : monitoring_stack::kCharts) {
      AddChart(*chart, "0.9.0");
      AddChart(*chart, chart->version);
    }
    AddNode("node-1", {{"node-type", "monitoring"}});
    helm.OnInstall([this](const helm::UpgradeRequest&) { InstallArgoCd(); });
    helm.OnUninstall([this](const helm::ReleaseKey&) {
      kubernetes->Remove({"apps/v1", "StatefulSet", "argocd", "argocd-application-controller"});
    });
    kubernetes->OnWrite([this](const kubernetes::ObjectKey& key) { Control(key); });
  }

  // ---- Connections
  absl::StatusOr<digitalocean::DigitalOcean*> DigitalOcean() override { return &cloud; }
  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Kubernetes(
      const kubernetes::Credentials& credentials) override {
    credentials_seen.push_back(credentials);
    if (!reachable.ok()) {
      return reachable;
    }
    return std::shared_ptr<kubernetes::Kubernetes>(kubernetes);
  }
  absl::StatusOr<helm::Helm*> Helm() override { return &helm; }
  absl::StatusOr<git::Git*> Git() override { return &git; }
  std::string ChartRepository(const std::string& url) override { return url; }
  git::Remotes* GitRemotes() override { return &remotes; }
  Clock& clock() override { return fake_clock; }
  Journal& journal() override { return fake_journal; }

  // ---- for tests
  void AddNode(const std::string& name, std::map<std::string, std::string> labels) {
    kubernetes->Put({{"apiVersion", "v1"},
                     {"kind", "Node"},
                     {"metadata", {{"name", name}, {"labels", labels}}}});
  }
  std::optional<Json> Application(const std::string& name) const {
    return kubernetes->Find({"argoproj.io/v1alpha1", "Application", "argocd", name});
  }
  std::vector<std::string> Writes() const {
    std::vector<std::string> writes;
    for (const std::string& call : kubernetes->log.calls()) {
      if (absl::StrContains(call, " Lease ")) {
        continue;  // held for the length of an operation, whatever it does
      }
      if (absl::StartsWith(call, "apply ") || absl::StartsWith(call, "patch ") ||
          absl::StartsWith(call, "delete ")) {
        writes.push_back(call);
      }
    }
    for (const std::string& call : helm.log.calls()) {
      if (absl::StartsWith(call, "upgrade ") || absl::StartsWith(call, "uninstall ")) {
        writes.push_back(call);
      }
    }
    return writes;
  }
  void ForgetCalls() {
    kubernetes->log.ClearCalls();
    helm.log.ClearCalls();
  }

  FakeDigitalOcean cloud;
  std::shared_ptr<FakeKubernetes> kubernetes = std::make_shared<FakeKubernetes>();
  FakeHelm helm;
  FakeGit git;
  FakeGitRemotes remotes;
  FakeClock fake_clock;
  TempDir dir;
  Journal fake_journal{dir / "journal"};
  absl::Status reachable;
  std::vector<kubernetes::Credentials> credentials_seen;
  std::map<std::string, std::string> health = {};  // of Applications by name; else Healthy
  bool syncs = true;
  int volume_gib = 0;  // of Loki's claim; 0: it has none
  // What Argo CD's chart makes; nothing unless a test says what.
  std::function<std::vector<Json>(const helm::TemplateRequest&)> render_argocd;

 private:
  void AddChart(const monitoring_stack::Chart& chart, const std::string& version) {
    helm::ChartMetadata metadata;
    metadata.name = chart.name;
    metadata.version = version;
    metadata.app_version = absl::StrCat("v", version);
    helm.AddChart(chart.repository, metadata, Json::object(),
                  [this](const helm::TemplateRequest& request) { return Render(request); });
  }

  // Of the charts' objects, those that the plan looks for.
  absl::StatusOr<std::vector<Json>> Render(const helm::TemplateRequest& request) {
    std::vector<Json> objects;
    if (request.chart.name == "loki") {
      objects = {Service("loki-gateway", 80), Service("loki", 3100)};
      if (volume_gib > 0) {
        objects.push_back(
            {{"apiVersion", "v1"},
             {"kind", "PersistentVolumeClaim"},
             {"metadata", {{"name", "storage-loki-0"}}},
             {"spec",
              {{"accessModes", Json::array({"ReadWriteOnce"})},
               {"resources", {{"requests", {{"storage", absl::StrCat(volume_gib, "Gi")}}}}}}}});
      }
      if (request.values.value("/write/autoscaling/enabled"_json_pointer, false)) {
        objects.push_back(
            {{"apiVersion", "autoscaling/v2"},
             {"kind", "HorizontalPodAutoscaler"},
             {"metadata", {{"name", "loki-write"}}},
             {"spec",
              {{"maxReplicas", 3},
               {"scaleTargetRef",
                {{"apiVersion", "apps/v1"}, {"kind", "StatefulSet"}, {"name", "loki-write"}}}}}});
        objects.push_back({{"apiVersion", "apps/v1"},
                           {"kind", "StatefulSet"},
                           {"metadata", {{"name", "loki-write"}}},
                           {"spec", {{"template", {{"spec", Json::object()}}}}}});
      }
    } else if (request.chart.name == "argo-cd" && render_argocd) {
      objects = render_argocd(request);
    } else if (request.chart.name == "prometheus") {
      objects = {Service("prometheus-server", 80)};
    } else if (request.chart.name == "metrics-server") {
      objects = {{{"apiVersion", "apiregistration.k8s.io/v1"},
                  {"kind", "APIService"},
                  {"metadata", {{"name", "v1beta1.metrics.k8s.io"}}}}};
    } else if (request.chart.name == "nginx-ingress" || request.chart.name == "ingress-nginx") {
      objects = {{{"apiVersion", "networking.k8s.io/v1"},
                  {"kind", "IngressClass"},
                  {"metadata", {{"name", "nginx"}}}},
                 Service(request.chart.name + "-controller", 443)};
    } else if (request.chart.name == "grafana") {
      Json pod = {
          {"containers", Json::array({{{"name", "grafana"},
                                       {"image", "grafana/grafana:v" + request.chart.version},
                                       {"resources", {{"requests", {{"cpu", "100m"}}}}}}})}};
      for (const char* placement : {"nodeSelector", "tolerations"}) {
        if (request.values.contains(placement)) {
          pod[placement] = request.values[placement];
        }
      }
      objects = {Service("grafana", 80),
                 {{"apiVersion", "apps/v1"},
                  {"kind", "Deployment"},
                  {"metadata", {{"name", "grafana"}}},
                  {"spec", {{"template", {{"spec", pod}}}}}}};
      objects[0]["spec"]["type"] =
          request.values.value("service", Json::object()).value("type", "ClusterIP");
    }
    return objects;
  }
  static Json Service(const std::string& name, int port) {
    return {{"apiVersion", "v1"},
            {"kind", "Service"},
            {"metadata", {{"name", name}}},
            {"spec", {{"ports", Json::array({{{"port", port}}})}}}};
  }

  void InstallArgoCd() {
    for (const char* name : {"applications", "applicationsets", "appprojects"}) {
      kubernetes->Put(
          {{"apiVersion", "apiextensions.k8s.io/v1"},
           {"kind", "CustomResourceDefinition"},
           {"metadata", {{"name", absl::StrCat(name, ".argoproj.io")}}},
           {"status",
            {{"conditions", Json::array({{{"type", "Established"}, {"status", "True"}}})}}}});
    }
    kubernetes->Put({{"apiVersion", "apps/v1"},
                     {"kind", "StatefulSet"},
                     {"metadata",
                      {{"name", "argocd-application-controller"},
                       {"namespace", "argocd"},
                       {"labels", {{"app.kubernetes.io/component", "application-controller"}}}}}});
  }

  // What the controllers of a cluster do about a write.
  void Control(const kubernetes::ObjectKey& key) {
    std::optional<Json> object = kubernetes->Find(key);
    if (!object) {
      return;
    }
    if (object->at("metadata").contains("deletionTimestamp")) {
      if (key.kind == "Application") {
        kubernetes->Remove({"v1", "Service", "monitoring", key.name});
        kubernetes->Remove({"v1", "Service", "monitoring", key.name + "-controller"});
        RemoveChildren(*object);
      }
      if (key.kind == "Application" || key.kind == "AppProject") {
        kubernetes->Remove(key);
      }
      return;
    }
    if (key.kind == "Application" && syncs) {
      Sync(key, *object);
    }
  }

  void Sync(const kubernetes::ObjectKey& key, Json object) {
    const Json& spec = object["spec"];
    const char* said = spec.contains("source") ? "source" : "sources";
    const Json source = spec.contains("source") ? spec["source"] : spec["sources"][0];
    MakeChildren(source);
    if (source.value("chart", "") == "grafana") {
      MakeService(source);
    }
    for (const char* controller : {"nginx-ingress", "ingress-nginx"}) {
      if (source.value("chart", "") == controller) {
        Json service = Service(absl::StrCat(controller, "-controller"), 443);
        service["metadata"]["namespace"] = "monitoring";
        service["status"]["loadBalancer"]["ingress"] = Json::array({{{"ip", "192.0.2.8"}}});
        kubernetes->Put(service);
      }
    }
    Json status = object.value("status", Json::object());
    const std::string revision = source.value("targetRevision", "");
    const auto commit = git.Resolve(source.value("repoURL", ""), revision, {});
    status["sync"] = {{"status", "Synced"},
                      {"revision", commit.value_or(revision)},
                      {"comparedTo", {{"destination", spec["destination"]}, {said, spec[said]}}}};
    auto judged = health.find(key.name);
    status["health"] = {{"status", judged == health.end() ? "Healthy" : judged->second},
                        {"lastTransitionTime", "2020-01-01T00:00:00Z"}};
    status["operationState"] = {{"phase", "Succeeded"}};
    object["status"] = status;
    if (object["metadata"].contains("annotations")) {
      object["metadata"]["annotations"].erase("argocd.argoproj.io/refresh");
    }
    kubernetes->Put(object);
  }

  void MakeService(const Json& source) {
    const Json values = source["helm"].value("valuesObject", Json::object());
    const bool exposed =
        values.value("service", Json::object()).value("type", "") == "LoadBalancer";
    Json service = {{"apiVersion", "v1"},
                    {"kind", "Service"},
                    {"metadata", {{"name", "grafana"}, {"namespace", "monitoring"}}},
                    {"spec",
                     {{"type", exposed ? "LoadBalancer" : "ClusterIP"},
                      {"ports", Json::array({{{"port", 80}}})}}}};
    if (exposed) {
      service["status"]["loadBalancer"]["ingress"] = Json::array({{{"ip", "192.0.2.7"}}});
    }
    kubernetes->Put(service);
  }

  // The chart in Git: an Application for each entry.
  void MakeChildren(const Json& source) {
    if (!source.contains(Json::json_pointer("/helm/valuesObject/applications"))) {
      return;
    }
    for (const auto& [name, entry] : source["helm"]["valuesObject"]["applications"].items()) {
      Json child = {
          {"apiVersion", "argoproj.io/v1alpha1"},
          {"kind", "Application"},
          {"metadata", {{"name", name}, {"namespace", "argocd"}}},
          {"spec",
           {{"project", entry["project"]},
            {"destination",
             {{"server", "https://kubernetes.default.svc"}, {"namespace", entry["namespace"]}}},
            {"source", entry["source"]},
            {"syncPolicy", entry["syncPolicy"]}}}};
      Sync({"argoproj.io/v1alpha1", "Application", "argocd", name}, child);
    }
  }
  void RemoveChildren(const Json& parent) {
    const Json::json_pointer at("/spec/source/helm/valuesObject/applications");
    if (parent.contains(at)) {
      for (const auto& [name, entry] : parent.at(at).items()) {
        kubernetes->Remove({"argoproj.io/v1alpha1", "Application", "argocd", name});
      }
    }
  }
};

class Host {
 public:
  explicit Host(AnyResource& resource) : resource_(resource) {}

  // Refreshes, plans, checks the plan, applies it, checks the result.
  void Apply(const Value& config) {
    Refresh();
    const PlanResult plan = Plan(config);
    if (diagnostics.has_error()) {
      return;
    }
    const RequestContext context = Context();
    const Value prior = plan.requires_replace.empty() ? state : Value();
    StateResult result =
        resource_.Apply(context, {prior, plan.planned, config, plan.planned_private}, diagnostics);
    if (!diagnostics.has_error()) {
      ExpectCompatible(plan.planned, result.state, "");
    }
    EXPECT_TRUE(result.state.is_wholly_known()) << DebugString(result.state);
    state = result.state;
    private_state = result.private_state;
  }

  PlanResult Plan(const Value& config) {
    const RequestContext context = Context();
    resource_.Validate(context, config, diagnostics);
    const Value proposed = Proposed(resource_.schema().attributes, state, config);
    return resource_.Plan(context, {state, proposed, config, private_state}, diagnostics);
  }

  void PlanDestroy() {
    resource_.Plan(Context(), {state, Value(), Value(), private_state}, diagnostics);
  }

  void Refresh() {
    if (!state.is_null()) {
      StateResult result = resource_.Read(Context(), state, private_state, diagnostics);
      state = result.state;
      private_state = result.private_state;
    }
  }

  void Destroy() {
    Refresh();
    StateResult result = resource_.Apply(Context(), {state, Value(), Value(), ""}, diagnostics);
    state = result.state;
  }

  void Import(const std::string& id) {
    StateResult result = resource_.Import(Context(), id, diagnostics);
    state = result.state;
    private_state = result.private_state;
    Refresh();
  }

  std::string Errors() const {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics.all()) {
      if (diagnostic.severity == Diagnostic::Severity::kError) {
        absl::StrAppend(&text, diagnostic.path.ToString(), ": ", diagnostic.summary, ": ",
                        diagnostic.detail, "\n");
      }
    }
    return text;
  }

  Value state;
  PrivateState private_state;
  Diagnostics diagnostics;
  std::stop_source stop;

 private:
  RequestContext Context() const {
    RequestContext context;
    context.stop = stop.get_token();
    context.client.write_only_attributes_allowed = true;
    return context;
  }

  // The host's merge of configuration and prior state.
  static Value Proposed(const std::vector<Attribute>& attributes, const Value& prior,
                        const Value& config) {
    Value::Map result;
    for (const Attribute& attribute : attributes) {
      const Value& configured = config[attribute.name];
      if (configured.is_null() && attribute.computed) {
        result[attribute.name] = prior[attribute.name];
      } else if (attribute.nesting == Nesting::kSingle && configured.is_known()) {
        result[attribute.name] = Proposed(attribute.nested, prior[attribute.name], configured);
      } else {
        result[attribute.name] = configured;
      }
    }
    return Value::OfMap(std::move(result));
  }

  // "Provider produced inconsistent result after apply".
  static void ExpectCompatible(const Value& planned, const Value& result, const std::string& at) {
    if (planned.is_unknown()) {
      return;
    }
    if (planned.kind() == Value::Kind::kMap && result.kind() == Value::Kind::kMap) {
      EXPECT_EQ(planned.map().size(), result.map().size()) << at;
      for (const auto& [key, element] : planned.map()) {
        ExpectCompatible(element, result[key], absl::StrCat(at, ".", key));
      }
      return;
    }
    EXPECT_TRUE(planned == result)
        << at << ": planned " << DebugString(planned) << ", got " << DebugString(result);
  }

  AnyResource& resource_;
};

}  // namespace kproto::testing
