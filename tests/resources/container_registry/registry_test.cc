// SPDX-License-Identifier: MPL-2.0
// A kproto_container_registry from create to destroy, and the subscription that it leaves alone.
#include "resources/container_registry/resource.h"
#include "tests/resources/resource_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using RegistryHost = ResourceHost<ContainerRegistryResource, RegistryModel>;

class ContainerRegistryTest : public ::testing::Test {
 protected:
  ContainerRegistryTest() {
    config_.name = "images";
    config_.region = "fra1";
    config_.subscription_tier_slug = "basic";
  }
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << host_.Text(); }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  void Subscribe(const std::string& tier) {
    cloud().Edit([&](FakeCloud& now) { now.registry_tier = tier; });
  }

  RegistryHost host_;
  RegistryModel config_;
};

TEST_F(ContainerRegistryTest, ReadsBackAsWritten) {
  Make();
  EXPECT_EQ(cloud().cloud().registries["images"].region, "fra1");
  EXPECT_EQ(*host_.model().endpoint, "registry.digitalocean.com/images");
  EXPECT_TRUE(host_.PlansNothing(config_)) << host_.Text();
  EXPECT_THAT(*host_.journal().All(), IsEmpty());
  ASSERT_TRUE(host_.Import("images")) << host_.Text();
  EXPECT_TRUE(host_.PlansNothing(config_)) << "after an import";
}

TEST_F(ContainerRegistryTest, TheAccountsTierIsNeverChangedImplicitly) {
  Subscribe("professional");
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("the account has \"professional\""),
                                  HasSubstr("[subscription_tier_slug]")));
  config_.subscription_tier_slug = {};
  Make();
  EXPECT_EQ(cloud().cloud().registry_tier, "professional");
  EXPECT_EQ(*host_.model().subscription_tier_slug, "professional");
  ASSERT_TRUE(host_.Destroy());
  EXPECT_EQ(cloud().cloud().registry_tier, "professional") << "nor by a destroy";
  EXPECT_EQ(cloud().Count("SetRegistrySubscription"), 0);
}

TEST_F(ContainerRegistryTest, ATierIsChangedWhereThatIsSaid) {
  Make();
  config_.subscription_tier_slug = "professional";
  host_.Plan(config_);
  EXPECT_TRUE(host_.said.has_error());
  config_.change_subscription = true;
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), HasSubstr("From \"basic\" to \"professional\""));
  Make();
  EXPECT_EQ(cloud().cloud().registry_tier, "professional");
  EXPECT_TRUE(host_.PlansNothing(config_));
}

TEST_F(ContainerRegistryTest, WithoutAnySubscriptionThePlanAsksForATier) {
  config_.subscription_tier_slug = {};
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), HasSubstr("The account has no registry subscription"));
}

TEST_F(ContainerRegistryTest, WhatIsNotOfferedIsAnErrorOfThePlan) {
  config_.region = "moon1";
  config_.subscription_tier_slug = "gold";
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("Offered: nyc3, fra1. [region]"),
                                  HasSubstr("starter, basic, professional")));
  config_ = {};
  config_.name = "taken";
  config_.subscription_tier_slug = "basic";
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("belongs to somebody"), HasSubstr("[name]")));
}

TEST_F(ContainerRegistryTest, OneOfTheAccountsOwnIsNotTakenOver) {
  Subscribe("basic");
  cloud().Edit([](FakeCloud& now) { now.registries["images"] = {"images", "nyc3", "", 0}; });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(host_.Text(), HasSubstr("tofu import kproto_container_registry.NAME images"));
  EXPECT_TRUE(host_.state.is_null());
}

TEST_F(ContainerRegistryTest, MoreThanTheTierAllowsSaysWhatAllowsMore) {
  Subscribe("basic");
  cloud().Edit([](FakeCloud& now) { now.registries["other"] = {"other", "nyc3", "", 0}; });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("OverRegistryLimit"), HasSubstr("allows more")));
  EXPECT_THAT(*host_.journal().All(), IsEmpty());
}

TEST_F(ContainerRegistryTest, LostAnswersAndFailuresMakeNothingTwice) {
  constexpr int kCallsOfACreate = 6;  // three of the plan, subscription, look-up, create
  for (int call = 1; call <= kCallsOfACreate; ++call) {
    for (const FailWhen when : {FailWhen::kBefore, FailWhen::kAfter}) {
      RegistryHost host;
      host.cloud().FailCall(call, absl::UnavailableError("connection reset"), when);
      (void)host.Apply(config_);
      EXPECT_TRUE(host.Apply(config_)) << call << host.Text();
      EXPECT_EQ(host.cloud().cloud().registries.size(), 1u) << call;
      EXPECT_TRUE(host.PlansNothing(config_)) << call << host.Text();
    }
  }
}

TEST_F(ContainerRegistryTest, DeletingWhatIsGoneSucceeds) {
  Make();
  cloud().OnCall([this](const std::string& call) {
    if (call == "DeleteRegistry images") {
      cloud().Edit([](FakeCloud& now) { now.registries.clear(); });
    }
  });
  EXPECT_TRUE(host_.Destroy()) << host_.Text();
  EXPECT_TRUE(host_.state.is_null());
}

}  // namespace
}  // namespace kproto::testing
