// SPDX-License-Identifier: MPL-2.0
// The values of examples/tofu against the lab's charts, and the App-of-Apps chart beside them.
#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lab/charts/rendering.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kPlatform = "examples/tofu/platform/";

Objects Component(const std::string& chart, const std::string& environment) {
  std::vector<std::string> files = {Source(kPlatform + "helm-values/" + chart + ".yaml")};
  if (!environment.empty()) {
    files.push_back(Source(kPlatform + "helm-values/" + environment + "/" + chart + ".yaml"));
  }
  const absl::StatusOr<Objects> objects =
      Render({.chart = Source("lab/charts/" + chart), .release = chart, .files = files});
  EXPECT_THAT(objects, IsOk()) << chart << " " << environment;
  return objects.value_or(Objects{});
}

TEST(PlatformTest, EveryEnvironmentRendersAndHangsTogether) {
  for (const std::string environment : {"", "dev", "prod"}) {
    for (const std::string chart : {"grafana", "loki", "promtail"}) {
      EXPECT_THAT(LooseEnds(Component(chart, environment)), IsEmpty())
          << chart << " " << environment;
    }
  }
}

TEST(PlatformTest, LokiIsOneProcessThatDeletesOldLinesAndKeepsItsVolume) {
  const Objects objects = Component("loki", "");
  const Json& spec = objects.at("StatefulSet/loki")["spec"];
  EXPECT_FALSE(spec.contains("persistentVolumeClaimRetentionPolicy"));
  EXPECT_EQ(spec["volumeClaimTemplates"][0]["spec"]["storageClassName"], "do-block-storage");
  EXPECT_THAT(objects.at("ConfigMap/loki")["data"]["config.yaml"].get<std::string>(),
              HasSubstr("retention_enabled: true"));
  EXPECT_EQ(objects.count("StatefulSet/loki-chunks-cache"), 0u);
}

TEST(PlatformTest, GrafanaLetsGoOfItsVolumeAndItsDashboardsAreJson) {
  const Objects objects = Component("grafana", "");
  EXPECT_EQ(objects.at("Deployment/grafana")["spec"]["strategy"]["type"], "Recreate");
  EXPECT_EQ(objects.at("PersistentVolumeClaim/grafana")["spec"]["resources"]["requests"]["storage"],
            "10Gi");
  size_t dashboards = 0;
  for (const auto& [file, text] : objects.at("ConfigMap/grafana-dashboards-logs")["data"].items()) {
    const Json dashboard = Json::parse(text.get<std::string>(), nullptr, false);
    EXPECT_FALSE(dashboard.is_discarded()) << file;
    EXPECT_FALSE(dashboard.value("uid", "").empty()) << file;
    ++dashboards;
  }
  EXPECT_EQ(dashboards, 2u);
}

TEST(PlatformTest, PromtailRunsOnEveryNode) {
  EXPECT_EQ(Component("promtail", "prod")
                .at("DaemonSet/promtail")["spec"]["template"]["spec"]["tolerations"],
            Json::array({{{"operator", "Exists"}}}));
}

TEST(PlatformTest, TheExistingClusterExampleRenders) {
  for (const std::string chart : {"grafana", "loki", "promtail"}) {
    const absl::StatusOr<Objects> objects = Render(
        {.chart = Source("lab/charts/" + chart),
         .release = chart,
         .files = {Source("examples/tofu/existing-cluster/helm-values/" + chart + ".yaml")}});
    ASSERT_THAT(objects, IsOk());
    EXPECT_THAT(LooseEnds(*objects), IsEmpty()) << chart;
  }
}

absl::StatusOr<Objects> Apps(Json applications) {
  return Render({.chart = Source(kPlatform + "k8s/apps"),
                 .release = "monitoring-apps",
                 .ns = "argocd",
                 .values = {{"applications", std::move(applications)}}});
}

TEST(PlatformTest, EachEntryBecomesAnApplication) {
  const Json source = {{"repoURL", "https://charts.example"},
                       {"chart", "loki"},
                       {"targetRevision", "6.55.0"},
                       {"helm", {{"valuesObject", {{"loki", {{"auth_enabled", false}}}}}}}};
  const absl::StatusOr<Objects> objects =
      Apps({{"loki", {{"project", "monitoring"}, {"namespace", "monitoring"}, {"source", source}}},
            {"other",
             {{"namespace", "elsewhere"},
              {"source", source},
              {"syncPolicy", {{"automated", {{"prune", false}}}}}}}});
  ASSERT_THAT(objects, IsOk());
  const Json& loki = objects->at("Application/loki");
  EXPECT_EQ(loki["metadata"]["namespace"], "argocd");
  EXPECT_THAT(loki["metadata"]["finalizers"],
              ElementsAre("resources-finalizer.argocd.argoproj.io"));
  EXPECT_EQ(loki["spec"]["project"], "monitoring");
  EXPECT_EQ(loki["spec"]["source"], source);
  EXPECT_EQ(loki["spec"]["destination"],
            (Json{{"server", "https://kubernetes.default.svc"}, {"namespace", "monitoring"}}));
  EXPECT_EQ(loki["spec"]["syncPolicy"]["automated"], (Json{{"prune", true}, {"selfHeal", true}}));
  const Json& other = objects->at("Application/other")["spec"];
  EXPECT_EQ(other["syncPolicy"]["automated"], (Json{{"prune", false}, {"selfHeal", true}}));
  EXPECT_EQ(other["project"], "default");
}

TEST(PlatformTest, NoEntriesNoApplications) {
  const absl::StatusOr<Objects> objects = Apps(Json::object());
  ASSERT_THAT(objects, IsOk());
  EXPECT_THAT(*objects, IsEmpty());
}

TEST(PlatformTest, AnEntryWithoutSourceIsNamed) {
  EXPECT_THAT(Apps({{"loki", {{"namespace", "monitoring"}}}}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("applications.loki.source is needed")));
}

}  // namespace
}  // namespace kproto::lab
