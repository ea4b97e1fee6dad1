// SPDX-License-Identifier: MPL-2.0
// What joins VPCs, leads out of them and guards their Droplets.
#include <gmock/gmock.h>

#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

using ::testing::HasSubstr;

class NetworkingTest : public SimulatorTest {
 protected:
  std::string Vpc(const std::string& name, const std::string& range,
                  const std::string& region = "nyc3") {
    return IdIn(Post("/v2/vpcs", {{"name", name}, {"region", region}, {"ip_range", range}}), "vpc");
  }
  static std::string IdIn(const Answer& answer, const char* key) {
    return StringField(Field(answer.body, key), "id");
  }
  Answer Peer(const std::string& name, const std::string& a, const std::string& b) {
    return Post("/v2/vpc_peerings", {{"name", name}, {"vpc_ids", {a, b}}});
  }
  Answer Gateway(const std::string& name, const std::string& vpc, const Json& more = Json()) {
    Json body = {{"name", name}, {"type", "PUBLIC"}, {"region", "nyc3"}, {"size", 1}};
    body["vpcs"].push_back({{"vpc_uuid", vpc}});
    if (more.is_object()) {
      body.update(more);
    }
    return Post("/v2/vpc_nat_gateways", body);
  }
  static Json FirewallBody(const std::string& name = "guard") {
    Json body = {{"name", name}, {"inbound_rules", Json::array()}};
    body["inbound_rules"].push_back(
        {{"protocol", "tcp"}, {"ports", "all"}, {"sources", {{"addresses", {"10.0.0.0/8"}}}}});
    return body;
  }
  std::string State(const std::string& path, const char* key, const char* field) {
    return StringField(Field(Get(path).body, key), field);
  }
};

TEST_F(NetworkingTest, PeeringsAreMadeAndUnmadeInTheBackground) {
  const std::string a = Vpc("a", "10.10.0.0/20"), b = Vpc("b", "10.11.0.0/20", "ams3");
  const Answer made = Peer("ab", a, b);
  EXPECT_EQ(made.status, 202);
  EXPECT_EQ(made.body["vpc_peering"]["status"], "PROVISIONING");
  const std::string path = "/v2/vpc_peerings/" + IdIn(made, "vpc_peering");
  Pass(absl::Seconds(31));
  EXPECT_EQ(State(path, "vpc_peering", "status"), "ACTIVE");
  EXPECT_EQ(Delete("/v2/vpcs/" + a).status, 409) << "it is peered";
  EXPECT_EQ(Delete(path).status, 202);
  EXPECT_EQ(State(path, "vpc_peering", "status"), "DELETING");
  Pass(absl::Seconds(21));
  EXPECT_EQ(Get(path).status, 404);
  EXPECT_EQ(Delete(path).status, 404);
  EXPECT_EQ(Delete("/v2/vpcs/" + a).status, 204);
}

TEST_F(NetworkingTest, PeeringsNeedTwoVpcsThatDoNotOverlapAndANameOfTheirOwn) {
  const std::string a = Vpc("a", "10.10.0.0/20"), b = Vpc("b", "10.11.0.0/20");
  EXPECT_EQ(Peer("x", a, a).status, 422);
  EXPECT_EQ(Peer("x", a, "none").status, 422);
  EXPECT_EQ(Peer("bad name", a, b).status, 422);
  Peer("ab", a, b);
  EXPECT_THAT(Peer("ba", b, a).Message(), HasSubstr("already exists"));
  EXPECT_THAT(Peer("ab", a, Vpc("c", "10.12.0.0/20")).Message(), HasSubstr("same name"));
}

TEST_F(NetworkingTest, APeeringIsListedUnderBothOfItsVpcs) {
  const std::string a = Vpc("a", "10.10.0.0/20"), b = Vpc("b", "10.11.0.0/20");
  const Answer made = Post("/v2/vpcs/" + a + "/peerings", {{"name", "ab"}, {"vpc_id", b}});
  EXPECT_EQ(made.status, 202);
  const std::string id = IdIn(made, "vpc_peering");
  for (const std::string& vpc : {a, b}) {
    EXPECT_EQ(Get("/v2/vpcs/" + vpc + "/peerings").body["vpc_peerings"][0]["id"], id);
  }
  const Answer renamed = Call("PATCH", "/v2/vpcs/" + b + "/peerings/" + id, {{"name", "new"}});
  EXPECT_EQ(renamed.body["vpc_peering"]["name"], "new");
}

