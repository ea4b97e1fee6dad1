// SPDX-License-Identifier: MPL-2.0
// Destroying a kproto_cluster: what goes along, what stays and is named, what is in the way, what
// is protected, and how an interruption is gone on with.
#include <stop_token>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/cluster/blockers.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::SizeIs;

class ClusterDestroyTest : public ::testing::Test {
 protected:
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Said(); }
  std::string Said() { return Text(host_.said); }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  FakeCloud Now() { return host_.cloud().cloud(); }

  // What Services and claims of the cluster make: one of each, marked as the controllers do.
  void LetWorkloadsMakeThings() {
    cloud().Edit([](FakeCloud& now) {
      const api::Cluster& cluster = now.clusters.begin()->second;
      const std::string mark = "k8s:" + cluster.id;
      now.load_balancers["lb-1"] = {.id = "lb-1",
                                    .name = "web",
                                    .type = "REGIONAL",
                                    .vpc_uuid = cluster.vpc_uuid,
                                    .size_unit = 2,
                                    .tags = {mark}};
      now.volumes["vol-1"] = {.id = "vol-1", .name = "data", .size_gib = 50, .tags = {mark}};
      now.snapshots["snap-1"] = {.id = "snap-1",
                                 .name = "nightly",
                                 .resource_id = "vol-1",
                                 .resource_type = "volume",
                                 .size_gib = 10};
    });
  }
  // Things of somebody else, which must never be touched.
  void LetOthersHaveThings() {
    cloud().Edit([](FakeCloud& now) {
      now.load_balancers["lb-9"] = {.id = "lb-9", .name = "theirs", .tags = {"k8s:other"}};
      now.volumes["vol-9"] = {.id = "vol-9", .name = "theirs", .size_gib = 1};
      now.snapshots["snap-9"] = {.id = "snap-9",
                                 .name = "theirs",
                                 .resource_id = "vol-9",
                                 .resource_type = "volume",
                                 .size_gib = 1};
    });
  }
  void InDefaultVpc() { config_.vpc = {}; }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
};

// ---- on_destroy ------------------------------------------------------------------------------

TEST_F(ClusterDestroyTest, ByDefaultLoadBalancersGoAndVolumesAndSnapshotsStayAndAreNamed) {
  Make();
  LetWorkloadsMakeThings();
  LetOthersHaveThings();
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_THAT(Now().load_balancers, ElementsAre(Key("lb-9")));
  EXPECT_THAT(Now().volumes, ElementsAre(Key("vol-1"), Key("vol-9")));
  EXPECT_THAT(Now().snapshots, ElementsAre(Key("snap-1"), Key("snap-9")));
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("Something of the cluster is left"), HasSubstr("volume data (vol-1)"),
                    HasSubstr("volume snapshot nightly (snap-1)"),
                    HasSubstr("about 5.6 US dollars a month"), Not(HasSubstr("theirs"))));
}

TEST_F(ClusterDestroyTest, EachKindGoesOrStaysAsWritten) {
  config_.on_destroy = OnDestroy{.volumes = "delete"};
  Make();
  LetWorkloadsMakeThings();
  LetOthersHaveThings();
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_THAT(Now().load_balancers, ElementsAre(Key("lb-9")));
  EXPECT_THAT(Now().volumes, ElementsAre(Key("vol-9")));
  EXPECT_THAT(Now().snapshots, ElementsAre(Key("snap-1"), Key("snap-9")));
  EXPECT_EQ(cloud().Count("DeleteClusterSelective"), 1);
  EXPECT_EQ(cloud().Count("DeleteVolume"), 0) << "the selective destroy took it along";
}

TEST_F(ClusterDestroyTest, EverythingGoesWhenThatIsWritten) {
  config_.on_destroy = OnDestroy{.volumes = "delete", .volume_snapshots = "delete"};
  Make();
  LetWorkloadsMakeThings();
  LetOthersHaveThings();
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_THAT(Now().load_balancers, SizeIs(1));
  EXPECT_THAT(Now().volumes, SizeIs(1));
  EXPECT_THAT(Now().snapshots, SizeIs(1));
  EXPECT_EQ(Said(), "");
}

