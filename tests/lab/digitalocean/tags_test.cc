// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

using TagsTest = SimulatorTest;

TEST_F(TagsTest, KeepTheirCaseAndCompareWithoutIt) {
  EXPECT_EQ(Post("/v2/tags", {{"name", "Prod"}}).status, 201);
  EXPECT_EQ(Post("/v2/tags", {{"name", "prod"}}).body["tag"]["name"], "Prod");
  EXPECT_EQ(Get("/v2/tags/PROD").body["tag"]["name"], "Prod");
  EXPECT_EQ(Get("/v2/tags").body["meta"]["total"], 1);
  EXPECT_EQ(Post("/v2/tags", {{"name", "not valid"}}).status, 422);
}

TEST_F(TagsTest, GoOnAndOffThings) {
  const Answer made = Post("/v2/load_balancers", LoadBalancerBody());
  const std::string id = StringField(made.body["load_balancer"], "id");
  const Json body = {{"resources", {{{"resource_id", id}, {"resource_type", "load_balancer"}}}}};
  EXPECT_EQ(Post("/v2/tags/x/resources", body).status, 404);
  Post("/v2/tags", {{"name", "x"}});
  EXPECT_EQ(Post("/v2/tags/x/resources", body).status, 204);
  EXPECT_EQ(Get("/v2/load_balancers/" + id).body["load_balancer"]["tags"], Json({"x"}));
  EXPECT_EQ(Get("/v2/tags/x").body["tag"]["resources"]["count"], 1);
  EXPECT_EQ(Call("DELETE", "/v2/tags/x/resources", body).status, 204);
  EXPECT_EQ(Get("/v2/tags/x").body["tag"]["resources"]["count"], 0);
}

TEST_F(TagsTest, ComeWithThingsAndGoFromThem) {
  const std::string id = MakeCluster();
  EXPECT_EQ(Get("/v2/tags/k8s:worker").body["tag"]["resources"]["droplets"]["count"], 2);
  EXPECT_EQ(Delete("/v2/tags/k8s:worker").status, 204);
  EXPECT_EQ(Get("/v2/tags/k8s:worker").status, 404);
  EXPECT_EQ(Get("/v2/droplets?tag_name=k8s:worker").body["meta"]["total"], 0);
  EXPECT_EQ(Get("/v2/droplets?tag_name=k8s:" + id).body["meta"]["total"], 2);
}

}  // namespace
}  // namespace kproto::lab
