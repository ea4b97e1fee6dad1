// SPDX-License-Identifier: MPL-2.0
// What a configured version means: constraints and channels; and that a version never replaces.
#include "resources/cluster/version.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::StatusIs;

const std::vector<std::string> kOffered = {"1.35.0-do.1", "1.34.4-do.1", "1.34.4-do.0",
                                           "1.33.8-do.1", "1.32.12-do.1"};

TEST(VersionConstraintTest, MeansTheNewestThatSatisfiesAllOfIt) {
  const std::pair<const char*, const char*> cases[] = {
      {"~> 1.32", "1.35.0-do.1"},         {"~> 1.33.2", "1.33.8-do.1"},
      {"~>1.34.0", "1.34.4-do.1"},        {">= 1.32, < 1.35", "1.34.4-do.1"},
      {"< 1.34", "1.33.8-do.1"},          {"<= 1.34", "1.34.4-do.1"},
      {"> 1.33, != 1.35", "1.34.4-do.1"}, {"= 1.33", "1.33.8-do.1"},
      {"1.34.4", "1.34.4-do.1"},          {"<= 1.34.4-do.0", "1.34.4-do.0"},
      {"latest-patch", "1.35.0-do.1"},    {" >= 1.34 , < 1.35 ", "1.34.4-do.1"}};
  for (const auto& [configured, slug] : cases) {
    EXPECT_THAT(ResolveVersion(configured, "", kOffered), IsOkAndHolds(slug)) << configured;
    EXPECT_TRUE(SatisfiesVersion(slug, configured)) << configured;
  }
}

TEST(VersionConstraintTest, AMinorMeansAllItsPatchesInAConstraintToo) {
  EXPECT_TRUE(SatisfiesVersion("1.34.9-do.3", "<= 1.34"));
  EXPECT_FALSE(SatisfiesVersion("1.34.9-do.3", "> 1.34"));
  EXPECT_FALSE(SatisfiesVersion("1.34.9-do.3", "!= 1.34"));
  EXPECT_TRUE(SatisfiesVersion("1.34.9-do.3", "> 1.34.8"));
}

TEST(VersionConstraintTest, ARunningVersionThatSatisfiesStays) {
  EXPECT_THAT(ResolveVersion("~> 1.32", "1.32.12-do.1", kOffered), IsOkAndHolds("1.32.12-do.1"));
  EXPECT_THAT(ResolveVersion(">= 1.33", "1.32.12-do.1", kOffered), IsOkAndHolds("1.35.0-do.1"));
}

TEST(VersionConstraintTest, AClusterBeyondItStaysWhateverIsOffered) {
  EXPECT_THAT(ResolveVersion("~> 1.32.0", "1.34.4-do.1", kOffered), IsOkAndHolds("1.34.4-do.1"));
  EXPECT_THAT(ResolveVersion("~> 1.20.0", "1.34.4-do.1", kOffered), IsOkAndHolds("1.34.4-do.1"));
  EXPECT_THAT(ResolveVersion("< 1.33", "1.34.4-do.1", {}), IsOkAndHolds("1.34.4-do.1"));
  EXPECT_THAT(ResolveVersion("!= 1.35", "1.35.0-do.1", kOffered), IsOkAndHolds("1.35.0-do.1"))
      << "only lower ones are left";
}

TEST(VersionConstraintTest, LatestPatchFollowsThePatchesOfTheRunningMinor) {
  EXPECT_THAT(ResolveVersion("latest-patch", "1.34.1-do.0", kOffered), IsOkAndHolds("1.34.4-do.1"));
  EXPECT_THAT(ResolveVersion("latest-patch", "1.34.4-do.1", kOffered), IsOkAndHolds("1.34.4-do.1"));
  EXPECT_THAT(ResolveVersion("latest-patch", "1.30.2-do.1", kOffered), IsOkAndHolds("1.30.2-do.1"));
  EXPECT_THAT(ResolveVersion("latest-patch", "1.34.9-do.0", kOffered), IsOkAndHolds("1.34.9-do.0"));
}

TEST(VersionConstraintTest, WhatIsNotOfferedSaysSoWithTheNearestFirst) {
  EXPECT_THAT(ResolveVersion("1.33.5-do.0", "", kOffered),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"1.33.5-do.0\" is not offered by DigitalOcean any more; "
                                 "offered: 1.33.8-do.1, 1.34.4-do.1, 1.34.4-do.0, 1.32.12-do.1")));
  EXPECT_THAT(ResolveVersion("1.40", "", kOffered),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"1.40\" is not offered by DigitalOcean; offered: 1.35.0-do.1")));
  EXPECT_THAT(ResolveVersion("> 1.35, < 1.40", "", kOffered),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("leaves none of the versions that DigitalOcean offers")));
}