TEST_F(ClusterDestroyTest, EverythingStaysWhenThatIsWritten) {
  InDefaultVpc();
  config_.on_destroy = OnDestroy{.load_balancers = "keep"};
  Make();
  LetWorkloadsMakeThings();
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_EQ(cloud().Count("DeleteClusterSelective"), 0);
  EXPECT_EQ(cloud().Count("DeleteCluster"), 1);
  EXPECT_THAT(Now().load_balancers, SizeIs(1));
  EXPECT_THAT(Said(), HasSubstr("load balancer web (lb-1)"));
}

TEST_F(ClusterDestroyTest, LoadBalancersCannotStayInAVpcThatGoes) {
  config_.on_destroy = OnDestroy{.load_balancers = "keep"};
  ClusterResource resource(host_.connections());
  const auto refusal = [&] {
    Diagnostics said;
    resource.Validate(host_.context, ClusterModel::Fields().Encode(config_), said);
    return Text(said);
  };
  EXPECT_THAT(refusal(), AllOf(HasSubstr("made here and destroyed with the cluster"),
                               HasSubstr("load_balancers = \"delete\""),
                               HasSubstr("[on_destroy.load_balancers]")));
  config_.vpc = ClusterVpc{.id = "some-vpc"};
  EXPECT_EQ(refusal(), "");
  InDefaultVpc();
  EXPECT_EQ(refusal(), "");
}

TEST_F(ClusterDestroyTest, AWrongFateIsRefusedWithTheRightOnes) {
  config_.on_destroy = OnDestroy{.volumes = "snapshot"};
  ClusterResource resource(host_.connections());
  resource.Validate(host_.context, ClusterModel::Fields().Encode(config_), host_.said);
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("keep"), HasSubstr("delete"), HasSubstr("[on_destroy.volumes]")));
}

// ---- what is left ----------------------------------------------------------------------------

TEST_F(ClusterDestroyTest, WhatWasMadeWhileTheClusterWentIsRemovedAfterIt) {
  InDefaultVpc();
  Make();
  bool made = false;
  cloud().OnCall([&](const std::string& call) {
    if (!made && call.rfind("DeleteCluster ", 0) == 0) {
      made = true;  // too late for the selective destroy
      LetWorkloadsMakeThings();
    }
  });
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_TRUE(made);
  EXPECT_THAT(Now().load_balancers, IsEmpty());
  EXPECT_EQ(cloud().Count("DeleteLoadBalancer"), 1);
  EXPECT_THAT(Said(), HasSubstr("volume data (vol-1)"));
}

TEST_F(ClusterDestroyTest, AVolumeThatIsStillAttachedIsWaitedFor) {
  InDefaultVpc();
  config_.on_destroy = OnDestroy{.volumes = "delete"};
  Make();
  cloud().OnCall([&](const std::string& call) {
    if (call.rfind("DeleteCluster ", 0) == 0) {
      LetWorkloadsMakeThings();
      cloud().Edit([](FakeCloud& now) { now.volumes["vol-1"].droplet_ids = {1}; });
    }
  });
  int waits = 0;
  host_.clock().OnSleep([&] {
    if (Now().clusters.empty() && ++waits == 2) {
      cloud().Edit([](FakeCloud& now) { now.volumes["vol-1"].droplet_ids.clear(); });
    }
  });
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_EQ(cloud().Count("DeleteVolume"), 3);
  EXPECT_THAT(Now().volumes, IsEmpty());
}

TEST_F(ClusterDestroyTest, AClusterDeletedElsewhereLeavesNothingThatShallNotStay) {
  InDefaultVpc();
  Make();
  LetWorkloadsMakeThings();
  ASSERT_TRUE(host_.Refresh());
  cloud().Edit([](FakeCloud& now) { now.clusters.clear(); });
  ASSERT_TRUE(host_.Refresh());
  ASSERT_FALSE(host_.state.is_null()) << "its load balancer is still there";
  EXPECT_EQ(*host_.model().status, "gone");
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_THAT(Now().load_balancers, IsEmpty());
  EXPECT_THAT(Said(), HasSubstr("volume data (vol-1)"));
}

TEST_F(ClusterDestroyTest, AClusterMadeAnewTakesAwayWhatTheOldOneLeft) {
  Make();
  LetWorkloadsMakeThings();
  ASSERT_TRUE(host_.Refresh());
  cloud().Edit([](FakeCloud& now) { now.clusters.clear(); });
  Make();
  EXPECT_THAT(Now().clusters, SizeIs(1));
  EXPECT_THAT(Now().load_balancers, IsEmpty());
}

