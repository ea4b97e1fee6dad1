// SPDX-License-Identifier: MPL-2.0
// What DigitalOcean would refuse after minutes is refused by validate or plan: with the attribute,
// the reason and what is valid.
#include "resources/cluster/account_checks.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/cluster/mapping.h"
#include "resources/networks.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class AccountChecksTest : public ::testing::Test {
 protected:
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Text(host_.said); }
  // What a plan of the configuration says.
  std::string Planned() {
    host_.said = Diagnostics();
    host_.Plan(config_);
    return Text(host_.said);
  }
  // What validate says.
  std::string Validated() {
    Diagnostics said;
    ClusterResource(host_.connections())
        .Validate(host_.context, ClusterModel::Fields().Encode(config_), said);
    return Text(said);
  }
  void Vpc(const std::string& name, const std::string& range, const std::string& region = "nyc3") {
    ASSERT_THAT(cloud().CreateVpc({.name = name, .region = region, .ip_range = range}, {}), IsOk());
  }
  ClusterPool& Pool(const std::string& name) { return *(*config_.node_pools)[name]; }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
};

// ---- networks --------------------------------------------------------------------------------

TEST_F(AccountChecksTest, ARangeTakenByAnotherVpcIsRefusedWithAFreeOne) {
  Vpc("theirs", "10.10.0.0/18", "ams3");
  EXPECT_THAT(Planned(),
              AllOf(HasSubstr("vpc.ip_range (10.10.0.0/20) overlaps with VPC \"theirs\" "
                              "(10.10.0.0/18, ams3"),
                    HasSubstr("This one is free: 10.0.0.0/20."), HasSubstr("[vpc.ip_range]")));
  EXPECT_EQ(cloud().Count("CreateCluster"), 0);
  config_.vpc->ip_range = "10.0.0.0/20";
  EXPECT_EQ(Planned(), "");
}

TEST_F(AccountChecksTest, PodsAndServicesMayNotTakeTheNetworkOfAVpc) {
  Vpc("theirs", "192.168.0.0/20");
  config_.cluster_subnet = "192.168.0.0/16";
  config_.service_subnet = "172.16.0.0/20";
  EXPECT_THAT(Planned(), AllOf(HasSubstr("cluster_subnet (192.168.0.0/16) overlaps with VPC"),
                               HasSubstr("[cluster_subnet]")));
  config_.cluster_subnet = "172.20.0.0/16";
  config_.service_subnet = "192.168.8.0/22";
  EXPECT_THAT(Planned(), HasSubstr("[service_subnet]"));
}

TEST_F(AccountChecksTest, PodsMayNotTakeTheNetworkOfTheVpcThatIsAdopted) {
  const std::string id = cloud().cloud().vpcs.begin()->first;  // 10.132.0.0/20
  config_.vpc = ClusterVpc{.id = id};
  config_.cluster_subnet = "10.132.0.0/16";
  EXPECT_THAT(Planned(), AllOf(HasSubstr("cluster_subnet (10.132.0.0/16) overlaps with VPC "
                                         "default-nyc3 (10.132.0.0/20)"),
                               HasSubstr("[cluster_subnet]")));
}

TEST_F(AccountChecksTest, ReservedAndPublicRangesAreRefusedByValidate) {
  config_.vpc->ip_range = "10.244.16.0/20";
  EXPECT_THAT(Validated(), AllOf(HasSubstr("overlaps with 10.244.0.0/16, which DigitalOcean keeps"),
                                 HasSubstr("such as 10.0.0.0/20"), HasSubstr("[vpc.ip_range]")));
  config_.vpc->ip_range = "11.0.0.0/20";
  EXPECT_THAT(Validated(), AllOf(HasSubstr("must lie in 10.0.0.0/8"), HasSubstr("192.168.0.0/16")));
  for (const char* size : {"10.0.0.0/8", "10.0.0.0/4", "10.240.0.0/12"}) {
    config_.vpc->ip_range = size;
    EXPECT_THAT(Validated(), Not(HasSubstr("keeps for itself"))) << "one error is enough: " << size;
    EXPECT_THAT(Validated(), HasSubstr("[vpc.ip_range]")) << size;
  }
  config_.vpc->ip_range = "172.31.0.0/16";
  EXPECT_EQ(Validated(), "");
}

