// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc_nat_gateway/resource.h"
#include "tests/resources/resource_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class NatGatewayResourceTest : public ::testing::Test {
 protected:
  NatGatewayResourceTest() {
    config_.name = "out";
    config_.region = "nyc3";
    Serve({Vpc("a", "10.20.0.0/20")});
  }
  std::string Vpc(const std::string& name, const std::string& range,
                  const std::string& region = "nyc3") {
    return host_.cloud().CreateVpc({.name = name, .region = region, .ip_range = range}, {})->id;
  }
  void Serve(const std::vector<std::string>& ids) {
    ListOf<NatGatewayVpcModel> vpcs;
    for (const std::string& id : ids) {
      NatGatewayVpcModel vpc;
      vpc.vpc_uuid = id;
      vpcs.push_back(vpc);
    }
    config_.vpcs = vpcs;
  }
  api::NatGateway Live() { return host_.cloud().cloud().nat_gateways.at(*host_.model().id); }

  ResourceHost<NatGatewayResource, NatGatewayModel> host_;
  NatGatewayModel config_;
};

TEST_F(NatGatewayResourceTest, IsWaitedForUntilItsAddressesAreKnown) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  const NatGatewayModel state = host_.model();
  EXPECT_EQ(*state.state, "ACTIVE");
  ASSERT_THAT(*state.egress_ips, SizeIs(1));
  EXPECT_THAT(*state.egress_ips->at(0), HasSubstr("203.0.113."));
  EXPECT_EQ(*state.vpcs->at(0)->gateway_ip, "10.0.0.5");
  EXPECT_EQ(*state.udp_timeout_seconds, 30) << "DigitalOcean's default";
}

TEST_F(NatGatewayResourceTest, SizeAndTimeoutsChangeInPlaceWithTheAddressKept) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  const Attr<ListOf<std::string>> ips = host_.model().egress_ips;
  config_.size = 2;
  config_.tcp_timeout_seconds = 300;
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_FALSE(host_.replaced);
  EXPECT_EQ(Live().size, 2);
  EXPECT_EQ(Live().tcp_timeout_seconds, 300);
  EXPECT_EQ(host_.model().egress_ips, ips);
  EXPECT_TRUE(host_.PlansNothing(config_));
}

TEST_F(NatGatewayResourceTest, OtherVpcsReplaceIt) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  Serve({Vpc("b", "10.21.0.0/20")});
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_TRUE(host_.replaced);
}

TEST_F(NatGatewayResourceTest, TheVpcsReadInTheOrderInWhichTheyAreWritten) {
  const std::string first = Vpc("b", "10.21.0.0/20"), second = Vpc("c", "10.22.0.0/20");
  Serve({second, first});
  config_.vpcs->at(0)->default_gateway = true;
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_EQ(*host_.model().vpcs->at(0)->vpc_uuid, second);
  // An API that does not say which is the default gateway changes nothing.
  host_.cloud().Edit([&](FakeCloud& cloud) {
    for (api::NatGatewayVpc& vpc : cloud.nat_gateways.at(*host_.model().id).vpcs) {
      vpc.default_gateway.reset();
    }
  });
  EXPECT_TRUE(host_.PlansNothing(config_)) << host_.Text();
}

TEST_F(NatGatewayResourceTest, ThePlanRefusesWhatTheApiWould) {
  Serve({Vpc("far", "10.40.0.0/20", "ams3"), "none"});
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("VPC \"far\" is in ams3, the gateway in nyc3"),
                                  HasSubstr("there is no VPC with id none")));
  Serve({"x", "x"});
  host_.Validate(config_);
  EXPECT_THAT(host_.Text(), HasSubstr("VPC x is there twice"));
}

TEST_F(NatGatewayResourceTest, AStateNobodyKnowsIsWaitedOn) {
  int sleeps = 0;
  host_.clock().OnSleep([&] {
    host_.cloud().Edit([&](FakeCloud& cloud) {
      for (auto& [id, gateway] : cloud.nat_gateways) {
        gateway.state = ++sleeps == 1 ? api::NatGatewayState::kUnknown : gateway.state;
        gateway.state_text = sleeps == 1 ? "REBALANCING" : gateway.state_text;
      }
    });
  });
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_EQ(*host_.model().state, "ACTIVE");
}

}  // namespace
}  // namespace kproto::testing