TEST_F(ClusterDestroyTest, ATokenThatMayNotListIsToldAndDoesNotHoldUpADestroy) {
  InDefaultVpc();
  Make();
  ASSERT_TRUE(host_.Refresh());
  cloud().OnCall([&](const std::string& call) {
    if (call.rfind("ListLoadBalancers", 0) == 0) {
      cloud().FailNext("ListLoadBalancers", absl::PermissionDeniedError("missing scope"));
    }
  });
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_THAT(Said(), AllOf(HasSubstr("Could not look for what the cluster left"),
                            HasSubstr("missing scope")));
  EXPECT_THAT(Now().clusters, IsEmpty());
}

// ---- associated_resources --------------------------------------------------------------------

TEST_F(ClusterDestroyTest, AssociatedResourcesAndTheirCostAreReadAndDisturbNoPlan) {
  Make();
  EXPECT_THAT(*host_.model().associated_resources->load_balancers, IsEmpty());
  const double before = *host_.model().cost->monthly_min;
  LetWorkloadsMakeThings();
  LetOthersHaveThings();
  ASSERT_TRUE(host_.Refresh());
  const ClusterModel state = host_.model();
  ASSERT_THAT(*state.associated_resources->load_balancers, SizeIs(1));
  EXPECT_EQ(state.associated_resources->load_balancers->at(0)->id, Attr<std::string>("lb-1"));
  EXPECT_EQ(state.associated_resources->volumes->at(0)->name, Attr<std::string>("data"));
  EXPECT_EQ(state.associated_resources->volume_snapshots->at(0)->id, Attr<std::string>("snap-1"));
  EXPECT_EQ(state.cost->load_balancers, Attr<double>(24));
  EXPECT_EQ(state.cost->volumes, Attr<double>(5));
  EXPECT_EQ(state.cost->volume_snapshots, Attr<double>(0.6));
  EXPECT_DOUBLE_EQ(*state.cost->monthly_min, before + 29.6);
  EXPECT_DOUBLE_EQ(*state.monthly_cost, before) << "what workloads made is in cost alone";
  EXPECT_EQ(host_.Plan(config_).planned, host_.state);
  // A change elsewhere keeps them, in plan and result alike.
  (*config_.node_pools)["primary"]->count = 3;
  const auto planned = ClusterModel::Fields().Decode(host_.Plan(config_).planned);
  ASSERT_THAT(planned, IsOk());
  EXPECT_EQ(EncodeAttr(planned->associated_resources), EncodeAttr(state.associated_resources));
  EXPECT_DOUBLE_EQ(*planned->cost->monthly_min, before + 29.6 + 24);
  Make();
  EXPECT_EQ(host_.model().cost->load_balancers, Attr<double>(24));
}

TEST_F(ClusterDestroyTest, ARefreshWithoutTheListsKeepsWhatWasKnown) {
  Make();
  LetWorkloadsMakeThings();
  ASSERT_TRUE(host_.Refresh());
  const Value before = host_.state;
  cloud().FailNext("ListVolumes", absl::UnavailableError("no answer"));
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(host_.state, before);
  EXPECT_THAT(Said(), AllOf(HasSubstr("stay as they were: no answer"),
                            HasSubstr("[associated_resources]")));
}

TEST_F(ClusterDestroyTest, AGeneratedNameIsKnownAgainWithoutItsTag) {
  Make();
  const std::string name = "a0123456789abcdef0123456789abcde";
  const std::string mark = "k8s:" + *host_.model().id;
  cloud().Edit([&](FakeCloud& now) {
    now.load_balancers["old"] = {.id = "old", .name = name, .tags = {mark}};
  });
  ASSERT_TRUE(host_.Refresh());
  cloud().Edit([&](FakeCloud& now) {
    now.load_balancers.clear();
    now.load_balancers["new"] = {.id = "new", .name = name};
    now.load_balancers["other"] = {.id = "other", .name = "web"};
  });
  ASSERT_TRUE(host_.Refresh());
  ASSERT_THAT(*host_.model().associated_resources->load_balancers, SizeIs(1));
  EXPECT_EQ(host_.model().associated_resources->load_balancers->at(0)->id,
            Attr<std::string>("new"));
}

