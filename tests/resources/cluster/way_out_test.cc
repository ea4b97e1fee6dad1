// SPDX-License-Identifier: MPL-2.0
// Workers without public addresses need a NAT gateway, and the plan says so when there is none.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/cluster/checks.h"
#include "tests/resources/cluster/cluster_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class WayOutTest : public ::testing::Test {
 protected:
  WayOutTest() {
    vpc_ = host_.cloud()
               .CreateVpc({.name = "private", .region = "nyc3", .ip_range = "10.50.0.0/20"}, {})
               ->id;
    config_.isolated_workers = true;
    config_.vpc = ClusterVpc{.id = vpc_};
  }
  void MakeGateway(api::NatGatewayState state) {
    host_.cloud().Edit([&](FakeCloud& now) {
      api::NatGateway gateway;
      gateway.id = gateway.name = "out";
      gateway.state = state;
      gateway.vpcs = {{.vpc_uuid = vpc_}};
      now.nat_gateways["out"] = gateway;
    });
  }
  std::string Planned() {
    host_.said = Diagnostics();
    host_.Plan(config_);
    return Text(host_.said);
  }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
  std::string vpc_;
};

TEST_F(WayOutTest, AVpcWithoutAGatewayIsRefusedByThePlan) {
  EXPECT_THAT(Planned(),
              AllOf(HasSubstr("VPC " + vpc_ + " has none"), HasSubstr("kproto_vpc_nat_gateway"),
                    HasSubstr("[isolated_workers]")));
  MakeGateway(api::NatGatewayState::kDeleting);
  EXPECT_THAT(Planned(), HasSubstr("has none")) << "one that is going leads nowhere";
}

TEST_F(WayOutTest, AGatewayThatIsThereOrStillBeingMadeWillDo) {
  for (const auto state : {api::NatGatewayState::kActive, api::NatGatewayState::kProvisioning}) {
    MakeGateway(state);
    EXPECT_EQ(Planned(), "");
  }
}

TEST_F(WayOutTest, WhatIsNotKnownYetIsNotRefused) {
  config_.vpc = ClusterVpc{.id = Attr<std::string>::Unknown()};
  EXPECT_EQ(Planned(), "");
}

TEST_F(WayOutTest, AVpcThatIsMadeWithTheClusterIsRefusedByValidate) {
  config_.vpc = ClusterVpc{.ip_range = "10.10.0.0/20"};
  Diagnostics diagnostics;
  CheckModel(config_, diagnostics);
  EXPECT_THAT(Text(diagnostics),
              AllOf(HasSubstr("Workers without a way out"), HasSubstr("[isolated_workers]")));
  config_.isolated_workers = false;
  diagnostics = Diagnostics();
  CheckModel(config_, diagnostics);
  EXPECT_EQ(Text(diagnostics), "");
}

}  // namespace
}  // namespace kproto::testing
