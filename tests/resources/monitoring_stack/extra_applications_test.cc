// SPDX-License-Identifier: MPL-2.0
// The user's own Applications: extra_applications, and manifests in apps_dir.
#include "resources/monitoring_stack/extra_applications.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCharts[] = "https://charts.example.com";
constexpr char kArgoApi[] = "argoproj.io/v1alpha1";

class StackExtrasTest : public StackTest {
 protected:
  StackExtrasTest() {
    for (const char* version : {"1.0.0", "1.1.0"}) {
      helm::ChartMetadata metadata;
      metadata.name = "tempo";
      metadata.version = version;
      world_.helm.AddChart(
          kCharts, metadata, Json{{"replicas", 1}},
          [](const helm::TemplateRequest& request) -> absl::StatusOr<std::vector<Json>> {
            if (request.values.contains("broken")) {
              return absl::InvalidArgumentError("the chart says no");
            }
            return std::vector<Json>{
                {{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", "tempo"}}}}};
          });
    }
  }

  Value Extra(Value::Map set) const {
    return Completed(StackExtraApplication::Fields().attributes(), std::move(set));
  }
  Value Tempo(Value::Map more = {}) const {
    Value::Map set = {{"repo_url", Text(kCharts)},
                      {"chart", Text("tempo")},
                      {"chart_version", Text("1.0.0")},
                      {"values", Text("replicas: 2\n")}};
    for (auto& [key, value] : more) {
      set[key] = value;
    }
    return Extra(std::move(set));
  }
  Value With(Value::Map extras) const {
    return Basic({{"extra_applications", Object(std::move(extras))}});
  }
  std::optional<Json> Project() const {
    return world_.kubernetes->Find({kArgoApi, "AppProject", "argocd", "monitoring-extra"});
  }
  std::optional<Json> Namespace(const char* name) const {
    return world_.kubernetes->Find({"v1", "Namespace", "", name});
  }
};

TEST_F(StackExtrasTest, AChartOfTheUsersOwnRunsBesideTheStack) {
  const Value config = With({{"tempo", Tempo()}});
  const PlanResult plan = host_.Plan(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(plan.planned["applications"].is_unknown());
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Json spec = world_.Application("tempo")->at("spec");
  EXPECT_EQ(spec["project"], "monitoring-extra");
  EXPECT_EQ(spec["destination"]["namespace"], "monitoring");
  EXPECT_EQ(spec["source"]["targetRevision"], "1.0.0");
  EXPECT_EQ(spec["source"]["helm"]["valuesObject"], Json({{"replicas", 2}}));
  EXPECT_EQ(spec["syncPolicy"]["automated"]["selfHeal"], true);
  EXPECT_EQ(host_.state["applications"]["tempo"]["health"], Text("Healthy"));
  EXPECT_EQ(host_.state["applications"]["tempo"]["chart_version"], Text("1.0.0"));
  ExpectNoChange(config);

  host_.Apply(With({{"tempo", Tempo({{"chart_version", Text("1.1.0")}})}}));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.Application("tempo")->at("/spec/source/targetRevision"_json_pointer), "1.1.0");
}

TEST_F(StackExtrasTest, TheirProjectAllowsWhatTheyRenderAndTheStacksStaysAsItIs) {
  host_.Apply(With({{"tempo", Tempo()}}));
  ASSERT_EQ(host_.Errors(), "");
  const Json extra = Project()->at("spec");
  EXPECT_EQ(extra["sourceRepos"], Json::array({kCharts}));
  EXPECT_EQ(extra["namespaceResourceWhitelist"],
            Json::array({{{"group", ""}, {"kind", "Secret"}}}));
  EXPECT_FALSE(extra.contains("clusterResourceWhitelist"));
  const Json own =
      world_.kubernetes->Find({kArgoApi, "AppProject", "argocd", "monitoring"})->at("spec");
  EXPECT_THAT(own["sourceRepos"].dump(), Not(HasSubstr(kCharts)));
  EXPECT_THAT(own["namespaceResourceWhitelist"].dump(), Not(HasSubstr("Secret")));
}

TEST_F(StackExtrasTest, AFolderInGitRunsInANamespaceThatIsMadeForIt) {
  const Value config = With({{"shop", Extra({{"repo_url", Text("https://git.example.com/shop.git")},
                                             {"path", Text("deploy")},
                                             {"namespace", Text("shop")}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Json source = world_.Application("shop")->at("/spec/source"_json_pointer);
  EXPECT_EQ(source["path"], "deploy");
  EXPECT_EQ(source["targetRevision"], "main");
  ASSERT_TRUE(Namespace("shop").has_value());
  // What is in the folder only Git knows.
  EXPECT_EQ(Project()->at("/spec/clusterResourceWhitelist"_json_pointer),
            Json::array({{{"group", "*"}, {"kind", "*"}}}));
  ExpectNoChange(config);

  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.Application("shop").has_value());
  EXPECT_FALSE(Namespace("shop").has_value());
  EXPECT_FALSE(Project().has_value());
  ExpectNoChange(Basic());
}

TEST_F(StackExtrasTest, ANamespaceOfSomebodyElseIsUsedAndLeft) {
  world_.kubernetes->Put(
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "shop"}}}});
  host_.Apply(With({{"tempo", Tempo({{"namespace", Text("shop")}})}}));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.Application("tempo")->at("/spec/destination/namespace"_json_pointer), "shop");
  host_.Destroy();
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(Namespace("shop").has_value());
}

TEST_F(StackExtrasTest, ValuesFromGitAreASecondSource) {
  const Value from = Completed(StackValuesFrom::Fields().attributes(),
                               {{"repo_url", Text("https://git.example.com/values.git")},
                                {"revision", Text("main")},
                                {"files", Value::OfList({Text("tempo/base.yaml")})}});
  const Value config = With({{"tempo", Tempo({{"values_from", from}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Json sources = world_.Application("tempo")->at("/spec/sources"_json_pointer);
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(sources[0]["helm"]["valueFiles"], Json::array({"$values/tempo/base.yaml"}));
  EXPECT_EQ(sources[0]["helm"]["valuesObject"]["replicas"], 2);
  EXPECT_EQ(sources[1]["ref"], "values");
  ExpectNoChange(config);
}

TEST_F(StackExtrasTest, WhatSomebodyChangedOrDeletedIsShownAndMended) {
  const Value config = With({{"tempo", Tempo()}});
  host_.Apply(config);
  Json tempo = *world_.Application("tempo");
  tempo["spec"]["project"] = "default";
  world_.kubernetes->Put(tempo);
  EXPECT_TRUE(WouldChange(config));
  EXPECT_THAT(DebugString(host_.state["drift"]), HasSubstr("Application tempo was changed"));
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.Application("tempo")->at("/spec/project"_json_pointer), "monitoring-extra");
  world_.kubernetes->Remove({kArgoApi, "Application", "argocd", "tempo"});
  EXPECT_TRUE(WouldChange(config));
  world_.kubernetes->Remove({kArgoApi, "AppProject", "argocd", "monitoring-extra"});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(world_.Application("tempo").has_value());
  EXPECT_TRUE(Project().has_value());
}

TEST_F(StackExtrasTest, BesideAppOfAppsTheyAreAppliedByTheStack) {
  const Value config =
      Basic({{"git", Object({{"repo_url", Text("https://git.example.com/platform.git")}})},
             {"extra_applications", Object({{"tempo", Tempo()}})}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(world_.Application("monitoring-apps")->dump(), Not(HasSubstr("tempo")));
  EXPECT_TRUE(world_.Application("tempo").has_value());
  ExpectNoChange(config);
}

TEST_F(StackExtrasTest, ADegradedOneFailsTheApplyWithItsOwnPath) {
  world_.health["tempo"] = "Degraded";
  host_.Apply(With({{"tempo", Tempo()}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("extra_applications[\"tempo\"]"));
}

TEST_F(StackExtrasTest, ThePlansChecksLookAtThemToo) {
  host_.Plan(With({{"tempo", Tempo({{"values", Text("replica: 2\n")}})}}));
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("extra_applications[\"tempo\"]"),
                                    HasSubstr("values, line 1"), HasSubstr("replica")));
  host_.diagnostics = {};
  host_.Plan(With({{"tempo", Tempo({{"chart_version", Text("9.9.9")}})}}));
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("extra_applications[\"tempo\"].chart_version"),
                                    HasSubstr("tempo 9.9.9")));
  host_.diagnostics = {};
  host_.Plan(With({{"tempo", Tempo({{"values", Text("replicas: 1\nbroken: true\n")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("the chart says no"));
}

TEST_F(StackExtrasTest, WhatCannotBeIsRefused) {
  const auto refused = [&](Value::Map extras) {
    host_.diagnostics = {};
    host_.Plan(With(std::move(extras)));
    return host_.Errors();
  };
  EXPECT_THAT(refused({{"Tempo", Tempo()}}), HasSubstr("No name for an Application"));
  EXPECT_THAT(refused({{"grafana", Tempo()}}), HasSubstr("The name is taken"));
  EXPECT_THAT(refused({{"a", Extra({{"repo_url", Text(kCharts)}})}}),
              HasSubstr("exactly one of chart and path"));
  EXPECT_THAT(refused({{"a", Tempo({{"chart_version", Value()}})}}),
              HasSubstr("extra_applications[\"a\"].chart_version"));
  EXPECT_THAT(refused({{"a", Tempo({{"revision", Text("main")}})}}),
              HasSubstr("A revision of no repository"));
  EXPECT_THAT(refused({{"a", Tempo({{"values", Text("a: [")}})}}), HasSubstr("line 1, column"));
  EXPECT_THAT(refused({{"a", Tempo({{"values", Text("- 1\n")}})}}), HasSubstr("YAML mapping"));
  EXPECT_THAT(refused({{"a", Tempo({{"repo_url", Text("https://me:pw@x.example")}})}}),
              HasSubstr("Use git_credentials"));
}

TEST_F(StackExtrasTest, DestroyTakesThemAll) {
  const std::vector<kubernetes::ObjectKey> before = world_.kubernetes->Keys();
  host_.Apply(With({{"tempo", Tempo({{"namespace", Text("traces")}})}}));
  ASSERT_EQ(host_.Errors(), "");
  host_.Destroy();
  ASSERT_EQ(host_.Errors(), "");
  world_.kubernetes->Remove({kArgoApi, "AppProject", "argocd", "default"});
  EXPECT_EQ(world_.kubernetes->Keys(), before);
}

// ---- manifests -------------------------------------------------------------------------------

class StackAppsDirTest : public StackExtrasTest {
 protected:
  Value FromDir() const { return Basic({{"apps_dir", Value::String(world_.dir / "apps")}}); }
  std::string Refused(const std::string& manifest) {
    world_.dir.Write("apps/a.yaml", manifest);
    host_.diagnostics = {};
    host_.Plan(FromDir());
    return host_.Errors();
  }
};

constexpr char kManifest[] = R"(apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  destination:
    server: https://kubernetes.default.svc
    namespace: monitoring
  source:
    repoURL: https://git.example.com/shop.git
    path: deploy
    targetRevision: main
    kustomize:
      namePrefix: my-
)";

TEST_F(StackAppsDirTest, ManifestsAreAppliedAsTheyAreAndWaitedFor) {
  world_.dir.Write("apps/shop.yaml", std::string("# two\n---\n") + kManifest);
  host_.Apply(FromDir());
  ASSERT_EQ(host_.Errors(), "");
  const Json shop = *world_.Application("shop");
  EXPECT_EQ(shop["spec"]["source"]["kustomize"]["namePrefix"], "my-");
  EXPECT_EQ(shop["spec"]["project"], "monitoring-extra");
  EXPECT_EQ(shop["spec"]["syncPolicy"]["automated"]["prune"], true);
  EXPECT_EQ(shop["metadata"]["finalizers"].size(), 1u);
  EXPECT_EQ(host_.state["applications"]["shop"]["health"], Text("Healthy"));
  ExpectNoChange(FromDir());

  std::string edited = kManifest;
  edited.replace(edited.find("my-"), 3, "our-");
  world_.dir.Write("apps/shop.yaml", edited);
  EXPECT_TRUE(WouldChange(FromDir()));
  host_.Apply(FromDir());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.Application("shop")->at("/spec/source/kustomize/namePrefix"_json_pointer),
            "our-");
  ExpectNoChange(FromDir());

  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.Application("shop").has_value());
}

TEST_F(StackAppsDirTest, AChangeByHandIsShownAndMended) {
  world_.dir.Write("apps/shop.yaml", kManifest);
  host_.Apply(FromDir());
  Json shop = *world_.Application("shop");
  shop["spec"]["source"]["kustomize"]["namePrefix"] = "their-";
  world_.kubernetes->Put(shop);
  EXPECT_TRUE(WouldChange(FromDir()));
  host_.Apply(FromDir());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.Application("shop")->at("/spec/source/kustomize/namePrefix"_json_pointer),
            "my-");
}

TEST_F(StackAppsDirTest, WhatArgoCdCouldNotRunIsRefusedWithFileAndLine) {
  const auto with = [](const std::string& from, const std::string& to) {
    std::string text = kManifest;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  EXPECT_THAT(Refused("a: [\n"), AllOf(HasSubstr("apps_dir: "), HasSubstr("a.yaml: line 2")));
  EXPECT_THAT(Refused(with("kind: Application", "kind: Deployment")),
              HasSubstr("a.yaml, line 2: kind is \"Deployment\""));
  EXPECT_THAT(Refused(with("v1alpha1", "v1")), HasSubstr("a.yaml, line 1: apiVersion"));
  EXPECT_THAT(Refused(with("name: shop", "name: loki")), HasSubstr("a.yaml, line 4"));
  EXPECT_THAT(Refused(with("spec:\n", "spec:\n  project: team\n")),
              AllOf(HasSubstr("a.yaml, line 6"), HasSubstr("no AppProject \"team\"")));
  EXPECT_THAT(Refused(with("https://kubernetes.default.svc", "https://other")),
              AllOf(HasSubstr("a.yaml, line 7"), HasSubstr("to its own cluster")));
  EXPECT_THAT(Refused(with("    namespace: monitoring\n", "")),
              AllOf(HasSubstr("a.yaml, line 6"), HasSubstr("destination.namespace")));
  EXPECT_THAT(Refused(with("    path: deploy\n", "")), HasSubstr("no chart, path or ref"));
  EXPECT_THAT(Refused(std::string(kManifest) + "---\n" + kManifest),
              AllOf(HasSubstr("a.yaml, line 19"), HasSubstr("is in")));
}

TEST_F(StackAppsDirTest, ADirectoryWithNothingInItIsAMistake) {
  world_.dir.Write("apps/README", "");
  host_.Plan(FromDir());
  EXPECT_THAT(host_.Errors(), HasSubstr("holds no manifest"));
  host_.diagnostics = {};
  host_.Plan(Basic({{"apps_dir", Text("/nonexistent")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("apps_dir: "));
}

TEST_F(StackAppsDirTest, AChartInAManifestIsRenderedInThePlan) {
  const std::string chart = R"(apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: tempo}
spec:
  destination: {name: in-cluster, namespace: monitoring}
  source:
    repoURL: https://charts.example.com
    chart: tempo
    targetRevision: 1.0.0
    helm:
      valuesObject:
        replica: 1
)";
  EXPECT_THAT(Refused(chart), AllOf(HasSubstr("a.yaml, line 12"), HasSubstr("replica")));
}

}  // namespace
}  // namespace kproto::testing