// ---- deletion_protection ---------------------------------------------------------------------

TEST_F(ClusterDestroyTest, AProtectedClusterIsNotDestroyed) {
  config_.deletion_protection = true;
  Make();
  const Value before = host_.state;
  EXPECT_FALSE(host_.Destroy());
  EXPECT_THAT(Said(), AllOf(HasSubstr("deletion_protection = true, and this plan destroys it"),
                            HasSubstr("write deletion_protection = false, apply that alone"),
                            HasSubstr("[deletion_protection]")));
  EXPECT_EQ(host_.state, before);
  EXPECT_EQ(cloud().Count("DeleteCluster"), 0);
  config_.deletion_protection = false;
  Make();
  EXPECT_TRUE(host_.Destroy()) << Said();
}

TEST_F(ClusterDestroyTest, AProtectedClusterIsNotReplaced) {
  config_.deletion_protection = true;
  Make();
  config_.region = "ams3";
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), HasSubstr("this plan replaces it (region)"));
  config_.deletion_protection = false;
  EXPECT_FALSE(host_.Apply(config_)) << "it is turned off before, not along with it";
  EXPECT_EQ(cloud().Count("DeleteCluster"), 0);
  config_.region = "nyc3";
  Make();
  config_.region = "ams3";
  EXPECT_TRUE(host_.Apply(config_)) << Said();
}

TEST_F(ClusterDestroyTest, ATaintGetsPastThePlanButNotPastTheApply) {
  config_.deletion_protection = true;
  Make();
  host_.tainted = true;
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), HasSubstr("this apply would destroy it"));
  EXPECT_THAT(Now().clusters, SizeIs(1));
}

TEST_F(ClusterDestroyTest, AnUnfinishedClusterIsNotProtected) {
  config_.deletion_protection = true;
  cloud().Edit([](FakeCloud& now) { now.provisioning_error = "out of capacity"; });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_TRUE(host_.Destroy()) << Said();
  EXPECT_THAT(Now().clusters, IsEmpty());
}

// ---- in the way, in time, interrupted ----------------------------------------------------------

TEST_F(ClusterDestroyTest, WhatIsInTheWayIsNamedWithItsAgeAndWhoseItIs) {
  config_.timeouts = Timeouts{.remove = "1s"};
  Make();
  const std::string vpc = *host_.model().vpc_id;
  cloud().Edit([&](FakeCloud& now) {
    now.load_balancers["lb-3"] = {.id = "lb-3", .name = "of-somebody", .vpc_uuid = vpc};
  });
  host_.clock().Advance(absl::Hours(50));
  EXPECT_FALSE(host_.Destroy());
  EXPECT_THAT(Said(), AllOf(HasSubstr("timed out after"),
                            ContainsRegex("do:loadbalancer:lb-3 \\(of-somebody\\), [0-9]+ days "
                                          "old: NOT of this cluster\\."),
                            HasSubstr("Delete or move what is not of this cluster")));
}

TEST(BlockersTest, TellsOwnMembersFromForeignOnes) {
  ClusterModel cluster;
  cluster.urn = "do:kubernetes:c-1";
  ClusterPool pool;
  pool.nodes = ListOf<PoolNode>{PoolNode{.id = "n", .name = "p-1", .droplet_id = "7"}};
  cluster.node_pools = MapOf<ClusterPool>{{"p", pool}};
  const absl::Time now = absl::FromUnixSeconds(1767225600);  // 2026-01-01
  const absl::Status own = BlockedBy({{"do:kubernetes:c-1", "k8s", "2025-12-31T22:30:00Z"},
                                      {"do:droplet:7", "p-1", "2025-12-31T23:59:20Z"}},
                                     "v-1", cluster, now);
  EXPECT_THAT(
      std::string(own.message()),
      AllOf(HasSubstr("do:kubernetes:c-1 (k8s), 1 h 30 min old: of this cluster"),
            HasSubstr("do:droplet:7 (p-1), 40 s old: of this cluster"), Not(HasSubstr("NOT"))));
  const absl::Status foreign =
      BlockedBy({{"do:droplet:8", "db", "yesterday"}}, "v-1", cluster, now);
  EXPECT_THAT(std::string(foreign.message()),
              HasSubstr("do:droplet:8 (db), of unknown age: NOT of this cluster"));
  EXPECT_EQ(AgeOf("2026-06-01T00:00:00Z", now), "0 s") << "clocks differ";
  EXPECT_EQ(AgeOf("2025-12-30T00:00:00Z", now), "2 days");
  EXPECT_EQ(AgeOf("2025-12-31T23:55:00.5Z", now), "4 min");
}

