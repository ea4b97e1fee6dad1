// SPDX-License-Identifier: MPL-2.0
#include "clients/argocd/application.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto::argocd {
namespace {

using ::testing::ElementsAre;

Application Full() {
  Application application;
  application.name = "grafana";
  application.project = "monitoring";
  application.destination.ns = "monitoring";
  application.sources = {{.repo_url = "https://charts",
                          .chart = "grafana",
                          .target_revision = "12.11.1",
                          .helm = HelmSource{"rel", {"$values/g.yaml"}, {{"a", 1}}}}};
  application.automated = Automated{.prune = true, .self_heal = true};
  application.retry = Retry{};
  application.sync_options = {"ServerSideApply=true"};
  application.ignore_differences = {{{"kind", "Deployment"}}};
  application.labels = {{"l", "1"}};
  application.annotations = {{"a", "2"}};
  return application;
}

TEST(ApplicationTest, ValuesAsTextAreCarriedBothWays) {
  Source source{.repo_url = "https://charts", .chart = "loki", .helm = HelmSource{}};
  source.helm->values_text = "a: 1\n";
  EXPECT_EQ(SourceJson(source)["helm"], (Json{{"values", "a: 1\n"}}));
  EXPECT_EQ(SourceFrom(SourceJson(source)).helm->values_text, "a: 1\n");
}

TEST(ApplicationTest, BecomesTheCustomResource) {
  EXPECT_EQ(ToObject(Full()), Json::parse(R"({
    "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
    "metadata": {"namespace": "argocd", "name": "grafana", "labels": {"l": "1"},
                 "annotations": {"a": "2"},
                 "finalizers": ["resources-finalizer.argocd.argoproj.io"]},
    "spec": {
      "project": "monitoring",
      "destination": {"server": "https://kubernetes.default.svc", "namespace": "monitoring"},
      "source": {"repoURL": "https://charts", "chart": "grafana", "targetRevision": "12.11.1",
                 "helm": {"releaseName": "rel", "valueFiles": ["$values/g.yaml"],
                          "valuesObject": {"a": 1}}},
      "syncPolicy": {"automated": {"prune": true, "selfHeal": true},
                     "syncOptions": ["ServerSideApply=true"],
                     "retry": {"limit": 5,
                               "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"}}},
      "ignoreDifferences": [{"kind": "Deployment"}]}})"));
}

TEST(ApplicationTest, SurvivesTheWayOutAndBack) {
  EXPECT_EQ(ToObject(ApplicationFrom(ToObject(Full()))), ToObject(Full()));
  Application bare;
  bare.name = "x";
  bare.sources = {{.repo_url = "r", .path = "p"}, {.repo_url = "v", .ref = "values"}};
  bare.finalizers = {};
  const Json object = ToObject(bare);
  EXPECT_EQ(object["spec"]["sources"].size(), 2u);
  EXPECT_FALSE(object["spec"].contains("source"));
  EXPECT_FALSE(object["spec"].contains("syncPolicy"));
  EXPECT_FALSE(object["metadata"].contains("finalizers"));
  EXPECT_EQ(ToObject(ApplicationFrom(object)), object);
}

TEST(ApplicationTest, NothingCrashesTheReader) {
  for (const Json& object :
       {Json(), Json(3), Json({{"spec", 1}}), Json({{"spec", {{"source", {1}}}}}),
        Json({{"spec", {{"sources", {nullptr}}, {"destination", "x"}}}}),
        Json({{"metadata", {{"labels", {{"a", 1}}}}}})}) {
    ApplicationFrom(object);
    AppProjectFrom(object);
  }
}

TEST(AppProjectTest, SurvivesTheWayOutAndBack) {
  AppProject project;
  project.name = "monitoring";
  project.description = "d";
  project.source_repos = {"https://charts"};
  project.destinations = {{.ns = "monitoring"}};
  project.cluster_resources = {{"rbac.authorization.k8s.io", "ClusterRole"}};
  const Json object = ToObject(project);
  EXPECT_EQ(object["spec"], Json::parse(R"({
    "description": "d", "sourceRepos": ["https://charts"],
    "destinations": [{"server": "https://kubernetes.default.svc", "namespace": "monitoring"}],
    "clusterResourceWhitelist": [{"group": "rbac.authorization.k8s.io", "kind": "ClusterRole"}]})"));
  EXPECT_EQ(ToObject(AppProjectFrom(object)), object);
}

}  // namespace
}  // namespace kproto::argocd
