// SPDX-License-Identifier: MPL-2.0
// What a plan of a kproto_cluster says, as the host asks for it.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ClusterPlanTest : public ::testing::Test {
 protected:
  ClusterPlanTest() { config_.version = "1.33"; }

  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Text(host_.said); }
  ClusterModel Planned() {
    host_.said = Diagnostics();
    last_ = host_.Plan(config_);
    const auto planned = ClusterModel::Fields().Decode(last_.planned);
    EXPECT_THAT(planned, IsOk());
    return planned.value_or(ClusterModel());
  }
  std::string Said() { return Text(host_.said); }
  ClusterPool& Pool(const std::string& name) { return *(*config_.node_pools)[name]; }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
  PlanResult last_;
};

TEST_F(ClusterPlanTest, ANewClusterShowsItsVersionAndItsPrice) {
  const ClusterModel planned = Planned();
  EXPECT_EQ(Said(), "");
  EXPECT_EQ(planned.version, Attr<std::string>("1.33"));
  EXPECT_EQ(planned.version_resolved, Attr<std::string>("1.33.5-do.0"));
  EXPECT_EQ(planned.monthly_cost, Attr<double>(2 * 24 + 48));
  EXPECT_TRUE(planned.id.is_unknown());
  EXPECT_TRUE(planned.vpc_id.is_unknown());
  EXPECT_TRUE(planned.endpoint.is_unknown());
  EXPECT_THAT(last_.requires_replace, IsEmpty());
  EXPECT_EQ(host_.cloud().Count("CreateVpc") + host_.cloud().Count("CreateCluster"), 0);
}

TEST_F(ClusterPlanTest, TheNewestPatchIsTaken) {
  host_.cloud().Edit([](FakeCloud& cloud) {
    cloud.options.versions.push_back({"1.33.12-do.1", "1.33.12", {}});
  });
  EXPECT_EQ(Planned().version_resolved, Attr<std::string>("1.33.12-do.1"));
  config_.version = "latest";
  EXPECT_EQ(Planned().version_resolved, Attr<std::string>("1.34.1-do.0"));
}

TEST_F(ClusterPlanTest, AnAdoptedVpcIsKnownAtOnce) {
  const std::string id = host_.cloud().cloud().vpcs.begin()->first;
  config_.vpc = ClusterVpc{.id = id};
  EXPECT_EQ(Planned().vpc_id, Attr<std::string>(id));
}

TEST_F(ClusterPlanTest, TheSameConfigurationTwiceIsNoChangeAndAsksNobody) {
  Make();
  host_.cloud().ForgetCalls();
  EXPECT_EQ(EncodeAttr(Attr<ClusterModel>(Planned())), host_.state);
  EXPECT_THAT(host_.cloud().calls(), IsEmpty());
}

TEST_F(ClusterPlanTest, ANewerPatchOfTheSameMinorIsLeftAlone) {
  Make();
  host_.cloud().Edit([](FakeCloud& cloud) {
    cloud.options.versions.insert(cloud.options.versions.begin(), {"1.33.99-do.0", "1.33.99", {}});
  });
  EXPECT_EQ(EncodeAttr(Attr<ClusterModel>(Planned())), host_.state);
  Pool("primary").count = 3;
  EXPECT_EQ(Planned().version_resolved, Attr<std::string>("1.33.5-do.0"));
}

TEST_F(ClusterPlanTest, AHigherMinorIsAnUpgradeInPlace) {
  Make();
  config_.version = "1.34";
  const ClusterModel planned = Planned();
  EXPECT_EQ(planned.version_resolved, Attr<std::string>("1.34.1-do.0"));
  EXPECT_THAT(last_.requires_replace, IsEmpty());
  EXPECT_EQ(planned.id, host_.model().id);
  EXPECT_TRUE(planned.node_pools->at("primary")->nodes.is_unknown()) << "every node is replaced";
}

TEST_F(ClusterPlanTest, ALowerVersionWarnsAndChangesNothing) {
  config_.version = "1.34";
  Make();
  config_.version = "1.33";
  EXPECT_EQ(EncodeAttr(Attr<ClusterModel>(Planned())), host_.state);
  EXPECT_FALSE(host_.said.has_error());
  EXPECT_THAT(Said(), AllOf(HasSubstr("newer than its configuration"),
                            HasSubstr("runs 1.34.1-do.0, the configuration says 1.33"),
                            HasSubstr("version = \"1.34\""), HasSubstr("[version]")));
}

TEST_F(ClusterPlanTest, AClusterUpgradedBehindOurBackWarnsToo) {
  Make();
  host_.cloud().Edit(
      [](FakeCloud& cloud) { cloud.clusters.begin()->second.version = "1.34.1-do.0"; });
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(EncodeAttr(Attr<ClusterModel>(Planned())), host_.state);
  EXPECT_THAT(Said(), HasSubstr("A cluster is never downgraded"));
}

TEST_F(ClusterPlanTest, AnotherSpellingOfTheRunningVersionIsNoChange) {
  Make();
  for (const char* spelling : {"1.33.5-do.0", "latest", "1.33"}) {
    config_.version = spelling;
    EXPECT_EQ(EncodeAttr(Attr<ClusterModel>(Planned())), host_.state) << spelling;
    EXPECT_EQ(Said(), "") << spelling;
  }
}

TEST_F(ClusterPlanTest, AVersionThatIsNotOfferedIsRefusedWithWhatIs) {
  config_.version = "1.99";
  Planned();
  EXPECT_THAT(Said(), AllOf(HasSubstr("Unknown version: version \"1.99\" is not offered"),
                            HasSubstr("1.34.1-do.0"), HasSubstr("[version]")));
}

