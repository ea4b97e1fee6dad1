// SPDX-License-Identifier: MPL-2.0
// Hosts: Grafana and Argo CD behind an ingress controller; and the AppProject and autoscalers that
// follow from what is rendered.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/wiring.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StackIngressTest : public StackTest {
 protected:
  Value Hosts(Value::Map more = {}) const {
    more["grafana_host"] = Text("grafana.example.com");
    more["argocd_host"] = Text("argocd.example.com");
    more["cluster_issuer"] = Text("letsencrypt");
    return Basic({{"ingress", Object(std::move(more))}});
  }
  Json ValuesOf(const char* application) const {
    return world_.Application(application)->at("/spec/source/helm/valuesObject"_json_pointer);
  }
};

TEST_F(StackIngressTest, GrafanaAndArgoCdAreReachedByTheirHosts) {
  const PlanResult plan = host_.Plan(Hosts());
  EXPECT_EQ(plan.planned["grafana"]["url"], Text("https://grafana.example.com"));
  EXPECT_EQ(plan.planned["argocd"]["url"], Text("https://argocd.example.com"));
  host_.Apply(Hosts());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(host_.state["ingress"]["address"], Text("192.0.2.8"));
  const Json grafana = ValuesOf("grafana");
  EXPECT_EQ(grafana["ingress"]["hosts"], Json::array({"grafana.example.com"}));
  EXPECT_EQ(grafana["ingress"]["tls"][0]["secretName"], "grafana-tls");
  EXPECT_EQ(grafana["grafana.ini"]["server"]["root_url"], "https://grafana.example.com");
  const Json argocd = *world_.helm.GetValues({}, {"argocd", "argocd"}, {});
  EXPECT_EQ(argocd["server"]["ingress"]["hostname"], "argocd.example.com");
  EXPECT_EQ(argocd["server"]["ingress"]["tls"], true);
  EXPECT_EQ(ValuesOf("nginx-ingress")["controller"]["ingressClass"]["name"], "nginx");
  ExpectNoChange(Hosts());
  host_.Destroy();
  EXPECT_EQ(host_.Errors(), "");
}

TEST_F(StackIngressTest, TheControllerIsOneOfTwoOrSomebodyElses) {
  host_.Apply(Hosts({{"controller", Text("ingress-nginx")}}));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(ValuesOf("ingress-nginx")["controller"]["ingressClassResource"]["name"], "nginx");
  EXPECT_FALSE(world_.Application("nginx-ingress").has_value());
  const Value none = Hosts({{"controller", Text("none")}});
  host_.Apply(none);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.Application("ingress-nginx").has_value());
  EXPECT_TRUE(host_.state["ingress"]["address"].is_null());
  ExpectNoChange(none);
}

TEST_F(StackIngressTest, ALostAddressIsWaitedForAgain) {
  host_.Apply(Hosts());
  world_.kubernetes->Remove({"v1", "Service", "monitoring", "nginx-ingress-controller"});
  EXPECT_TRUE(WouldChange(Hosts()));
  EXPECT_TRUE(host_.state["ingress"]["address"].is_null());
}

TEST_F(StackIngressTest, HostsAreHostNames) {
  host_.Plan(Hosts({{"class_name", Text("")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("ingress.class_name"));
  host_.diagnostics = {};
  host_.Plan(Basic({{"ingress", Object({{"grafana_host", Text("https://grafana")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("ingress.grafana_host must be a host name"));
  host_.diagnostics = {};
  host_.Plan(Hosts({{"tls_secret_name", Text("wildcard")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("ingress.tls_secret_name: Two certificates"));
}

TEST_F(StackIngressTest, TheProjectAllowsWhatTheChartsRenderAndNothingElse) {
  host_.Apply(Basic({{"metrics_server", Object({})}}));
  ASSERT_EQ(host_.Errors(), "");
  const auto project = [&] {
    return world_.kubernetes->Find({"argoproj.io/v1alpha1", "AppProject", "argocd", "monitoring"})
        ->at("spec");
  };
  EXPECT_EQ(project()["clusterResourceWhitelist"],
            Json::array({{{"group", "apiregistration.k8s.io"}, {"kind", "APIService"}}}));
  EXPECT_THAT(project()["namespaceResourceWhitelist"].dump(), HasSubstr("EndpointSlice"));
  EXPECT_THAT(project()["namespaceResourceWhitelist"].dump(), Not(HasSubstr("*")));
  EXPECT_EQ(project()["sourceRepos"].size(), 3u);
  // What is no longer rendered is no longer allowed, once it is gone.
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.Application("metrics-server").has_value());
  EXPECT_FALSE(project().contains("clusterResourceWhitelist"));
  ExpectNoChange(Basic());
}

TEST_F(StackIngressTest, AProjectThatSomebodyOpenedIsClosedAgain) {
  host_.Apply(Basic());
  Json project =
      *world_.kubernetes->Find({"argoproj.io/v1alpha1", "AppProject", "argocd", "monitoring"});
  project["spec"]["clusterResourceWhitelist"] = Json::array({{{"group", "*"}, {"kind", "*"}}});
  world_.kubernetes->Put(project);
  EXPECT_TRUE(WouldChange(Basic()));
  EXPECT_EQ(host_.state["drift"], Value::OfList({Text("AppProject monitoring was changed")}));
}

TEST_F(StackIngressTest, WhatAnAutoscalerSetsArgoCdLeavesAlone) {
  world_.dir.Write("values/loki.yaml", "write: {autoscaling: {enabled: true}}\n");
  const Value config = Basic({{"values_dir", Value::String(world_.dir / "values")}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Json spec = world_.Application("loki")->at("spec");
  EXPECT_EQ(spec["ignoreDifferences"],
            Json::array({{{"group", "apps"},
                          {"kind", "StatefulSet"},
                          {"name", "loki-write"},
                          {"jsonPointers", Json::array({"/spec/replicas"})}}}));
  EXPECT_EQ(spec["syncPolicy"]["syncOptions"], Json::array({"RespectIgnoreDifferences=true"}));
  ExpectNoChange(config);
}

}  // namespace
}  // namespace kproto::testing