// A stop at every call and every wait of a destroy: it ends at once, says how to go on, and the
// next destroy ends where an undisturbed one would have.
TEST_F(ClusterDestroyTest, AnInterruptedDestroyGoesOnWhereverItWas) {
  const auto prepare = [&](ClusterHost& host) {
    ASSERT_TRUE(host.Apply(config_)) << Text(host.said);
    host.cloud().Edit([](FakeCloud& now) {
      const api::Cluster& cluster = now.clusters.begin()->second;
      now.load_balancers["lb-1"] = {
          .id = "lb-1", .name = "web", .vpc_uuid = cluster.vpc_uuid, .tags = {"k8s:" + cluster.id}};
    });
    ASSERT_TRUE(host.Refresh());
  };
  int steps = 0;
  for (int at = 1; at <= 100; ++at) {
    SCOPED_TRACE(at);
    ClusterHost host;
    prepare(host);
    std::stop_source stop;
    int seen = 0;
    const auto count = [&] {
      if (++seen == at) {
        stop.request_stop();
      }
    };
    host.cloud().OnCall([&](const std::string&) { count(); });
    host.clock().OnSleep(count);
    host.context.stop = stop.get_token();
    const bool done = host.Destroy();
    host.cloud().OnCall({});
    host.clock().OnSleep({});
    if (seen < at) {
      EXPECT_TRUE(done);
      break;  // every place has had its turn
    }
    steps = at;
    host.context.stop = {};
    ASSERT_TRUE(host.Destroy()) << Text(host.said);
    const FakeCloud now = host.cloud().cloud();
    EXPECT_TRUE(host.state.is_null());
    EXPECT_THAT(now.clusters, IsEmpty());
    EXPECT_THAT(now.load_balancers, IsEmpty());
    EXPECT_THAT(now.vpcs, SizeIs(1));
  }
  EXPECT_GT(steps, 8);
}

TEST_F(ClusterDestroyTest, AnInterruptedWaitSaysHowToGoOn) {
  Make();
  std::stop_source stop;
  host_.context.stop = stop.get_token();
  host_.clock().OnSleep([&] { stop.request_stop(); });
  EXPECT_FALSE(host_.Destroy());
  EXPECT_THAT(Said(), AllOf(HasSubstr("stopped waiting for cluster"),
                            HasSubstr("run destroy again, it goes on from here")));
}

// ---- the default VPC of a region ---------------------------------------------------------------

TEST_F(ClusterDestroyTest, AVpcThatBecameADefaultIsReleasedWithAWarningAndTakenAgain) {
  config_.region = "ams3";  // has no VPC yet
  Make();
  EXPECT_THAT(Said(), AllOf(HasSubstr("The VPC will become the default of its region"),
                            HasSubstr("The account has no VPC in ams3"), HasSubstr("[vpc]")));
  const std::string vpc = *host_.model().vpc_id;
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_THAT(Said(), AllOf(HasSubstr("The VPC is left behind"),
                            HasSubstr("is the default VPC of ams3"), HasSubstr(vpc)));
  EXPECT_EQ(cloud().Count("DeleteVpc"), 0) << "it would only be refused";
  ASSERT_EQ(Now().vpcs.count(vpc), 1u);
  Make();
  EXPECT_EQ(*host_.model().vpc_id, vpc);
  EXPECT_EQ(cloud().Count("CreateVpc"), 1);
  EXPECT_EQ(Said(), "");
  EXPECT_EQ(host_.Plan(config_).planned, host_.state);
}

TEST_F(ClusterDestroyTest, AVpcThatIsNoDefaultAnyMoreIsDeleted) {
  config_.region = "ams3";
  Make();
  cloud().Edit([&](FakeCloud& now) { now.vpcs.at(*host_.model().vpc_id).is_default = false; });
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_EQ(Said(), "");
  EXPECT_THAT(Now().vpcs, SizeIs(1));
}

}  // namespace
}  // namespace kproto::testing
