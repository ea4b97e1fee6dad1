// SPDX-License-Identifier: MPL-2.0
#include "lab/servers/chart_repository.h"

#include <set>

#include "lab/process/private_file.h"
#include "lab/servers/http_listener.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::StatusIs;
using ::testing::HasSubstr;

TEST(ChartIndexTest, CommentsAndBlanksAreSkippedAndDeprecationIsRead) {
  const auto entries = ParseChartIndex(
      "# a comment\n\nh.example/charts  grafana 1.2.3\t9.0\nh.example/charts loki 1 2 "
      "deprecated\n");
  ASSERT_THAT(entries, IsOk());
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].repository, "h.example/charts");
  EXPECT_EQ((*entries)[0].app_version, "9.0");
  EXPECT_FALSE((*entries)[0].deprecated);
  EXPECT_TRUE((*entries)[1].deprecated);
}

TEST(ChartIndexTest, ALineThatIsNotUnderstoodIsNamed) {
  EXPECT_THAT(ParseChartIndex("a b c\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a b c")));
  EXPECT_FALSE(ParseChartIndex("a b c d obsolete\n").ok());
}

TEST(ChartIndexTest, TheRepositorysOwnHasEveryChartOfTheStack) {
  const auto text = ReadFile(std::string(KPROTO_SOURCE_DIR) + "/lab/charts/index");
  ASSERT_THAT(text, IsOk());
  const auto entries = ParseChartIndex(*text);
  ASSERT_THAT(entries, IsOk());
  std::set<std::string> charts;
  for (const ChartEntry& entry : *entries) {
    charts.insert(entry.chart);
  }
  EXPECT_EQ(charts,
            (std::set<std::string>{"alloy", "argo-cd", "grafana", "ingress-nginx", "loki",
                                   "metrics-server", "nginx-ingress", "prometheus", "promtail"}));
}

TEST(ServeChartsTest, GivesTheFilesAndNothingOutside) {
  kproto::testing::TempDir dir;
  dir.Write("charts/h.example/index.yaml", "entries: {}");
  dir.Write("secret", "no");
  auto listener =
      HttpListener::Start(0, [&](httplib::Server& server) { ServeCharts(server, dir / "charts"); });
  ASSERT_THAT(listener, IsOk());
  httplib::Client client((*listener)->url());
  const auto index = client.Get("/h.example/index.yaml");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->body, "entries: {}");
  EXPECT_EQ(client.Get("/h.example/none.tgz")->status, 404);
  EXPECT_EQ(client.Get("/../secret")->status, 404);
}

}  // namespace
}  // namespace kproto::lab