TEST_F(NetworkingTest, AGatewayHasItsAddressesOnceItIsActive) {
  const std::string vpc = Vpc("a", "10.10.0.0/20");
  const Answer made = Gateway("out", vpc, {{"tcp_timeout_seconds", 120}});
  EXPECT_EQ(made.status, 202);
  EXPECT_EQ(made.body["vpc_nat_gateway"]["state"], "NEW");
  const std::string path = "/v2/vpc_nat_gateways/" + IdIn(made, "vpc_nat_gateway");
  Pass(absl::Seconds(31));
  EXPECT_EQ(State(path, "vpc_nat_gateway", "state"), "PROVISIONING");
  EXPECT_TRUE(Get(path).body["vpc_nat_gateway"]["egresses"]["public_gateways"].empty());
  Pass(absl::Seconds(90));
  const Json active = Get(path).body["vpc_nat_gateway"];
  EXPECT_EQ(active["state"], "ACTIVE");
  EXPECT_FALSE(StringField(active["egresses"]["public_gateways"][0], "ipv4").empty());
  EXPECT_EQ(active["vpcs"][0]["gateway_ip"], "10.10.0.5");
  EXPECT_EQ(active["tcp_timeout_seconds"], 120);
  EXPECT_EQ(active["udp_timeout_seconds"], 30);
}

TEST_F(NetworkingTest, AGatewayIsAMemberOfItsVpcUntilSomeTimeAfterItIsGone) {
  const std::string vpc = Vpc("a", "10.10.0.0/20");
  const std::string path = "/v2/vpc_nat_gateways/" + IdIn(Gateway("out", vpc), "vpc_nat_gateway");
  Pass(absl::Minutes(3));
  EXPECT_EQ(Delete(path).status, 202);
  EXPECT_EQ(State(path, "vpc_nat_gateway", "state"), "DELETING");
  EXPECT_EQ(Delete("/v2/vpcs/" + vpc).status, 409);
  Pass(absl::Seconds(61));
  EXPECT_EQ(Get(path).status, 404);
  EXPECT_EQ(Delete("/v2/vpcs/" + vpc).status, 409) << "it lingers";
  Pass(absl::Seconds(21));
  EXPECT_EQ(Delete("/v2/vpcs/" + vpc).status, 204);
}

TEST_F(NetworkingTest, GatewaysThatCannotBeAreRefused) {
  const std::string vpc = Vpc("a", "10.10.0.0/20"), far = Vpc("far", "10.11.0.0/20", "ams3");
  EXPECT_EQ(Gateway("out", far).status, 422);
  EXPECT_EQ(Gateway("out", "none").status, 422);
  EXPECT_EQ(Gateway("out", vpc, {{"size", 0}}).status, 422);
  EXPECT_EQ(Gateway("out", vpc, {{"type", "SECRET"}}).status, 422);
  EXPECT_EQ(Gateway("out", vpc, {{"vpcs", Json::array()}}).status, 422);
  EXPECT_EQ(Gateway("out", vpc).status, 202);
  EXPECT_THAT(Gateway("out", vpc).Message(), HasSubstr("same name"));
}

TEST_F(NetworkingTest, IsolatedWorkersNeedAnActiveGatewayAndHaveNoPublicAddress) {
  const std::string vpc = Vpc("a", "10.10.0.0/20");
  Json body = ClusterBody();
  body["vpc_uuid"] = vpc;
  body["isolated_workers"] = true;
  Gateway("out", vpc);
  EXPECT_THAT(Post("/v2/kubernetes/clusters", body).Message(), HasSubstr("NAT gateway"))
      << "it is not active yet";
  Pass(absl::Minutes(3));
  MakeCluster(body);
  const Answer droplets = Get("/v2/droplets");
  for (const Json& droplet : droplets.body["droplets"]) {
    ASSERT_EQ(droplet["networks"]["v4"].size(), 1u);
    EXPECT_EQ(droplet["networks"]["v4"][0]["type"], "private");
  }
}

