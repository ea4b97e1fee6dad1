// SPDX-License-Identifier: MPL-2.0
// Imports: of a stack that kproto made, which is known as if it had never been forgotten, and of
// one made by hand, of which the plan says what is taken over.
#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/record.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class StackAdoptionTest : public StackTest {
 protected:
  static Value Groups(const char* name) { return Value::OfSet({Text(name)}); }

  // All that can be said of a stack.
  Value Full(Value::Map more = {}) {
    world_.dir.Write("values/grafana.yaml", "persistence: {enabled: true}\n");
    world_.dir.Write("values/dev/grafana.yaml", "replicas: 1\n");
    Value::Map all = {
        {"values_dir", Value::String(world_.dir / "values")},
        {"environment", Text("dev")},
        {"collector", Text("alloy")},
        {"metrics_server", Object({})},
        {"ingress", Object({{"grafana_host", Text("grafana.example.com")},
                            {"argocd_host", Text("argocd.example.com")},
                            {"cluster_issuer", Text("letsencrypt")}})},
        {"storage", Object({{"reclaim_policy", Text("Retain")}})},
        {"rbac", Object({{"viewer_groups", Groups("engineers")}})},
        {"network_policies", Value::Bool(true)},
        {"resource_quota", Value::OfMap({{"pods", Text("40")}})},
        {"grafana", Object({{"admin_password_wo", Text("a-long-password")},
                            {"admin_password_wo_version", Value::Int(3)}})},
        {"loki", Object({{"retention", Text("168h")}, {"volume_gib", Value::Int(50)}})},
        {"kubernetes_version", Text("1.34")},
        {"checks", Value::OfMap({{"references", Text("warning")}})},
        {"max_load_balancers", Value::Int(3)},
        {"timeouts", Object({{"create", Text("30m")}})}};
    for (auto& [name, value] : more) {
      all[name] = value;
    }
    return Basic(std::move(all));
  }

  void PutNamespaces() {
    for (const char* ns : {"argocd", "monitoring"}) {
      world_.kubernetes->Put(
          {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", ns}}}});
    }
  }
  // As `kubectl apply` leaves an Application that somebody wrote.
  void PutApplication(const char* name, Json more = Json::object()) {
    Json spec = {{"project", "default"},
                 {"destination", {{"name", "in-cluster"}, {"namespace", "monitoring"}}},
                 {"source",
                  {{"repoURL", "https://grafana.github.io/helm-charts"},
                   {"chart", name},
                   {"targetRevision", "6.*"},
                   {"helm", {{"values", "adminPassword: changeme"}}}}},
                 {"syncPolicy", {{"syncOptions", Json::array({"CreateNamespace=true"})}}}};
    spec.update(more);
    world_.kubernetes->Put({{"apiVersion", "argoproj.io/v1alpha1"},
                            {"kind", "Application"},
                            {"metadata", {{"name", name}, {"namespace", "argocd"}}},
                            {"spec", spec}});
  }
  void InstallByHelm() {
    PutNamespaces();
    helm::UpgradeRequest request;
    request.key = {"argocd", "argocd"};
    request.chart = {monitoring_stack::kArgoCdChart.repository, "argo-cd", "0.9.0"};
    ASSERT_TRUE(world_.helm.UpgradeInstall({}, request, {}).ok());
  }
};

TEST_F(StackAdoptionTest, AnImportedStackIsTheOneThatWasApplied) {
  const Value config = Full();
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Value made = host_.state;
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state, made) << DebugString(host_.state) << "\n" << DebugString(made);
  ExpectNoChange(config);
}

