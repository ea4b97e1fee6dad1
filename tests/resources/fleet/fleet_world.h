// SPDX-License-Identifier: MPL-2.0
// FleetWorld: a hub with an Argo CD, and clusters that may become members, all in memory. It plays
// the ApplicationSet controller as Argo CD has it: an Application for each cluster Secret that is
// selected; one that is selected no more goes with its workloads while Argo CD has the Secret, and
// leaves them behind when it has not.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/fleet/resource.h"
#include "resources/fleet_member/resource.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {

inline constexpr char kArgo[] = "argoproj.io/v1alpha1";

class FleetWorld : public StackWorld {
 public:
  FleetWorld() {
    kubernetes->Put(
        {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "argocd"}}}});
    for (const char* component : {"application-controller", "applicationset-controller"}) {
      kubernetes->Put({{"apiVersion", "apps/v1"},
                       {"kind", "Deployment"},
                       {"metadata",
                        {{"name", absl::StrCat("argocd-", component)},
                         {"namespace", "argocd"},
                         {"labels", {{"app.kubernetes.io/component", component}}}}}});
    }
    kubernetes->OnWrite([this](const kubernetes::ObjectKey& key) {
      const std::optional<Json> object = kubernetes->Find(key);
      if (key.kind == "AppProject" && object &&
          (*object)["metadata"].contains("deletionTimestamp")) {
        kubernetes->Remove(key);
      }
      Reconcile();
    });
    for (const char* name : {"nyc", "ams", "sgp"}) {
      AddCluster(name);
    }
  }

  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Kubernetes(
      const kubernetes::Credentials& credentials) override {
    const auto member = members.find(credentials.host);
    return member == members.end() ? StackWorld::Kubernetes(credentials)
                                   : std::shared_ptr<kubernetes::Kubernetes>(member->second);
  }

  void AddCluster(const std::string& name) {
    cloud.Edit([&](FakeCloud& c) {
      api::Cluster cluster;
      cluster.id = absl::StrCat("cluster-", name);
      cluster.name = name;
      cluster.endpoint = HostOf(name);
      c.clusters[cluster.id] = cluster;
    });
    auto member = std::make_shared<FakeKubernetes>();
    member->TellTime([this] { return fake_clock.Now(); });
    members[HostOf(name)] = member;
  }
  static std::string HostOf(const std::string& name) {
    return absl::StrCat("https://", name, ".example.com");
  }
  FakeKubernetes& Member(const std::string& name) { return *members.at(HostOf(name)); }
  std::optional<Json> SecretOf(const std::string& member) const {
    return kubernetes->Find({"v1", "Secret", "argocd", "cluster-edge-" + member});
  }
  // The token that Argo CD has for a member.
  std::string TokenOf(const std::string& member) const {
    std::string config;
    absl::Base64Unescape(SecretOf(member)->at("data").value("config", ""), &config);
    return Json::parse(config).value("bearerToken", "");
  }
  std::vector<std::string> Names(const std::string& kind) const {
    std::vector<std::string> names;
    for (const kubernetes::ObjectKey& key : kubernetes->Keys()) {
      if (key.kind == kind) {
        names.push_back(key.name);
      }
    }
    return names;
  }
  // Kinds and names of what a member has but its own namespaces.
  std::vector<std::string> Things(const std::string& member) {
    std::vector<std::string> things;
    for (const kubernetes::ObjectKey& key : Member(member).Keys()) {
      if (key.name != "default" && key.name != "kube-system") {
        things.push_back(absl::StrCat(key.kind, " ", key.name));
      }
    }
    return things;
  }

  // What the ApplicationSet controller does about all there is.
  void Reconcile() {
    for (const kubernetes::ObjectKey& key : kubernetes->Keys()) {
      if (key.kind == "ApplicationSet") {
        Json set = *kubernetes->Find(key);
        if (set["metadata"].contains("deletionTimestamp")) {
          ReconcileApplications(key.name, {});
          kubernetes->Remove(key);
          continue;
        }
        set["metadata"]["finalizers"] = {"held by this test, to see that it is deleted"};
        kubernetes->Put(set);
        ReconcileApplications(key.name, Rendered(set));
      }
    }
  }

  std::map<std::string, std::shared_ptr<FakeKubernetes>> members;  // by host
  std::set<std::string> unreachable;        // servers that Argo CD does not reach
  std::vector<std::string> left_workloads;  // Applications that went without them
  bool serves_sets = true;

 private:
  static Json::json_pointer Pointer(const char* path) { return Json::json_pointer(path); }

  std::map<std::string, Json> Rendered(const Json& set) {
    std::map<std::string, Json> wanted;
    const Json selector = set.at(Pointer("/spec/generators/0/clusters/selector/matchLabels"));
    for (const kubernetes::ObjectKey& key : kubernetes->Keys()) {
      if (key.kind != "Secret") {
        continue;
      }
      const Json secret = *kubernetes->Find(key);
      const auto labels = kubernetes::StringMapAt(secret, "/metadata/labels");
      bool selected = labels.count("argocd.argoproj.io/secret-type") > 0;
      for (const auto& [name, value] : selector.items()) {
        selected = selected && labels.count(name) > 0 && Json(labels.at(name)) == value;
      }
      if (selected) {
        const Json application = RenderedFor(set, secret);
        wanted[application["metadata"]["name"]] = application;
      }
    }
    return wanted;
  }

  Json RenderedFor(const Json& set, const Json& secret) {
    const auto labels = kubernetes::StringMapAt(secret, "/metadata/labels");
    const auto annotations = kubernetes::StringMapAt(secret, "/metadata/annotations");
    std::string name, server;
    absl::Base64Unescape(secret["data"].value("name", ""), &name);
    absl::Base64Unescape(secret["data"].value("server", ""), &server);
    const auto at = [](const std::map<std::string, std::string>& map, const std::string& key) {
      const auto found = map.find(key);
      return found == map.end() ? std::string() : found->second;
    };
    const std::string application = set["metadata"]["labels"].value("fleet.kproto/application", "");
    Json rendered = set["spec"]["template"];
    const auto replace = [&](const char* path, const std::string& from, const std::string& to) {
      Json& text = rendered.at(Pointer(path));
      text = absl::StrReplaceAll(text.get<std::string>(), {{from, to}});
    };
    replace("/metadata/name", "{{ .name }}", name);
    replace("/metadata/labels/fleet.kproto~1member",
            "{{ index .metadata.labels \"fleet.kproto/member\" }}",
            at(labels, "fleet.kproto/member"));
    replace("/metadata/annotations/fleet.kproto~1revision",
            "{{ index .metadata.annotations \"fleet.kproto/revision\" }}",
            at(annotations, "fleet.kproto/revision"));
    replace("/spec/destination/server", "{{ .server }}", server);
    // Rendering values is Argo CD's; that both halves reach it is what can be seen here.
    const std::string own = at(annotations, "fleet.kproto/values." + application);
    Json& values = rendered["spec"]["source"]["helm"]["values"];
    values = absl::StrCat(values.get<std::string>(), "\n# ", own);
    rendered["apiVersion"] = kArgo;
    rendered["kind"] = "Application";
    rendered["metadata"]["namespace"] = "argocd";
    rendered["metadata"]["set"] = set["metadata"]["name"];
    return rendered;
  }

  void ReconcileApplications(const std::string& set, const std::map<std::string, Json>& wanted) {
    if (!serves_sets) {
      return;
    }
    for (const kubernetes::ObjectKey& key : kubernetes->Keys()) {
      if (key.kind != "Application") {
        continue;
      }
      const Json there = *kubernetes->Find(key);
      if (there["metadata"].value("set", "") == set && wanted.count(key.name) == 0) {
        Delete(key, there);
      }
    }
    for (const auto& [name, application] : wanted) {
      const kubernetes::ObjectKey key{kArgo, "Application", "argocd", name};
      const std::optional<Json> there = kubernetes->Find(key);
      if (!there || (*there)["spec"] != application["spec"] ||
          (*there)["metadata"]["annotations"] != application["metadata"]["annotations"]) {
        Sync(application);
      }
    }
  }

  // The application controller's part.
  void Sync(Json application) {
    const Json& spec = application["spec"];
    const std::string name = application["metadata"]["name"];
    const auto judged = health.find(name);
    application["status"] = {
        {"sync",
         {{"status", "Synced"},
          {"revision", spec["source"]["targetRevision"]},
          {"comparedTo", {{"destination", spec["destination"]}, {"source", spec["source"]}}}}},
        {"health",
         {{"status", judged == health.end() ? "Healthy" : judged->second},
          {"lastTransitionTime", "2020-01-01T00:00:00Z"}}},
        {"operationState", {{"phase", "Succeeded"}}}};
    kubernetes->Put(application);
  }

  void Delete(const kubernetes::ObjectKey& key, Json application) {
    const std::string member =
        kubernetes::StringMapAt(application, "/metadata/labels")["fleet.kproto/member"];
    if (!SecretOf(member)) {
      left_workloads.push_back(key.name);
      kubernetes->Remove(key);
    } else if (unreachable.count(application["spec"]["destination"].value("server", "")) > 0) {
      application["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
      kubernetes->Put(application);
    } else {
      kubernetes->Remove(key);
    }
  }
};