TEST_F(NetworkingTest, AFirewallReachesItsDropletsAfterAWhile) {
  Json body = FirewallBody();
  body["tags"] = {"web"};
  const Json droplet = {{"name", "d"},
                        {"region", "nyc3"},
                        {"size", "s-2vcpu-4gb"},
                        {"image", "debian-12-x64"},
                        {"tags", {"web"}}};
  const Json id = Post("/v2/droplets", droplet).body["droplet"]["id"];
  const Answer made = Post("/v2/firewalls", body);
  EXPECT_EQ(made.status, 202);
  EXPECT_EQ(made.body["firewall"]["status"], "waiting");
  EXPECT_EQ(made.body["firewall"]["pending_changes"][0]["droplet_id"], id);
  EXPECT_EQ(made.body["firewall"]["inbound_rules"][0]["ports"], "0") << "all is spelled 0";
  const std::string path = "/v2/firewalls/" + IdIn(made, "firewall");
  Pass(absl::Seconds(6));
  const Json applied = Get(path).body["firewall"];
  EXPECT_EQ(applied["status"], "succeeded");
  EXPECT_TRUE(applied["pending_changes"].empty());
  EXPECT_EQ(Delete(path).status, 204);
  EXPECT_EQ(Get(path).status, 404);
}

TEST_F(NetworkingTest, FirewallsThatCannotBeAreRefused) {
  const auto refusal = [&](const Json& change) {
    Json body = FirewallBody();
    body["inbound_rules"][0].update(change);
    return Post("/v2/firewalls", body).Message();
  };
  EXPECT_THAT(refusal({{"protocol", "sctp"}}), HasSubstr("protocol"));
  for (const char* ports : {"", "x", "0-5", "70000", "9-8", "1-2-3"}) {
    EXPECT_THAT(refusal({{"ports", ports}}), HasSubstr("ports")) << ports;
  }
  EXPECT_THAT(refusal({{"sources", Json::object()}}), HasSubstr("at least one source"));
  EXPECT_THAT(refusal({{"sources", {{"tags", {"unheard-of"}}}}}), HasSubstr("does not exist"));
  EXPECT_THAT(refusal({{"sources", {{"kubernetes_ids", {"none"}}}}}), HasSubstr("does not exist"));
  EXPECT_THAT(Post("/v2/firewalls", {{"name", "empty"}}).Message(), HasSubstr("at least one"));
  EXPECT_EQ(Post("/v2/firewalls", FirewallBody("under_score")).status, 422);
  Post("/v2/firewalls", FirewallBody());
  const Answer twice = Post("/v2/firewalls", FirewallBody());
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ(twice.Message(), "duplicate name");
}

TEST_F(NetworkingTest, APutOfAFirewallReplacesEverything) {
  Json body = FirewallBody();
  body["tags"] = {"web"};
  const std::string path = "/v2/firewalls/" + IdIn(Post("/v2/firewalls", body), "firewall");
  Json other = FirewallBody();
  other["outbound_rules"] = other["inbound_rules"];
  other["outbound_rules"][0]["destinations"] = {{"addresses", {"0.0.0.0/0"}}};
  other.erase("inbound_rules");
  const Json replaced = Put(path, other).body["firewall"];
  EXPECT_TRUE(replaced["inbound_rules"].empty());
  EXPECT_TRUE(replaced["tags"].empty());
  EXPECT_EQ(replaced["outbound_rules"].size(), 1u);
}

TEST_F(NetworkingTest, AFaultLeavesEachOfThemInItsErrorState) {
  const std::string a = Vpc("a", "10.10.0.0/20"), b = Vpc("b", "10.11.0.0/20");
  for (const char* path : {"/v2/vpc_peerings", "/v2/vpc_nat_gateways", "/v2/firewalls"}) {
    Admin(
        "POST", "/lab/faults",
        {{"kind", "error_state"}, {"method", "POST"}, {"path", path}, {"message", "no capacity"}});
  }
  const std::string peering = IdIn(Peer("ab", a, b), "vpc_peering");
  const std::string gateway = IdIn(Gateway("out", a), "vpc_nat_gateway");
  const std::string firewall = IdIn(Post("/v2/firewalls", FirewallBody()), "firewall");
  Pass(absl::Minutes(3));
  EXPECT_EQ(State("/v2/vpc_peerings/" + peering, "vpc_peering", "status"), "ERROR");
  EXPECT_EQ(State("/v2/vpc_nat_gateways/" + gateway, "vpc_nat_gateway", "state"), "ERROR");
  EXPECT_EQ(State("/v2/firewalls/" + firewall, "firewall", "status"), "failed");
}

}  // namespace
}  // namespace kproto::lab