TEST_F(StackAdoptionTest, AnImportedAppOfAppsIsTheOneThatWasApplied) {
  const Value config =
      Full({{"git", Object({{"repo_url", Text("https://git.example.com/infra.git")}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  ExpectNoChange(config);
  EXPECT_EQ(host_.state["git"]["path"], Text("k8s/apps"));
}

TEST_F(StackAdoptionTest, WithoutARecordTheObjectsSayWhichPartsThereAre) {
  const Value config = Full();
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  world_.kubernetes->Remove({"v1", "ConfigMap", "monitoring", "kproto-configuration"});
  for (const auto& [ns, name, label] :
       {std::tuple("monitoring", "grafana", "name"), std::tuple("argocd", "argocd", "part-of")}) {
    world_.kubernetes->Put(
        {{"apiVersion", "networking.k8s.io/v1"},
         {"kind", "Ingress"},
         {"metadata",
          {{"name", name},
           {"namespace", ns},
           {"labels", {{absl::StrCat("app.kubernetes.io/", label), name}}},
           {"annotations", {{"cert-manager.io/cluster-issuer", "letsencrypt"}}}}},
         {"spec",
          {{"ingressClassName", "nginx"},
           {"rules", Json::array({{{"host", absl::StrCat(name, ".example.com")}}})}}}});
  }
  const Value made = host_.state;
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  for (const char* part : {"ingress", "metrics_server", "collector", "storage", "rbac",
                           "network_policies", "resource_quota", "argocd", "applications"}) {
    EXPECT_EQ(host_.state[part], made[part]) << part << DebugString(host_.state[part]);
  }
  EXPECT_TRUE(host_.state["values_dir"].is_null());
}

TEST_F(StackAdoptionTest, WithoutARecordGitAndASelfManagedArgoCdAreSeen) {
  host_.Apply(Basic({{"argocd", Object({{"manage", Text("self")}})},
                     {"git", Object({{"repo_url", Text("https://git.example.com/infra.git")}})}}));
  ASSERT_EQ(host_.Errors(), "");
  world_.kubernetes->Remove({"v1", "ConfigMap", "monitoring", "kproto-configuration"});
  const Value made = host_.state;
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["git"], made["git"]);
  EXPECT_EQ(host_.state["argocd"], made["argocd"]);
}

TEST_F(StackAdoptionTest, TheRecordFollowsTheConfigurationAndHoldsNoSecret) {
  const auto record = [&] {
    const auto map =
        world_.kubernetes->Find({"v1", "ConfigMap", "monitoring", "kproto-configuration"});
    return map ? map->at("data").at("configuration.json").get<std::string>() : "";
  };
  host_.Apply(Full());
  EXPECT_THAT(record(), AllOf(HasSubstr("\"environment\":\"dev\""), HasSubstr("\"create\":\"30m\""),
                              Not(HasSubstr("a-long-password")), Not(HasSubstr(kClusterId))));
  host_.Apply(Full({{"timeouts", Object({{"create", Text("40m")}})}}));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(record(), HasSubstr("\"create\":\"40m\""));
  host_.Destroy();
  EXPECT_EQ(record(), "");
}

TEST_F(StackAdoptionTest, ThePlanSaysWhatIsTakenOver) {
  InstallByHelm();
  for (const char* name : {"grafana", "loki", "promtail"}) {
    PutApplication(name);
  }
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  host_.Refresh();
  const PlanResult plan = host_.Plan(Basic());
  EXPECT_THAT(plan.requires_replace, IsEmpty());
  EXPECT_THAT(
      Warnings(),
      AllOf(HasSubstr("takes over what kproto has not made"),
            HasSubstr("Argo CD, Helm release argocd/argocd (chart argo-cd 0.9.0)"),
            HasSubstr("Application grafana (project default -> monitoring"),
            HasSubstr("https://grafana.github.io/helm-charts -> https://grafana-community"),
            HasSubstr("values come from the configuration alone"), HasSubstr("a finalizer")));
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  ExpectNoChange(Basic());
  host_.diagnostics = {};
  host_.Plan(Basic({{"network_policies", Value::Bool(true)}}));
  EXPECT_THAT(Warnings(), Not(HasSubstr("takes over"))) << "what is kproto's is so already";
}

TEST_F(StackAdoptionTest, WhatOverridesTheConfigurationIsTakenAway) {
  InstallByHelm();
  for (const char* name : {"grafana", "loki", "promtail"}) {
    PutApplication(name);
  }
  // Argo CD prefers several sources to one.
  PutApplication("loki", {{"sources", Json::array({{{"repoURL", "https://x.example.com"},
                                                    {"chart", "loki"},
                                                    {"targetRevision", "1.0.0"}}})}});
  host_.Import("k8s");
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  for (const char* name : {"grafana", "loki", "promtail"}) {
    const Json spec = world_.Application(name)->at("spec");
    EXPECT_FALSE(spec["source"]["helm"].contains("values")) << name;
    EXPECT_FALSE(spec.contains("sources")) << name;
    EXPECT_FALSE(spec["destination"].contains("name")) << name;
    EXPECT_FALSE(spec["syncPolicy"].contains("syncOptions")) << name;
  }
}

TEST_F(StackAdoptionTest, AnArgoCdElsewhereIsFound) {
  PutNamespaces();
  world_.kubernetes->Put({{"apiVersion", "apps/v1"},
                          {"kind", "StatefulSet"},
                          {"metadata",
                           {{"name", "argocd-application-controller"},
                            {"namespace", "gitops"},
                            {"labels",
                             {{"app.kubernetes.io/part-of", "argocd"},
                              {"app.kubernetes.io/component", "application-controller"}}}}}});
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["argocd"]["namespace"], Text("gitops"));
  EXPECT_THAT(DebugString(host_.state["drift"]), HasSubstr("installed without Helm"));
}

TEST_F(StackAdoptionTest, APartThatIsNotMarkedIsNotTakenForOne) {
  InstallByHelm();
  PutApplication("metrics-server");
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(host_.state["metrics_server"].is_null());
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(world_.Application("metrics-server").has_value());
}

TEST_F(StackAdoptionTest, DataOfAStackMadeByHandIsNotGivenUpByTheWay) {
  InstallByHelm();
  PutApplication("grafana");
  PutApplication("loki", {{"source",
                           {{"repoURL", "https://grafana.github.io/helm-charts"},
                            {"chart", "loki"},
                            {"targetRevision", "6.0.0"},
                            {"helm",
                             {{"values",
                               "loki: {schemaConfig: {configs: [{from: \"2023-01-01\", store: "
                               "boltdb-shipper, schema: v12}]}}"}}}}}});
  world_.kubernetes->Put({{"apiVersion", "v1"},
                          {"kind", "PersistentVolumeClaim"},
                          {"metadata",
                           {{"name", "grafana"},
                            {"namespace", "monitoring"},
                            {"labels", {{"app.kubernetes.io/instance", "grafana"}}}}}});
  host_.Import("k8s");
  ASSERT_EQ(host_.Errors(), "");
  host_.Plan(Basic());
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("The volume of grafana would be given up"),
                                    HasSubstr("Logs would become unreadable"),
                                    HasSubstr("The schema period from 2023-01-01 is removed")));
}

TEST_F(StackAdoptionTest, ACollectorMadeByHandGivesWayWithItsWorkloads) {
  InstallByHelm();
  for (const char* name : {"grafana", "loki", "promtail"}) {
    PutApplication(name);
  }
  host_.Import("k8s");
  world_.ForgetCalls();
  host_.Apply(Basic({{"collector", Text("alloy")}}));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.Application("promtail").has_value());
  EXPECT_THAT(world_.Writes(), Contains("patch Application argocd/promtail"))
      << "the finalizer without which its pods would stay";
  ExpectNoChange(Basic({{"collector", Text("alloy")}}));
}