TEST(VersionConstraintTest, TextThatIsNoVersionIsRefusedWithTheForms) {
  for (const char* good : {"latest", "latest-patch", "1.34", "1.34.1", "1.34.1-do.0", "~> 1.32",
                           ">=1.32,<1.35", "!= 1.34.1-do.0"}) {
    EXPECT_THAT(CheckVersionText(good), IsOk()) << good;
  }
  for (const char* bad : {"", "newest", "v1.34", "1", "1.34-do.1", "~> ", ">= 1.32,", "=> 1.32",
                          "1.34.x", "~> latest", "1.34 1.35", "1.-4"}) {
    EXPECT_THAT(CheckVersionText(bad),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("constraints such as")))
        << bad;
    EXPECT_FALSE(SatisfiesVersion("1.34.1-do.0", bad)) << bad;
  }
}

}  // namespace

namespace testing {
namespace {

class VersionPlanTest : public ::testing::Test {
 protected:
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Text(host_.said); }
  ClusterModel Planned() {
    EXPECT_TRUE(host_.Refresh());
    last_ = host_.Plan(config_);
    return ClusterModel::Fields().Decode(last_.planned).value_or(ClusterModel());
  }
  void Offer(const std::string& version) {
    host_.cloud().Edit([&](FakeCloud& cloud) {
      cloud.options.versions.insert(cloud.options.versions.begin(),
                                    {version + "-do.0", version, {}});
    });
  }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
  PlanResult last_;
};

TEST_F(VersionPlanTest, AConstraintIsResolvedInThePlanAndThenHeld) {
  config_.version = ">= 1.32, < 1.34";
  EXPECT_EQ(*Planned().version_resolved, "1.33.5-do.0");
  Make();
  Offer("1.33.9");
  EXPECT_EQ(last_.planned.is_null(), false);
  Planned();
  EXPECT_EQ(last_.planned, host_.state) << "it still satisfies";
  config_.version = "~> 1.34.0";
  EXPECT_EQ(*Planned().version_resolved, "1.34.1-do.0");
  EXPECT_THAT(last_.requires_replace, ::testing::IsEmpty());
}

TEST_F(VersionPlanTest, LatestPatchPlansEachNewPatchAndNothingElse) {
  config_.version = "latest-patch";
  Make();
  EXPECT_EQ(*host_.model().version_resolved, "1.34.1-do.0");
  Planned();
  EXPECT_EQ(last_.planned, host_.state);
  Offer("1.34.3");
  Offer("1.35.0");
  const ClusterModel planned = Planned();
  EXPECT_EQ(*planned.version_resolved, "1.34.3-do.0");
  EXPECT_TRUE(planned.node_pools->at("primary")->nodes.is_unknown()) << "nodes are replaced";
  EXPECT_THAT(last_.requires_replace, ::testing::IsEmpty());
  Make();
  EXPECT_EQ(*host_.model().version_resolved, "1.34.3-do.0");
  Planned();
  EXPECT_EQ(last_.planned, host_.state);
}

TEST_F(VersionPlanTest, FollowingPatchesCanBeTakenUpAndGivenUp) {
  Make();  // 1.33
  Offer("1.33.9");
  config_.version = "latest-patch";
  EXPECT_EQ(*Planned().version_resolved, "1.33.9-do.0");
  Make();
  Offer("1.33.10");
  config_.version = "1.33";
  EXPECT_EQ(*Planned().version_resolved, "1.33.9-do.0");
}

TEST_F(VersionPlanTest, AVersionBeyondTheConstraintWarnsAndNeverReplaces) {
  config_.version = "~> 1.33.0";
  Make();
  host_.cloud().Edit(
      [](FakeCloud& cloud) { cloud.clusters.begin()->second.version = "1.35.2-do.0"; });
  Planned();
  EXPECT_EQ(last_.planned, host_.state);
  EXPECT_THAT(last_.requires_replace, ::testing::IsEmpty());
  EXPECT_FALSE(host_.said.has_error());
  EXPECT_THAT(Text(host_.said), AllOf(HasSubstr("runs 1.35.2-do.0"), HasSubstr("~> 1.33.0"),
                                      HasSubstr("never downgraded")));
}

}  // namespace
}  // namespace testing
}  // namespace kproto