TEST(NetworksTest, KnowOverlapsAndFreeRanges) {
  EXPECT_EQ(ParseNetwork("10.1.2.3/20")->ToString(), "10.1.0.0/20");
  for (const char* odd : {"", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "a/8", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(ParseNetwork(odd)) << odd;
  }
  EXPECT_TRUE(ParseNetwork("0.0.0.0/0")->Contains(*ParseNetwork("255.255.255.255/32")));
  EXPECT_FALSE(ParseNetwork("10.0.0.0/17")->Overlaps(*ParseNetwork("10.0.128.0/17")));
  EXPECT_FALSE(IsPrivate(*ParseNetwork("172.32.0.0/16")));
  EXPECT_FALSE(IsPrivate(*ParseNetwork("0.0.0.0/0")));
  EXPECT_EQ(ReservedRangeIn(*ParseNetwork("10.240.0.0/12")), "10.244.0.0/16");
  EXPECT_EQ(ReservedRangeIn(*ParseNetwork("10.243.0.0/16")), "");
  EXPECT_EQ(FreeNetwork(16, {*ParseNetwork("10.0.0.0/9")})->ToString(), "10.128.0.0/16");
  EXPECT_FALSE(FreeNetwork(16, {*ParseNetwork("0.0.0.0/0")}));
}

TEST_F(AccountChecksTest, AVpcWithoutANatGatewayIsNoPlaceForIsolatedWorkersYet) {
  Vpc("private", "10.50.0.0/20");
  std::string id;
  cloud().Edit([&](FakeCloud& now) {
    for (const auto& [each, vpc] : now.vpcs) {
      id = vpc.name == "private" ? each : id;
    }
  });
  config_.vpc = ClusterVpc{.id = id};
  EXPECT_EQ(Planned(), "");
  config_.isolated_workers = true;
  EXPECT_THAT(Planned(), AllOf(HasSubstr("VPC private"), HasSubstr("has no NAT gateway"),
                               HasSubstr("depends_on"), HasSubstr("[isolated_workers]")));
  EXPECT_FALSE(host_.said.has_error()) << "the same apply may make it";
  cloud().Edit([&](FakeCloud& now) {
    now.nat_gateways["g"] = {.id = "g", .name = "out", .vpcs = {{.vpc_uuid = id}}};
  });
  EXPECT_EQ(Planned(), "");
}

// ---- names -----------------------------------------------------------------------------------

TEST_F(AccountChecksTest, ATakenNameIsFoundBeforeAnythingIsMade) {
  ASSERT_THAT(cloud().CreateCluster({.name = "k8s",
                                     .region = "nyc3",
                                     .version = "1.33",
                                     .node_pools = {{.name = "p", .size = "c-2"}}},
                                    {}),
              IsOk());
  EXPECT_THAT(Planned(), AllOf(HasSubstr("a cluster named \"k8s\" exists already"),
                               HasSubstr("tofu import"), HasSubstr("[name]")));
  config_.name = "other";
  Vpc("other-vpc", "10.50.0.0/20");
  EXPECT_THAT(Planned(),
              AllOf(HasSubstr("a VPC named \"other-vpc\" exists already"), HasSubstr("[vpc]")));
  config_.vpc->name = "mine";
  EXPECT_EQ(Planned(), "");
}

TEST_F(AccountChecksTest, WhatKprotoMadeIsNoObstacleToGoingOn) {
  Make();
  host_.state = Value();  // killed before it could be stored
  EXPECT_EQ(Planned(), "");
}

TEST_F(AccountChecksTest, WhatIsReplacedIsNoObstacleToWhatReplacesIt) {
  cloud().Edit([](FakeCloud& now) { now.account.droplet_limit = 4; });
  Make();                         // three Droplets
  config_.vpc->name = "renamed";  // the same network under another name
  EXPECT_TRUE(host_.Apply(config_)) << Text(host_.said);
  EXPECT_EQ(cloud().cloud().vpcs.at(*host_.model().vpc_id).name, "renamed");
}

// ---- Droplets --------------------------------------------------------------------------------

TEST_F(AccountChecksTest, DropletsInUseCountAgainstTheLimit) {
  cloud().Edit([](FakeCloud& now) { now.other_droplets = 23; });  // of 25
  EXPECT_THAT(Planned(), AllOf(HasSubstr("need up to 3 more Droplets, but only 2 are left: 23 of "
                                         "the account's limit of 25 are in use"),
                               HasSubstr("[node_pools]")));
  Pool("primary").count = 1;
  EXPECT_THAT(Planned(), Not(HasSubstr("Not enough Droplets")));
}

TEST_F(AccountChecksTest, OnlyGrowthNeedsDroplets) {
  Make();
  cloud().Edit([](FakeCloud& now) { now.other_droplets = 22; });  // none left
  config_.tags = SetOf<std::string>{{"team:a"}};
  Pool("primary").count = 1;
  EXPECT_EQ(Planned(), "");
  Pool("primary").count = 3;
  EXPECT_THAT(Planned(), HasSubstr("need up to 1 more Droplets, but only 0 are left"));
}

TEST_F(AccountChecksTest, AnAutoscaledPoolCountsWithItsMost) {
  Pool("primary").count = {};
  Pool("primary").auto_scale = true;
  Pool("primary").min_nodes = 1;
  Pool("primary").max_nodes = 20;
  cloud().Edit([](FakeCloud& now) { now.other_droplets = 10; });
  EXPECT_THAT(Planned(), HasSubstr("need up to 21 more Droplets, but only 15 are left"));
}

TEST_F(AccountChecksTest, ASwapNeedsThePoolTwice) {
  Make();
  cloud().Edit([](FakeCloud& now) { now.account.droplet_limit = 4; });
  Pool("primary").size = "c-2";
  EXPECT_THAT(Planned(), HasSubstr("need up to 2 more Droplets, but only 1 are left"));
}

TEST_F(AccountChecksTest, RoomForASurgeIsAskedForWithAWarning) {
  cloud().Edit([](FakeCloud& now) { now.other_droplets = 21; });  // 3 of 4 left for the pools
  EXPECT_THAT(Planned(), AllOf(HasSubstr("No room for a surge upgrade"),
                               HasSubstr("adds up to 2 Droplets"), HasSubstr("[surge_upgrade]")));
  EXPECT_FALSE(host_.said.has_error());
  config_.surge_upgrade = false;
  EXPECT_EQ(Planned(), "");
}

// ---- versions --------------------------------------------------------------------------------

TEST_F(AccountChecksTest, AFeatureThatTheVersionLacksIsRefused) {
  cloud().Edit([](FakeCloud& now) {
    for (api::KubernetesVersion& version : now.options.versions) {
      version.supported_features = {"docr-integration"};
    }
  });
  config_.ha = true;
  EXPECT_THAT(Planned(), AllOf(HasSubstr("1.33.5-do.0 has no highly available control plane"),
                               HasSubstr("docr-integration"), HasSubstr("[ha]")));
  config_.ha = {};
  Pool("primary").count = {};
  Pool("primary").auto_scale = true;
  Pool("primary").min_nodes = Pool("primary").max_nodes = 2;
  EXPECT_THAT(Planned(), HasSubstr("[node_pools[\"primary\"].auto_scale]"));
}

// ---- labels and taints -------------------------------------------------------------------------

TEST_F(AccountChecksTest, LabelsAndTaintsFollowKubernetesRules) {
  Pool("primary").labels = MapOf<std::string>{{"tier", "web"}, {"example.com/team", ""}};
  Pool("primary").taints =
      SetOf<PoolTaint>{{PoolTaint{"gpu", "yes", "NoSchedule"}, PoolTaint{"gpu", {}, "NoExecute"}}};
  EXPECT_EQ(Validated(), "");
  const std::string long_name(64, 'a');
  for (const std::string& key :
       {std::string("-a"), std::string("a b"), std::string("Ex.com/a"), std::string("a/b/c"),
        std::string("/a"), std::string("a/"), long_name}) {
    Pool("primary").labels = MapOf<std::string>{{key, "x"}};
    EXPECT_THAT(Validated(), AllOf(HasSubstr("Not a label: "), HasSubstr("labels"))) << key;
  }
  for (const std::string& value : {std::string("a b"), std::string("-"), long_name}) {
    Pool("primary").labels = MapOf<std::string>{{"tier", value}};
    EXPECT_THAT(Validated(), AllOf(HasSubstr("Not a label's value"), HasSubstr("[\"tier\"]")));
  }
  Pool("primary").labels = {};
  Pool("primary").taints =
      SetOf<PoolTaint>{{PoolTaint{"a b", "x", "NoSchedule"}, PoolTaint{"gpu", "x", "NoExecute"},
                        PoolTaint{"gpu", "y", "NoExecute"}}};
  EXPECT_THAT(Validated(), AllOf(HasSubstr("Not a taint"), HasSubstr("gpu:NoExecute"),
                                 HasSubstr("each effect once only"), HasSubstr("taints]")));
}

// ---- purity ----------------------------------------------------------------------------------

TEST_F(AccountChecksTest, WhatIsNotKnownIsNotJudged) {
  Vpc("theirs", "10.10.0.0/18");
  config_.vpc->ip_range = Attr<std::string>::Unknown();
  config_.vpc->name = Attr<std::string>::Unknown();
  config_.name = Attr<std::string>::Unknown();
  config_.region = Attr<std::string>::Unknown();
  Pool("primary").count = Attr<int64_t>::Unknown();
  EXPECT_EQ(Planned(), "");
  config_.vpc = Attr<ClusterVpc>::Unknown();
  EXPECT_EQ(Planned(), "");
}

TEST_F(AccountChecksTest, APlanOnlyReads) {
  Planned();
  for (const std::string& call : cloud().calls()) {
    EXPECT_TRUE(call.rfind("Get", 0) == 0 || call.rfind("List", 0) == 0 ||
                call.rfind("Count", 0) == 0)
        << call;
  }
}

TEST_F(AccountChecksTest, AnAccountThatDoesNotAnswerIsAnError) {
  for (const char* call : {"ListClusters", "ListVpcs", "CountDroplets"}) {
    cloud().FailNext(call, absl::UnavailableError("no answer"));
    EXPECT_THAT(Planned(), HasSubstr("Could not ask DigitalOcean what the account has: no answer"))
        << call;
  }
}

TEST_F(AccountChecksTest, ATokenThatMayNotListLeavesTheCheckToTheApi) {
  cloud().Edit([](FakeCloud& now) { now.other_droplets = 24; });
  for (const char* call : {"ListClusters", "ListVpcs", "CountDroplets"}) {
    cloud().FailNext(call, absl::PermissionDeniedError("missing scope"));
    EXPECT_EQ(Planned(), "") << call;
  }
}

}  // namespace
}  // namespace kproto::testing
