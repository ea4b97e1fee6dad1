// SPDX-License-Identifier: MPL-2.0
// What joins, leaves and guards networks, from the API's JSON and to it.
#include "clients/digitalocean/networking_json.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto::digitalocean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename T>
T ReadFrom(const std::string& text, T (*read)(const JsonView&), std::string* problem = nullptr) {
  const Json json = Json::parse(text);
  std::string noted;
  T value = read(JsonView(json, "thing", noted));
  if (problem != nullptr) {
    *problem = noted;
  } else {
    EXPECT_EQ(noted, "") << text;
  }
  return value;
}

TEST(ReadVpcPeeringTest, KnowsEveryStateAndKeepsOthersAsText) {
  for (const auto& [text, state] :
       std::map<std::string, PeeringState>{{"PROVISIONING", PeeringState::kProvisioning},
                                           {"ACTIVE", PeeringState::kActive},
                                           {"DELETING", PeeringState::kDeleting},
                                           {"ERROR", PeeringState::kError},
                                           {"HOVERING", PeeringState::kUnknown}}) {
    const VpcPeering peering = ReadFrom(
        R"({"id":"p","name":"n","vpc_ids":["a","b"],"status":")" + text + R"("})", ReadVpcPeering);
    EXPECT_EQ(peering.state, state) << text;
    EXPECT_EQ(peering.status, text);
    EXPECT_THAT(peering.vpc_ids, ElementsAre("a", "b"));
  }
}

TEST(ReadNatGatewayTest, HasItsAddressesOnceItIsActive) {
  const NatGateway fresh = ReadFrom(
      R"({"id":"g","state":"NEW","vpcs":[{"vpc_uuid":"v"}],"egresses":null})", ReadNatGateway);
  EXPECT_EQ(fresh.state, NatGatewayState::kNew);
  EXPECT_THAT(fresh.egress_ips, IsEmpty());
  EXPECT_EQ(fresh.vpcs.at(0).gateway_ip, "");
  EXPECT_FALSE(fresh.vpcs.at(0).default_gateway.has_value()) << "the API need not say";
  const NatGateway active = ReadFrom(
      R"({"id":"g","name":"out","type":"PUBLIC","region":"nyc3","state":"ACTIVE","size":2,
          "vpcs":[{"vpc_uuid":"v","gateway_ip":"10.0.0.5","default_gateway":true}],
          "egresses":{"public_gateways":[{"ipv4":"192.0.2.7"},{}]},
          "udp_timeout_seconds":30,"icmp_timeout_seconds":31,"tcp_timeout_seconds":32,
          "project_id":"p","created_at":"t1","updated_at":"t2"})",
      ReadNatGateway);
  EXPECT_EQ(active.state, NatGatewayState::kActive);
  EXPECT_THAT(active.egress_ips, ElementsAre("192.0.2.7"));
  EXPECT_EQ(active.size, 2);
  EXPECT_EQ(active.vpcs.at(0).gateway_ip, "10.0.0.5");
  EXPECT_EQ(active.vpcs.at(0).default_gateway, true);
  EXPECT_EQ(active.icmp_timeout_seconds, 31);
  EXPECT_EQ(ReadFrom(R"({"id":"g","state":"REBALANCING"})", ReadNatGateway).state,
            NatGatewayState::kUnknown);
}

TEST(ReadFirewallTest, KeepsBothDirectionsAndWhatIsPending) {
  const Firewall firewall = ReadFrom(
      R"({"id":"f","name":"guard","status":"waiting","created_at":"t","droplet_ids":[7],
          "tags":["web"],"pending_changes":[{"droplet_id":7,"removing":true,"status":"waiting"}],
          "inbound_rules":[{"protocol":"tcp","ports":"22","sources":{"addresses":["10.0.0.0/8"],
            "tags":["t"],"droplet_ids":[1],"load_balancer_uids":["l"],"kubernetes_ids":["k"]}}],
          "outbound_rules":[{"protocol":"icmp","ports":"0","destinations":{}}]})",
      ReadFirewall);
  EXPECT_EQ(firewall.state, FirewallState::kWaiting);
  const FirewallTarget& sources = firewall.inbound_rules.at(0).target;
  EXPECT_THAT(sources.addresses, ElementsAre("10.0.0.0/8"));
  EXPECT_THAT(sources.tags, ElementsAre("t"));
  EXPECT_THAT(sources.droplet_ids, ElementsAre(1));
  EXPECT_THAT(sources.load_balancer_uids, ElementsAre("l"));
  EXPECT_THAT(sources.kubernetes_ids, ElementsAre("k"));
  EXPECT_EQ(firewall.outbound_rules.at(0).protocol, "icmp");
  EXPECT_EQ(firewall.pending_changes.at(0).droplet_id, 7);
  EXPECT_TRUE(firewall.pending_changes.at(0).removing);
  EXPECT_THAT(ReadFrom(R"({"id":"f","inbound_rules":null,"status":"succeeded"})", ReadFirewall)
                  .inbound_rules,
              IsEmpty());
}

TEST(ReadNetworkingTest, WhatMakesNoSenseIsAProblemWithItsPlace) {
  std::string problem;
  ReadFrom(R"({"id":"","vpc_ids":["a"]})", ReadVpcPeering, &problem);
  EXPECT_THAT(problem, HasSubstr("id"));
  ReadFrom(R"({"id":"g","egresses":{"public_gateways":[7]}})", ReadNatGateway, &problem);
  EXPECT_THAT(problem, HasSubstr("public_gateways"));
  ReadFrom(R"({"id":"f","inbound_rules":[{"ports":"22"}]})", ReadFirewall, &problem);
  EXPECT_THAT(problem, HasSubstr("protocol"));
  ReadFrom(R"({"id":"f","droplet_ids":["seven"]})", ReadFirewall, &problem);
  EXPECT_THAT(problem, HasSubstr("droplet_ids"));
}

TEST(WriteNetworkingTest, AFirewallIsWrittenWholeSoThatNothingStaysByAccident) {
  EXPECT_EQ(WriteFirewallSpec({.name = "guard"}), Json::parse(R"({"name":"guard",
      "inbound_rules":[],"outbound_rules":[],"droplet_ids":[],"tags":[]})"));
  FirewallSpec spec;
  spec.name = "guard";
  spec.inbound_rules = {{"tcp", "22", {.addresses = {"10.0.0.0/8"}, .droplet_ids = {7}}}};
  EXPECT_EQ(WriteFirewallSpec(spec)["inbound_rules"], Json::parse(R"([{"protocol":"tcp",
      "ports":"22","sources":{"addresses":["10.0.0.0/8"],"tags":[],"droplet_ids":[7],
      "load_balancer_uids":[],"kubernetes_ids":[]}}])"));
}

TEST(WriteNetworkingTest, WhatIsNotSaidIsLeftToDigitalOcean) {
  NatGatewaySpec spec;
  spec.name = "out";
  spec.region = "nyc3";
  spec.vpcs = {{"v", "", std::nullopt}};
  EXPECT_EQ(WriteNatGatewaySpec(spec), Json::parse(R"({"name":"out","type":"PUBLIC",
      "region":"nyc3","size":1,"vpcs":[{"vpc_uuid":"v"}]})"));
  EXPECT_EQ(WriteNatGatewayUpdate({"out", 2, {.tcp = 60}}),
            Json::parse(R"({"name":"out","size":2,"tcp_timeout_seconds":60})"));
}

}  // namespace
}  // namespace kproto::digitalocean