TEST_F(StackAdoptionTest, WhatWasOnlyImportedIsDestroyedWithItsWorkloads) {
  InstallByHelm();
  for (const char* name : {"grafana", "loki", "promtail"}) {
    PutApplication(name);
  }
  host_.Import("k8s");
  world_.ForgetCalls();
  host_.Destroy();
  ASSERT_EQ(host_.Errors(), "");
  for (const char* name : {"grafana", "loki", "promtail"}) {
    EXPECT_FALSE(world_.Application(name).has_value());
    EXPECT_THAT(world_.Writes(), Contains(absl::StrCat("patch Application argocd/", name)));
  }
  EXPECT_THAT(Warnings(), HasSubstr("Namespaces stay"));
}

TEST_F(StackAdoptionTest, AGrafanaMadeByHandKeepsItsPassword) {
  InstallByHelm();
  PutApplication("grafana");
  world_.kubernetes->Put({{"apiVersion", "v1"},
                          {"kind", "Secret"},
                          {"metadata", {{"name", "grafana"}, {"namespace", "monitoring"}}},
                          {"data", {{"admin-password", absl::Base64Escape("of-its-database")}}}});
  host_.Import("k8s");
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.kubernetes->Find({"v1", "Secret", "monitoring", "grafana-admin"})
                ->at("data")
                .at("admin-password"),
            absl::Base64Escape("of-its-database"));
}

TEST(RecordTest, WhatCannotBeReadIsNoRecord) {
  MonitoringStackModel model;
  model.environment = "prod";
  monitoring_stack::FillFromRecord({{"environment", "dev"}, {"collector", "alloy"}}, model);
  EXPECT_EQ(*model.environment, "prod") << "what is known stays";
  EXPECT_EQ(*model.collector, "alloy");
  MonitoringStackModel other;
  monitoring_stack::FillFromRecord({{"collector", 7}, {"environment", "dev"}}, other);
  EXPECT_TRUE(other.environment.is_null());
  monitoring_stack::FillFromRecord("nonsense", other);
  EXPECT_TRUE(other.environment.is_null());
}

}  // namespace
}  // namespace kproto::testing
