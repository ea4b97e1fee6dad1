// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc_peering/resource.h"
#include "tests/resources/resource_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class VpcPeeringResourceTest : public ::testing::Test {
 protected:
  VpcPeeringResourceTest() {
    config_.name = "a-b";
    Join(Vpc("a", "10.20.0.0/20"), Vpc("b", "10.21.0.0/20"));
  }
  std::string Vpc(const std::string& name, const std::string& range) {
    return host_.cloud().CreateVpc({.name = name, .region = "nyc3", .ip_range = range}, {})->id;
  }
  void Join(const std::string& a, const std::string& b) {
    config_.vpc_ids = SetOf<std::string>{{a, b}};
  }

  ResourceHost<VpcPeeringResource, VpcPeeringModel> host_;
  VpcPeeringModel config_;
};

TEST_F(VpcPeeringResourceTest, IsWaitedForUntilItIsActiveAndUntilItIsGone) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_EQ(*host_.model().status, "ACTIVE");
  EXPECT_THAT(host_.clock().sleeps(), Not(IsEmpty()));
  ASSERT_TRUE(host_.Destroy()) << host_.Text();
  EXPECT_THAT(host_.cloud().cloud().vpc_peerings, IsEmpty());
}

TEST_F(VpcPeeringResourceTest, OtherVpcsReplaceItInWhateverOrderTheyAreWritten) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  const std::string id = *host_.model().id;
  std::swap(config_.vpc_ids->elements[0], config_.vpc_ids->elements[1]);
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_EQ(*host_.model().id, id) << "a set has no order";
  config_.vpc_ids->elements[0] = Vpc("c", "10.22.0.0/20");
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_TRUE(host_.replaced);
}

TEST_F(VpcPeeringResourceTest, ThePlanRefusesWhatTheApiWould) {
  Join(Vpc("c", "10.30.0.0/16"), Vpc("d", "10.30.8.0/24"));
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("\"c\" (10.30.0.0/16)"),
                                  HasSubstr("\"d\" (10.30.8.0/24)"), HasSubstr("overlap")));
  Join("none", *config_.vpc_ids->elements[0]);
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), HasSubstr("there is no VPC with id none"));
  config_.vpc_ids->elements.pop_back();
  host_.Validate(config_);
  EXPECT_TRUE(host_.said.has_error()) << "one VPC is not two";
}

TEST_F(VpcPeeringResourceTest, WhatIsNotKnownYetIsNotChecked) {
  config_.vpc_ids = Attr<SetOf<std::string>>::Unknown();
  host_.Plan(config_);
  EXPECT_FALSE(host_.said.has_error()) << host_.Text();
}

}  // namespace
}  // namespace kproto::testing
