// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class LoadBalancersTest : public SimulatorTest {
 protected:
  std::string Make(const Json& body) {
    const Answer answer = Post("/v2/load_balancers", body);
    EXPECT_EQ(answer.status, 202) << answer.body;
    return StringField(Field(answer.body, "load_balancer"), "id");
  }
  Json Show(const std::string& id) {
    return Field(Get("/v2/load_balancers/" + id).body, "load_balancer");
  }
};

TEST_F(LoadBalancersTest, GetsItsAddressWhenItBecomesActive) {
  const std::string id = Make(LoadBalancerBody());
  EXPECT_EQ(Show(id)["status"], "new");
  EXPECT_EQ(Show(id)["ip"], "");
  Pass(absl::Seconds(61));
  EXPECT_EQ(Show(id)["status"], "active");
  EXPECT_NE(Show(id)["ip"], "");
}

TEST_F(LoadBalancersTest, PutReplacesEverythingAndIsRefusedWhileBusy) {
  Json body = LoadBalancerBody();
  body["redirect_http_to_https"] = true;
  body["size_unit"] = 3;
  body["tags"] = {"k8s:abc"};
  const std::string id = Make(body);
  const Answer busy = Put("/v2/load_balancers/" + id, LoadBalancerBody());
  EXPECT_EQ(busy.status, 403);
  EXPECT_EQ(busy.Message(), "Load Balancer can't be updated while it processes previous actions");
  Pass(absl::Seconds(61));
  EXPECT_EQ(Put("/v2/load_balancers/" + id, LoadBalancerBody("renamed")).status, 200);
  EXPECT_EQ(Show(id)["name"], "renamed");
  EXPECT_EQ(Show(id)["redirect_http_to_https"], false) << "omitted, so back to its default";
  EXPECT_EQ(Show(id)["size_unit"], 1);
  EXPECT_EQ(Show(id)["tags"], Json({"k8s:abc"}));
  EXPECT_EQ(Put("/v2/load_balancers/" + id, LoadBalancerBody()).status, 403) << "busy again";
  Pass(absl::Seconds(6));
  EXPECT_EQ(Put("/v2/load_balancers/" + id, LoadBalancerBody()).status, 200);
}

TEST_F(LoadBalancersTest, RefusesBadRules) {
  Json body = LoadBalancerBody();
  body["forwarding_rules"][0]["entry_port"] = 50054;
  EXPECT_EQ(Post("/v2/load_balancers", body).Message(), "entry port is invalid");
  body = LoadBalancerBody();
  body["forwarding_rules"] = Json::array();
  EXPECT_EQ(Post("/v2/load_balancers", body).status, 422);
  body = LoadBalancerBody();
  body["forwarding_rules"][0]["entry_protocol"] = "carrier-pigeon";
  EXPECT_EQ(Post("/v2/load_balancers", body).status, 422);
  body = LoadBalancerBody();
  body["droplet_ids"] = {1};
  EXPECT_EQ(Post("/v2/load_balancers", body).status, 422);
}

TEST_F(LoadBalancersTest, ValidateOnlyMakesNothing) {
  Json body = LoadBalancerBody();
  body["validate_only"] = true;
  EXPECT_EQ(Post("/v2/load_balancers", body).status, 204);
  body["forwarding_rules"][0]["entry_port"] = 50053;
  EXPECT_EQ(Post("/v2/load_balancers", body).status, 422);
  EXPECT_EQ(Get("/v2/load_balancers").body["meta"]["total"], 0);
}

TEST_F(LoadBalancersTest, AddsAndRemovesRulesAndDroplets) {
  MakeCluster();
  const int64_t droplet = Get("/v2/droplets").body["droplets"][0]["id"];
  const std::string id = Make(LoadBalancerBody());
  Pass(absl::Seconds(61));
  const std::string path = "/v2/load_balancers/" + id;
  EXPECT_EQ(Post(path + "/droplets", {{"droplet_ids", {droplet}}}).status, 204);
  EXPECT_EQ(Show(id)["droplet_ids"], Json({droplet}));
  Pass(absl::Seconds(6));
  EXPECT_EQ(Call("DELETE", path + "/droplets", {{"droplet_ids", {droplet}}}).status, 204);
  EXPECT_TRUE(Show(id)["droplet_ids"].empty());
  Pass(absl::Seconds(6));
  const Json rule = {{"entry_protocol", "tcp"},
                     {"entry_port", 443},
                     {"target_protocol", "tcp"},
                     {"target_port", 30443}};
  EXPECT_EQ(Post(path + "/forwarding_rules", {{"forwarding_rules", {rule}}}).status, 204);
  EXPECT_EQ(Show(id)["forwarding_rules"].size(), 2u);
  Pass(absl::Seconds(6));
  EXPECT_EQ(Call("DELETE", path + "/forwarding_rules", {{"forwarding_rules", {rule}}}).status, 204);
  EXPECT_EQ(Show(id)["forwarding_rules"].size(), 1u);
}

TEST_F(LoadBalancersTest, FindsDropletsByTag) {
  const std::string cluster = MakeCluster();
  Json body = LoadBalancerBody();
  body["tag"] = "k8s:" + cluster;
  EXPECT_EQ(Show(Make(body))["droplet_ids"].size(), 2u);
}

TEST_F(LoadBalancersTest, LingersInItsVpc) {
  const std::string vpc =
      StringField(Post("/v2/vpcs", {{"name", "v"}, {"region", "nyc3"}}).body["vpc"], "id");
  Json body = LoadBalancerBody();
  body["vpc_uuid"] = vpc;
  const std::string id = Make(body);
  EXPECT_EQ(Delete("/v2/load_balancers/" + id).status, 204);
  EXPECT_EQ(Get("/v2/load_balancers/" + id).status, 404);
  EXPECT_EQ(Delete("/v2/vpcs/" + vpc).status, 409);
  Pass(absl::Seconds(21));
  EXPECT_EQ(Delete("/v2/vpcs/" + vpc).status, 204);
}

}  // namespace
}  // namespace kproto::lab
