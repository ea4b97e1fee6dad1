// SPDX-License-Identifier: MPL-2.0
#include <gmock/gmock.h>

#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class VpcsTest : public SimulatorTest {
 protected:
  Answer Make(const std::string& name, const std::string& range,
              const std::string& region = "nyc3") {
    Json body = {{"name", name}, {"region", region}};
    if (!range.empty()) {
      body["ip_range"] = range;
    }
    return Post("/v2/vpcs", body);
  }
  static std::string Id(const Answer& answer) {
    return StringField(Field(answer.body, "vpc"), "id");
  }
};

TEST_F(VpcsTest, FirstOfARegionBecomesItsUndeletableDefault) {
  options_.vpcs = SimulatorOptions::Vpcs::kNone;
  const Answer first = Make("one", "10.10.0.0/20");
  const Answer second = Make("two", "10.11.0.0/20");
  EXPECT_EQ(first.body["vpc"]["default"], true);
  EXPECT_EQ(second.body["vpc"]["default"], false);
  EXPECT_EQ(Delete("/v2/vpcs/" + Id(first)).status, 403);
  EXPECT_EQ(Delete("/v2/vpcs/" + Id(second)).status, 204);
  EXPECT_EQ(Get("/v2/vpcs/" + Id(second)).status, 404);
}

TEST_F(VpcsTest, AnAccountInUseHasDefaults) {
  EXPECT_EQ(Make("one", "10.10.0.0/20").body["vpc"]["default"], false);
  EXPECT_EQ(Get("/v2/vpcs").body["meta"]["total"], 12);
}

TEST_F(VpcsTest, DefaultMovesButIsNeverUnset) {
  const std::string id = Id(Make("one", "10.10.0.0/20"));
  EXPECT_EQ(Put("/v2/vpcs/" + id, {{"name", "one"}, {"default", true}}).status, 200);
  EXPECT_EQ(Put("/v2/vpcs/" + id, {{"name", "one"}, {"default", false}}).status, 422);
  int defaults = 0;
  const Json listed = Get("/v2/vpcs").body;
  for (const Json& vpc : listed["vpcs"]) {
    defaults += vpc["region"] == "nyc3" && vpc["default"] == true ? 1 : 0;
  }
  EXPECT_EQ(defaults, 1);
}

TEST_F(VpcsTest, SaysWhyARangeIsRefused) {
  Make("one", "10.10.0.0/20");
  EXPECT_EQ(Make("two", "10.10.8.0/24").Message(),
            "This range/size overlaps with another VPC network in your account: one "
            "10.10.0.0/20.");
  EXPECT_EQ(Make("one", "10.12.0.0/20").Message(), "a VPC with the same name already exists");
  for (const char* range : {"8.8.0.0/20", "10.20.0.0/15", "10.20.0.0/29", "10.20.0.1/24",
                            "10.244.0.0/20", "nonsense"}) {
    EXPECT_EQ(Make("bad", range).status, 422) << range;
  }
  EXPECT_EQ(Make("bad name", "10.20.0.0/20").status, 422);
  EXPECT_EQ(Make("x", "10.20.0.0/20", "mars1").status, 422);
}

TEST_F(VpcsTest, PicksAFreeTwentyByItself) {
  const std::string first = StringField(Make("one", "").body["vpc"], "ip_range");
  const std::string second = StringField(Make("two", "").body["vpc"], "ip_range");
  EXPECT_THAT(first, testing::EndsWith("/20"));
  EXPECT_NE(first, second);
}

TEST_F(VpcsTest, MembersKeepItUntilSomeTimeAfterTheyAreGone) {
  const std::string vpc = Id(Make("one", "10.10.0.0/20"));
  Json body = ClusterBody();
  body["vpc_uuid"] = vpc;
  const std::string cluster = MakeCluster(body);
  const Json members = Get("/v2/vpcs/" + vpc + "/members").body["members"];
  EXPECT_EQ(members.size(), 3u) << "the cluster and its two droplets";
  EXPECT_EQ(Get("/v2/vpcs/" + vpc + "/members?resource_type=kubernetes").body["meta"]["total"], 1);
  PassProvisioning();
  Delete(ClusterPath(cluster));
  Pass(absl::Seconds(61));
  EXPECT_EQ(Get(ClusterPath(cluster)).status, 404);
  const Answer refused = Delete("/v2/vpcs/" + vpc);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(StringField(refused.body, "id"), "conflict");
  EXPECT_EQ(refused.Message(), "Can not delete VPC with members");
  Pass(absl::Seconds(21));
  EXPECT_EQ(Delete("/v2/vpcs/" + vpc).status, 204);
}

TEST_F(VpcsTest, PatchKeepsWhatPutResets) {
  Json body = {{"name", "one"}, {"region", "nyc3"}, {"description", "kept"}};
  const std::string id = Id(Post("/v2/vpcs", body));
  EXPECT_EQ(Call("PATCH", "/v2/vpcs/" + id, {{"name", "two"}}).body["vpc"]["description"], "kept");
  EXPECT_EQ(Put("/v2/vpcs/" + id, {{"name", "three"}}).body["vpc"]["description"], "");
}

TEST_F(VpcsTest, ClusterMustBeInTheSameRegion) {
  Json body = ClusterBody();
  body["vpc_uuid"] = Id(Make("far", "10.10.0.0/20", "ams3"));
  EXPECT_EQ(Post("/v2/kubernetes/clusters", body).status, 422);
  body["vpc_uuid"] = "none";
  EXPECT_EQ(Post("/v2/kubernetes/clusters", body).status, 422);
}

}  // namespace
}  // namespace kproto::lab