TEST_F(ClusterPlanTest, OnlyThePoolThatChangesChanges) {
  Make();
  Pool("primary").count = 3;
  const ClusterModel planned = Planned();
  EXPECT_TRUE(planned.node_pools->at("primary")->nodes.is_unknown());
  EXPECT_EQ(EncodeAttr(planned.node_pools->at("monitoring")),
            host_.state["node_pools"]["monitoring"]);
  EXPECT_EQ(planned.node_pools->at("primary")->id, host_.model().node_pools->at("primary")->id);
  EXPECT_EQ(planned.monthly_cost, Attr<double>(3 * 24 + 48));
  EXPECT_THAT(last_.requires_replace, IsEmpty());
}

TEST_F(ClusterPlanTest, AnyPoolMayGo) {
  Make();
  config_.node_pools->erase("primary");
  const ClusterModel planned = Planned();
  EXPECT_THAT(last_.requires_replace, IsEmpty());
  EXPECT_EQ(planned.node_pools->size(), 1u);
  EXPECT_EQ(planned.monthly_cost, Attr<double>(48));
}

TEST_F(ClusterPlanTest, AnotherNetworkOfTheVpcReplaces) {
  Make();
  config_.vpc->ip_range = "10.20.0.0/20";
  Planned();
  EXPECT_THAT(last_.requires_replace, ElementsAre(Path("vpc").Attribute("ip_range")));
  config_ = SmallPlatform();
  config_.vpc->name = "renamed";
  Planned();
  EXPECT_THAT(last_.requires_replace, ElementsAre(Path("vpc").Attribute("name")));
}

TEST_F(ClusterPlanTest, WritingTheDefaultNameOfTheVpcReplacesNothing) {
  Make();
  config_.vpc->name = "k8s-vpc";
  Planned();
  EXPECT_THAT(last_.requires_replace, IsEmpty());
}

TEST_F(ClusterPlanTest, AnotherVpcReplacesAndTheSameByIdDoesNot) {
  Make();
  config_.vpc = ClusterVpc{.id = "00000000-0000-4000-8000-000000009999"};
  Planned();
  EXPECT_THAT(last_.requires_replace, ElementsAre(Path("vpc").Attribute("id")));
  config_.vpc = {};
  Planned();
  EXPECT_THAT(last_.requires_replace, ElementsAre(Path("vpc")));
  config_.vpc = ClusterVpc{.id = *host_.model().vpc_id};
  Planned();
  EXPECT_THAT(last_.requires_replace, IsEmpty());
}

TEST_F(ClusterPlanTest, AnotherRegionReplaces) {
  Make();
  config_.region = "ams3";
  Planned();
  EXPECT_THAT(last_.requires_replace, ElementsAre(Path("region")));
}

TEST_F(ClusterPlanTest, UnknownArgumentsPassAndStayUnknown) {
  config_.name = Attr<std::string>::Unknown();
  config_.version = Attr<std::string>::Unknown();
  Pool("primary").count = Attr<int64_t>::Unknown();
  ClusterModel planned = Planned();
  EXPECT_EQ(Said(), "");
  EXPECT_TRUE(planned.name.is_unknown());
  EXPECT_TRUE(planned.version_resolved.is_unknown());
  EXPECT_TRUE(planned.monthly_cost.is_unknown());
  config_.region = Attr<std::string>::Unknown();
  config_.vpc = Attr<ClusterVpc>::Unknown();
  config_.node_pools = Attr<MapOf<ClusterPool>>::Unknown();
  planned = Planned();
  EXPECT_EQ(Said(), "");
  EXPECT_TRUE(planned.node_pools.is_unknown());
}

TEST_F(ClusterPlanTest, ANameThatIsNotKnownYetIsNoReplacement) {
  Make();
  config_.name = Attr<std::string>::Unknown();
  Planned();
  EXPECT_EQ(Said(), "");
  EXPECT_THAT(last_.requires_replace, IsEmpty());
}

TEST_F(ClusterPlanTest, AMissingTokenIsSaidWhenPlanning) {
  host_.connections().token = absl::FailedPreconditionError("no token is configured");
  host_.said = Diagnostics();
  host_.Plan(config_);
  EXPECT_THAT(Said(), HasSubstr("DigitalOcean is not configured: no token is configured."));
}

TEST_F(ClusterPlanTest, ATokenThatIsNotKnownYetLeavesTheRestForLater) {
  host_.connections().token = absl::UnavailableError("not known yet");
  const ClusterModel planned = Planned();
  EXPECT_EQ(Said(), "");
  EXPECT_TRUE(planned.version_resolved.is_unknown());
  EXPECT_TRUE(planned.monthly_cost.is_unknown());
}

TEST_F(ClusterPlanTest, AnApiThatDoesNotAnswerIsAnError) {
  host_.cloud().FailNext("GetKubernetesOptions", absl::UnauthenticatedError("token refused"));
  Planned();
  EXPECT_THAT(Said(), HasSubstr("Could not ask DigitalOcean what it offers: token refused."));
}

TEST_F(ClusterPlanTest, PrivateStateOfAnotherHandIsNoPlanToCreate) {
  const std::string key = IntentKey(config_);
  EXPECT_TRUE(PlannedToCreate(PlannedPrivate("create", key), key));
  EXPECT_FALSE(PlannedToCreate(PlannedPrivate("destroy", key), key));
  EXPECT_FALSE(PlannedToCreate(PlannedPrivate("create", "other"), key));
  for (const char* odd : {"", "null", "[]", "{", R"({"planned":1,"key":[]})", "\xff"}) {
    EXPECT_FALSE(PlannedToCreate(odd, key)) << odd;
  }
}

}  // namespace
}  // namespace kproto::testing
