// SPDX-License-Identifier: MPL-2.0
#include <gmock/gmock.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class PagingTest : public SimulatorTest {
 protected:
  PagingTest() { options_.vpcs = SimulatorOptions::Vpcs::kNone; }
  void MakeVpcs(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(Post("/v2/vpcs", {{"name", absl::StrCat("v", i)}, {"region", "nyc3"}}).status, 201);
    }
  }
};

TEST_F(PagingTest, OnePageHasNoLinks) {
  MakeVpcs(20);
  const Json body = Get("/v2/vpcs").body;
  EXPECT_EQ(body["vpcs"].size(), 20u);
  EXPECT_EQ(body["links"], Json::object());
  EXPECT_EQ(body["meta"]["total"], 20);
}

TEST_F(PagingTest, FollowingNextSeesEverythingOnce) {
  MakeVpcs(45);
  std::string url = "http://127.0.0.1:1/v2/vpcs";
  std::set<std::string> names;
  int pages = 0;
  while (!url.empty()) {
    const Json body = Get(std::string(absl::StripPrefix(url, "http://127.0.0.1:1"))).body;
    for (const Json& vpc : body["vpcs"]) {
      EXPECT_TRUE(names.insert(StringField(vpc, "name")).second);
    }
    url = StringField(Field(body["links"], "pages"), "next");
    ++pages;
  }
  EXPECT_EQ(names.size(), 45u);
  EXPECT_EQ(pages, 3);
}

TEST_F(PagingTest, MiddlePageHasAllFourLinks) {
  MakeVpcs(5);
  const Json pages = Get("/v2/vpcs?per_page=2&page=2").body["links"]["pages"];
  EXPECT_EQ(pages["first"], "http://127.0.0.1:1/v2/vpcs?page=1&per_page=2");
  EXPECT_EQ(pages["prev"], "http://127.0.0.1:1/v2/vpcs?page=1&per_page=2");
  EXPECT_EQ(pages["next"], "http://127.0.0.1:1/v2/vpcs?page=3&per_page=2");
  EXPECT_EQ(pages["last"], "http://127.0.0.1:1/v2/vpcs?page=3&per_page=2");
}

TEST_F(PagingTest, OddNumbersDoNoHarm) {
  MakeVpcs(3);
  EXPECT_EQ(Get("/v2/vpcs?page=9").body["vpcs"].size(), 0u);
  EXPECT_EQ(Get("/v2/vpcs?page=9223372036854775807&per_page=200").body["vpcs"].size(), 0u);
  EXPECT_EQ(Get("/v2/vpcs?page=-1&per_page=0").body["vpcs"].size(), 3u);
  EXPECT_EQ(Get("/v2/vpcs?page=x&per_page=y").body["vpcs"].size(), 3u);
  EXPECT_EQ(Get("/v2/vpcs?per_page=100000").body["vpcs"].size(), 3u);
}

TEST_F(PagingTest, AtMostTwoHundred) {
  MakeVpcs(205);
  EXPECT_EQ(Get("/v2/vpcs?per_page=1000").body["vpcs"].size(), 200u);
}

TEST_F(PagingTest, LinksKeepTheFilter) {
  MakeCluster();
  MakeCluster();
  const Json body = Get("/v2/droplets?tag_name=k8s&per_page=3").body;
  EXPECT_THAT(StringField(body["links"]["pages"], "next"), testing::HasSubstr("tag_name=k8s"));
}

}  // namespace
}  // namespace kproto::lab
