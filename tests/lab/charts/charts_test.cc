// SPDX-License-Identifier: MPL-2.0
// What holds for every chart of the lab, under both Helms.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/yaml/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lab/charts/rendering.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using ::kproto::testing::IsOk;
using ::testing::IsEmpty;

const char* const kCharts[] = {"alloy",         "argo-cd",    "grafana",
                               "ingress-nginx", "loki",       "metrics-server",
                               "nginx-ingress", "prometheus", "promtail"};

std::string Text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The least that lets a chart render: only loki has no defaults that do.
Json Least(const std::string& chart) {
  if (chart == "loki") {
    return {{"loki", {{"useTestSchema", true}, {"storage", {{"bucketNames", {{"chunks", "c"}}}}}}}};
  }
  return chart == "grafana" ? Json{{"adminPassword", "told"}} : Json::object();
}

// The check that the other tests lean on does find what is loose.
TEST(LooseEndsTest, FindsAServiceWithoutPodAndAMountWithoutSource) {
  const Json pod = {{"metadata", {{"labels", {{"app", "a"}}}}},
                    {"spec",
                     {{"containers",
                       {{{"ports", {{{"name", "http"}, {"containerPort", 80}}}},
                         {"volumeMounts", {{{"name", "settings"}}, {{"name", "nowhere"}}}}}}},
                      {"volumes", {{{"name", "settings"}, {"configMap", {{"name", "c"}}}}}}}}};
  const auto service = [](const std::string& app, const Json& port) {
    return Json{
        {"kind", "Service"},
        {"spec",
         {{"selector", {{"app", app}}}, {"ports", {{{"port", 8080}, {"targetPort", port}}}}}}};
  };
  const Objects objects = {
      {"Deployment/d", {{"kind", "Deployment"}, {"spec", {{"template", pod}}}}},
      {"Service/good", service("a", "http")},
      {"Service/port", service("a", "grpc")},
      {"Service/pod", service("b", "http")}};
  EXPECT_THAT(
      LooseEnds(objects),
      ::testing::UnorderedElementsAre(
          "Service/port: no pod answers port \"grpc\"", "Service/pod: no pod answers port \"http\"",
          "Deployment/d: mounts ConfigMap/c, which is not there",
          "Deployment/d: mounts volume \"nowhere\", which it does not declare"));
  EXPECT_EQ(LooseEnds(objects, {"ConfigMap/c"}).size(), 3u);
}

TEST(ChartsTest, LintFindsNothingUnderEitherHelm) {
  for (const auto& [helm, path] : Helms()) {
    for (const std::string chart : kCharts) {
      const absl::StatusOr<CommandResult> result =
          Helm(helm, {"lint", "--strict", Source("lab/charts/" + chart)});
      ASSERT_THAT(result, IsOk());
      EXPECT_EQ(result->exit_code, 0) << helm << " " << chart << "\n" << result->out << result->err;
    }
  }
}

TEST(ChartsTest, BothHelmsRenderTheSame) {
  for (const std::string chart : kCharts) {
    Rendering rendering{
        .chart = Source("lab/charts/" + chart), .release = "r", .values = Least(chart)};
    const absl::StatusOr<Objects> by3 = Render(rendering);
    rendering.helm = "helm4";
    const absl::StatusOr<Objects> by4 = Render(rendering);
    ASSERT_THAT(by3, IsOk());
    ASSERT_THAT(by4, IsOk());
    EXPECT_EQ(*by3, *by4) << chart;
    EXPECT_FALSE(by3->empty());
  }
}

TEST(ChartsTest, DefaultsHangTogether) {
  for (const std::string chart : kCharts) {
    const absl::StatusOr<Objects> objects =
        Render({.chart = Source("lab/charts/" + chart), .release = chart, .values = Least(chart)});
    ASSERT_THAT(objects, IsOk());
    EXPECT_THAT(LooseEnds(*objects), IsEmpty()) << chart;
  }
}

TEST(ChartsTest, AReleaseNamedOtherwiseIsAPrefix) {
  const std::map<std::string, std::string> service = {
      {"alloy", "Service/x-alloy"},
      {"ingress-nginx", "Service/x-ingress-nginx-controller"},
      {"metrics-server", "Service/x-metrics-server"},
      {"nginx-ingress", "Service/x-nginx-ingress-controller"},
      {"prometheus", "Service/x-prometheus-server"},
      {"argo-cd", "Service/x-argocd-server"},
      {"grafana", "Service/x-grafana"},
      {"loki", "Service/x-loki-gateway"},
      {"promtail", "DaemonSet/x-promtail"}};
  for (const std::string chart : kCharts) {
    const absl::StatusOr<Objects> objects =
        Render({.chart = Source("lab/charts/" + chart), .release = "x", .values = Least(chart)});
    ASSERT_THAT(objects, IsOk());
    EXPECT_EQ(objects->count(service.at(chart)), 1u) << service.at(chart);
    EXPECT_THAT(LooseEnds(*objects), IsEmpty()) << chart;
  }
}

// Objects in a namespace say which; objects of the whole cluster must not.
TEST(ChartsTest, OnlyNamespacedObjectsNameANamespace) {
  for (const std::string chart : kCharts) {
    const absl::StatusOr<Objects> objects = Render({.chart = Source("lab/charts/" + chart),
                                                    .release = chart,
                                                    .ns = "here",
                                                    .values = Least(chart)});
    ASSERT_THAT(objects, IsOk());
    for (const auto& [key, object] : *objects) {
      const bool wide = absl::StartsWith(key, "Cluster") || absl::StartsWith(key, "IngressClass") ||
                        absl::StartsWith(key, "APIService") || absl::StartsWith(key, "Custom");
      // By it the API server lets an extension read how to know its clients.
      const bool system = key == "RoleBinding/metrics-server-auth-reader";
      EXPECT_EQ(object["metadata"].value("namespace", ""), wide     ? ""
                                                           : system ? "kube-system"
                                                                    : "here")
          << key;
    }
  }
}

// Every version of the index packs, and bears what the index says.
TEST(ChartsTest, EveryLineOfTheIndexPacks) {
  const testing::TempDir dir;
  size_t packed = 0;
  for (absl::string_view line : absl::StrSplit(Text(Source("lab/charts/index")), '\n')) {
    const std::vector<std::string> fields = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (fields.empty() || fields[0] == "#") {
      continue;
    }
    ASSERT_GE(fields.size(), 4u) << line;
    ASSERT_TRUE(fields.size() == 4 || fields[4] == "deprecated") << line;
    const absl::StatusOr<CommandResult> result =
        Helm("helm", {"package", Source("lab/charts/" + fields[1]), "--version", fields[2],
                      "--app-version", fields[3], "--destination", dir / fields[0]});
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(result->exit_code, 0) << line << result->err;
    const absl::StatusOr<CommandResult> chart = Helm(
        "helm",
        {"show", "chart", absl::StrCat(dir / fields[0], "/", fields[1], "-", fields[2], ".tgz")});
    ASSERT_THAT(chart, IsOk());
    const absl::StatusOr<Json> metadata = yaml::Parse(chart->out);
    ASSERT_THAT(metadata, IsOk());
    EXPECT_EQ((*metadata)["name"], fields[1]);
    EXPECT_EQ((*metadata)["version"], fields[2]);
    EXPECT_EQ((*metadata)["appVersion"], fields[3]);
    ++packed;
  }
  EXPECT_GE(packed, 4u);
}

}  // namespace
}  // namespace kproto::lab