class FleetTest : public ::testing::Test {
 protected:
  static Value Text(const std::string& text) { return Value::String(text); }
  static Value Map(Value::Map map) { return Value::OfMap(std::move(map)); }
  Value Fleet(Value::Map more = {}) const {
    more.emplace("name", Text("edge"));
    more.emplace("hub_cluster_id", Text(kClusterId));
    return Completed(fleet_.schema().attributes, std::move(more));
  }
  Value Member(const std::string& name, Value::Map more = {}) const {
    more.emplace("fleet_id", Text("cluster-1/argocd/edge"));
    more.emplace("name", Text(name));
    more.emplace("cluster_id", Text("cluster-" + name));
    return Completed(member_.schema().attributes, std::move(more));
  }
  void ApplyFleet(Value::Map more = {}) {
    fleet_host_.Apply(Fleet(std::move(more)));
    ASSERT_EQ(fleet_host_.Errors(), "");
  }
  // What a refresh learned is reused for seconds.
  void Later(absl::Duration time = absl::Minutes(1)) { world_.fake_clock.Advance(time); }
  void ExpectNoChange(Host& host, const Value& config) {
    Later();
    host.Refresh();
    const PlanResult plan = host.Plan(config);
    EXPECT_EQ(host.Errors(), "");
    EXPECT_TRUE(plan.planned == host.state)
        << "planned " << DebugString(plan.planned) << "\nstate   " << DebugString(host.state);
  }
  bool WouldChange(Host& host, const Value& config) {
    Later();
    host.Refresh();
    return !(host.Plan(config).planned == host.state);
  }

  FleetWorld world_;
  FleetResource fleet_{world_};
  FleetMemberResource member_{world_};
  Host fleet_host_{fleet_}, nyc_{member_}, ams_{member_};
};

}  // namespace kproto::testing
