// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/release_json.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::helm {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::testing::Pair;

const ReleaseKey kKey = {"ns", "x"};

TEST(ReleaseJsonTest, ReadsHistoryOldestFirst) {
  const auto history = ReleasesFromHistory(
      R"([{"revision":2,"status":"pending-upgrade","chart":"argo-cd-10.1.1","app_version":"v3.4.4",
           "description":"Preparing upgrade"},
          {"revision":1,"status":"superseded","chart":"argo-cd-9.0.0-rc.1"}])",
      kKey);
  ASSERT_THAT(history, IsOk());
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ((*history)[0].revision, 1);
  EXPECT_EQ((*history)[0].chart_version, "9.0.0-rc.1");
  EXPECT_EQ((*history)[1].status, ReleaseStatus::kPendingUpgrade);
  EXPECT_EQ((*history)[1].chart_name, "argo-cd");
  EXPECT_EQ((*history)[1].description, "Preparing upgrade");
}

TEST(ReleaseJsonTest, ReadsTheRecordOfAnUpgrade) {
  const auto release = ReleaseFromRecord(
      R"({"name":"x","version":3,"info":{"status":"deployed","description":"Upgrade complete"},
          "chart":{"metadata":{"name":"tiny","version":"1.2.3","appVersion":"9.9"}},
          "config":{"password":"geheim"}})",
      kKey);
  ASSERT_THAT(release, IsOk());
  EXPECT_EQ(release->revision, 3);
  EXPECT_EQ(release->status, ReleaseStatus::kDeployed);
  EXPECT_EQ(release->app_version, "9.9");
}

TEST(ReleaseJsonTest, RefusesWhatIsNoRelease) {
  for (const char* text :
       {"", "null", "[]", "{}", "Release \"x\" has been upgraded", "{\"version\":\"1\"}"}) {
    EXPECT_THAT(ReleaseFromRecord(text, kKey), StatusIs(absl::StatusCode::kDataLoss)) << text;
  }
  EXPECT_THAT(ReleasesFromHistory("{}", kKey), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(ReleasesFromHistory("[1, null]", kKey), IsOk());
}

TEST(ReleaseJsonTest, SplitsChartsWithDashesAndDigits) {
  EXPECT_THAT(SplitChart("k8s-monitoring-4.4.0"), Pair("k8s-monitoring", "4.4.0"));
  EXPECT_THAT(SplitChart("loki-3-1.0.0-rc1+b.2"), Pair("loki-3", "1.0.0-rc1+b.2"));
  EXPECT_THAT(SplitChart("x-v1.2.3"), Pair("x", "v1.2.3"));
  EXPECT_THAT(SplitChart("odd"), Pair("odd", ""));
  EXPECT_THAT(SplitChart(""), Pair("", ""));
}

}  // namespace
}  // namespace kproto::helm
