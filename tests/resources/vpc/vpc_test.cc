// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc/resource.h"
#include "tests/resources/resource_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VpcResourceTest : public ::testing::Test {
 protected:
  VpcResourceTest() {
    config_.name = "shared";
    config_.region = "nyc3";
    config_.ip_range = "10.20.0.0/20";
  }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  FakeCloud Now() { return host_.cloud().cloud(); }
  void Occupy() {
    cloud().Edit([&](FakeCloud& now) {
      now.load_balancers["lb-3"] = {
          .id = "lb-3", .name = "of-somebody", .vpc_uuid = *host_.model().id};
    });
  }

  ResourceHost<VpcResource, VpcModel> host_;
  VpcModel config_;
};

TEST_F(VpcResourceTest, SaysWhatDigitalOceanMadeOfIt) {
  config_.ip_range = {};
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  const VpcModel state = host_.model();
  EXPECT_EQ(*state.urn, "do:vpc:" + *state.id);
  EXPECT_THAT(*state.ip_range, HasSubstr("/20"));
  EXPECT_FALSE(*state.is_default);
  EXPECT_TRUE(state.description.is_null());
}

TEST_F(VpcResourceTest, NameAndDescriptionChangeInPlaceAndADescriptionGoesAway) {
  config_.description = "for all";
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  config_.description = {};
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_FALSE(host_.replaced);
  EXPECT_EQ(Now().vpcs.at(*host_.model().id).description, "");
  EXPECT_TRUE(host_.PlansNothing(config_));
}

TEST_F(VpcResourceTest, AnotherRangeReplacesIt) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  config_.name = "wider";
  config_.ip_range = "10.20.0.0/19";  // overlaps only what it replaces
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_TRUE(host_.replaced);
  EXPECT_THAT(Now().vpcs, SizeIs(2)) << "with the region's default";
}

TEST_F(VpcResourceTest, DriftIsSeenAndMended) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  cloud().Edit([&](FakeCloud& now) { now.vpcs.at(*host_.model().id).description = "scribble"; });
  EXPECT_FALSE(host_.PlansNothing(config_));
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_EQ(Now().vpcs.at(*host_.model().id).description, "");
}

TEST_F(VpcResourceTest, DestroyWaitsUntilTheMembersAreGone) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  Occupy();
  int sleeps = 0;
  host_.clock().OnSleep([&] {
    if (++sleeps == 3) {
      cloud().Edit([](FakeCloud& now) { now.load_balancers.clear(); });
    }
  });
  ASSERT_TRUE(host_.Destroy()) << host_.Text();
  EXPECT_EQ(sleeps, 3);
  EXPECT_THAT(Now().vpcs, SizeIs(1));
}

TEST_F(VpcResourceTest, ADeadlineOfDestroyNamesWhatIsInTheWay) {
  config_.timeouts = Timeouts{.remove = "1s"};
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  Occupy();
  cloud().Edit([&](FakeCloud& now) {
    now.vpc_peerings["p-1"] = {.id = "p-1", .name = "a-b", .vpc_ids = {*host_.model().id, "x"}};
  });
  EXPECT_FALSE(host_.Destroy());
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("do:loadbalancer:lb-3 (of-somebody)"),
                                  HasSubstr("VPC peering p-1 (a-b)"), HasSubstr("timed out"),
                                  HasSubstr("run destroy again")));
  cloud().Edit([](FakeCloud& now) { now.load_balancers.clear(); });
  ASSERT_TRUE(host_.Destroy()) << host_.Text();
}

TEST_F(VpcResourceTest, TheFirstOfARegionIsWarnedOfAndReleasedWhenDestroyed) {
  config_.region = "ams3";
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), HasSubstr("This will be the default VPC of its region"));
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_TRUE(*host_.model().is_default);
  ASSERT_TRUE(host_.Destroy()) << host_.Text();
  EXPECT_THAT(host_.Text(), HasSubstr("The VPC is left behind"));
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_THAT(Now().vpcs, SizeIs(2)) << "nobody can delete it";
  EXPECT_EQ(cloud().Count("DeleteVpc"), 0);
}

TEST_F(VpcResourceTest, ThePlanRefusesWhatTheApiWould) {
  config_.ip_range = "10.132.8.0/24";
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(),
              AllOf(HasSubstr("10.132.8.0/24 overlaps VPC \"default-nyc3\" (10.132.0.0/20, nyc3)"),
                    HasSubstr("[ip_range]")));
  config_.ip_range = "10.20.0.0/20";
  config_.region = "mars1";
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), HasSubstr("no region \"mars1\". Offered: nyc3, ams3."));
  EXPECT_EQ(cloud().Count("CreateVpc"), 0);
}

TEST_F(VpcResourceTest, ARangeThatNoVpcMayHaveIsRefusedByValidate) {
  config_.ip_range = "11.0.0.0/20";
  host_.Validate(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("Not a private network"), HasSubstr("[ip_range]")));
  config_.ip_range = "10.244.16.0/20";
  host_.Validate(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("10.244.0.0/16"), HasSubstr("keeps for itself")));
  config_.ip_range = "10.20.0.0/20";
  host_.Validate(config_);
  EXPECT_EQ(host_.Text(), "");
}

TEST_F(VpcResourceTest, ARefusalBlamesTheAttribute) {
  cloud().FailNext("CreateVpc", absl::InvalidArgumentError("IP range is reserved (HTTP 422)"));
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("IP range is reserved"), HasSubstr("[ip_range]")));
}

TEST_F(VpcResourceTest, AnUpdatePlanAsksForNothing) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  cloud().ForgetCalls();
  config_.name = "renamed";
  host_.Plan(config_);
  EXPECT_THAT(cloud().calls(), IsEmpty());
}

}  // namespace
}  // namespace kproto::testing
