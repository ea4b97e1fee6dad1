// SPDX-License-Identifier: MPL-2.0
// A kproto_cluster from create to destroy: what is made, found again, refused, kept and removed.
#include <algorithm>
#include <stop_token>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/reconcile/poll_pace.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/project_step.h"
#include "resources/cluster/registry_step.h"
#include "resources/cluster/steps.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

class ClusterLifecycleTest : public ::testing::Test {
 protected:
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Said(); }
  std::string Said() { return Text(host_.said); }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  FakeCloud Now() { return host_.cloud().cloud(); }
  const api::Cluster OnlyCluster() {
    const FakeCloud now = Now();
    EXPECT_EQ(now.clusters.size(), 1u);
    return now.clusters.empty() ? api::Cluster() : now.clusters.begin()->second;
  }
  // A VPC that somebody else made.
  std::string ForeignVpc(const std::string& name) {
    return cloud().CreateVpc({.name = name, .region = "nyc3", .ip_range = "10.77.0.0/20"}, {})->id;
  }
  // A create that was interrupted when it first had to wait; the host taints what came of it.
  void Interrupt() {
    std::stop_source stop;
    host_.context.stop = stop.get_token();
    host_.clock().OnSleep([&] { stop.request_stop(); });
    EXPECT_FALSE(host_.Apply(config_));
    host_.clock().OnSleep({});
    host_.context.stop = {};
  }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
};

TEST_F(ClusterLifecycleTest, CreateMakesVpcAndClusterAndWaitsForTheNodes) {
  Make();
  const api::Cluster cluster = OnlyCluster();
  const ClusterModel state = host_.model();
  EXPECT_EQ(state.id, cluster.id);
  EXPECT_EQ(state.vpc_id, cluster.vpc_uuid);
  EXPECT_EQ(state.endpoint, cluster.endpoint);
  EXPECT_EQ(*state.status, "running");
  EXPECT_EQ(*state.cluster_ca_certificate, "fake authority");
  EXPECT_EQ(*state.version_resolved, "1.33.5-do.0");
  EXPECT_EQ(state.node_pools->at("primary")->nodes->size(), 2u);
  EXPECT_EQ(*state.node_pools->at("primary")->nodes->at(0)->status, "running");
  EXPECT_THAT(host_.clock().sleeps(), AllOf(Not(IsEmpty()), Each(Le(PollPace::kLongest)),
                                            Each(Ge(PollPace::kShortest / 2))));
}

TEST_F(ClusterLifecycleTest, ACreateThatDoesNotWaitForNodesEndsWhenTheApiServerAnswers) {
  int silent = 3;
  host_.connections().api_server = [&] {
    return silent-- > 0 ? absl::UnavailableError("no such host") : absl::OkStatus();
  };
  cloud().Edit([](FakeCloud& cloud) { cloud.polls_until_nodes = 1000; });
  config_.wait_for_nodes = false;
  Make();
  EXPECT_EQ(silent, -1) << "asked until it answered, and no longer";
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_EQ(*host_.model().status, "running");
  EXPECT_EQ(*host_.model().node_pools->at("primary")->nodes->at(0)->status, "provisioning");

  cloud().Edit([](FakeCloud& cloud) { cloud.polls_until_nodes = 0; });
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(*host_.model().node_pools->at("primary")->nodes->at(0)->status, "running");
  EXPECT_EQ(host_.Plan(config_).planned, host_.state);
}

TEST_F(ClusterLifecycleTest, AnApiServerThatDoesNotAnswerFromHereIsAWarning) {
  host_.connections().api_server = [] { return absl::UnavailableError("connection timed out"); };
  config_.wait_for_nodes = false;
  Make();
  EXPECT_THAT(Said(), AllOf(HasSubstr("The API server does not answer from here"),
                            HasSubstr("connection timed out"), HasSubstr("[endpoint]")));
  EXPECT_FALSE(host_.tainted);
}

TEST_F(ClusterLifecycleTest, AnInterruptWhileTheApiServerIsSilentLosesNothing) {
  std::stop_source stop;
  host_.context.stop = stop.get_token();
  host_.connections().api_server = [&] {
    stop.request_stop();
    return absl::UnavailableError("no such host");
  };
  config_.wait_for_nodes = false;
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), HasSubstr("Nothing is lost: apply again to go on."));
  const std::string made = OnlyCluster().id;
  host_.context.stop = {};
  host_.connections().api_server = [] { return absl::OkStatus(); };
  Make();
  EXPECT_EQ(OnlyCluster().id, made);
  EXPECT_EQ(cloud().Count("CreateCluster"), 1);
}

TEST_F(ClusterLifecycleTest, UpdatesWaitForNodesWhateverTheCreateDid) {
  config_.wait_for_nodes = false;
  Make();
  config_.node_pools->at("primary")->count = 4;
  Make();
  const ClusterModel state = host_.model();
  const auto& nodes = *state.node_pools->at("primary")->nodes;
  EXPECT_THAT(nodes, SizeIs(4));
  for (const auto& node : nodes) {
    EXPECT_EQ(*node->status, "running");
  }
}

TEST_F(ClusterLifecycleTest, WhetherTheCreateWaitedIsNoDifferenceLater) {
  Make();
  config_.wait_for_nodes = false;
  EXPECT_EQ(host_.Plan(config_).planned, host_.state);
}

TEST_F(ClusterLifecycleTest, WhatIsMadeCarriesOneAndTheSameMark) {
  Make();
  const std::string nonce = NonceOf(OnlyCluster().tags);
  EXPECT_THAT(nonce, SizeIs(16));
  EXPECT_EQ(NonceOf(Now().vpcs.at(*host_.model().vpc_id).description), nonce);
  EXPECT_TRUE(host_.model().tags.is_null()) << "the mark is none of the user's tags";
}

TEST_F(ClusterLifecycleTest, TheJournalIsKeptUntilTheStateIsSeenToHoldTheCluster) {
  Make();
  EXPECT_THAT(*host_.journal().All(), SizeIs(1));
  ASSERT_TRUE(host_.Refresh());
  EXPECT_THAT(*host_.journal().All(), IsEmpty());
}

TEST_F(ClusterLifecycleTest, AnInterruptedCreateIsHandedOverNotThrownAway) {
  Interrupt();
  EXPECT_TRUE(host_.tainted);
  EXPECT_THAT(Said(), AllOf(HasSubstr("stopped while waiting for cluster"),
                            HasSubstr("Nothing is lost: apply again to go on.")));
  const std::string first = OnlyCluster().id;
  Make();
  EXPECT_EQ(OnlyCluster().id, first);
  EXPECT_EQ(cloud().Count("CreateCluster"), 1);
  EXPECT_EQ(cloud().Count("CreateVpc"), 1);
  EXPECT_EQ(cloud().Count("DeleteCluster"), 0);
  EXPECT_FALSE(host_.tainted);
}

TEST_F(ClusterLifecycleTest, AHandOverNeedsNoJournalOfItsOwn) {
  Interrupt();
  host_.BeginRun();
  const auto intents = host_.journal().All();
  for (const Intent& intent : *intents) {
    ASSERT_THAT(host_.journal().Drop(intent.nonce), IsOk());
  }
  const std::string first = OnlyCluster().id;
  Make();
  EXPECT_EQ(OnlyCluster().id, first) << "the mark at the cloud is enough";
}

TEST_F(ClusterLifecycleTest, AnUnfinishedClusterIsDestroyedWhenThatIsAskedFor) {
  Interrupt();
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_THAT(Now().clusters, IsEmpty());
  EXPECT_THAT(Now().vpcs, SizeIs(1));
}

TEST_F(ClusterLifecycleTest, AnUnfinishedClusterOfAnotherNameIsNotHandedOver) {
  Interrupt();
  config_.name = "other";
  Make();
  EXPECT_EQ(OnlyCluster().name, "other");
  EXPECT_THAT(Now().vpcs, SizeIs(2));
}

TEST_F(ClusterLifecycleTest, AKilledApplyIsFoundAgainByItsMark) {
  Make();
  // The provider was killed before it could answer: neither state nor "finished" were written.
  const std::string first = OnlyCluster().id;
  host_.state = Value();
  host_.private_state = "";
  Make();
  EXPECT_EQ(host_.model().id, first);
  EXPECT_EQ(cloud().Count("CreateCluster"), 1);
  EXPECT_EQ(cloud().Count("CreateVpc"), 1);
}

TEST_F(ClusterLifecycleTest, AClusterOfSomebodyElseIsRefusedWithTheWayToImportIt) {
  config_.vpc = {};
  Make();
  const std::string theirs = OnlyCluster().id;
  cloud().Edit([](FakeCloud& now) { now.clusters.begin()->second.tags = {"k8s"}; });
  host_.state = Value();
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("a cluster named \"k8s\" exists already (id " + theirs),
                    HasSubstr("tofu import kproto_cluster.NAME " + theirs), HasSubstr("[name]")));
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_EQ(cloud().Count("CreateCluster"), 1);
}

TEST_F(ClusterLifecycleTest, AVpcOfSomebodyElseIsRefusedWithTheWayToUseIt) {
  const std::string theirs = ForeignVpc("k8s-vpc");
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("a VPC named \"k8s-vpc\" exists already (id " + theirs),
                            HasSubstr("vpc = { id = \"" + theirs + "\" }"), HasSubstr("[vpc]")));
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_THAT(*host_.journal().All(), IsEmpty()) << "nothing came of it";
}

TEST_F(ClusterLifecycleTest, ARangeThatIsTakenAtTheLastMomentIsBlamedOnTheRange) {
  cloud().FailNext("CreateVpc", absl::InvalidArgumentError(
                                    "This range/size overlaps with another VPC network in your "
                                    "account: theirs 10.10.0.0/16."));
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("could not create the VPC"), HasSubstr("overlaps"),
                            HasSubstr("[vpc.ip_range]")));
}

TEST_F(ClusterLifecycleTest, TwoBlocksOfOneNameAreTwoAttempts) {
  Make();
  ClusterModel second = config_;
  host_.said = Diagnostics();
  // The same run of the host goes on with the second block: what the first made is not its own.
  const auto intent = host_.journal().Begin(IntentKey(second));
  ASSERT_THAT(intent, IsOk());
  EXPECT_NE(intent->nonce, NonceOf(OnlyCluster().tags));
}

TEST_F(ClusterLifecycleTest, AClusterThatEndsInErrorIsReportedAndGoneOnWithWhenMended) {
  cloud().Edit([](FakeCloud& now) { now.provisioning_error = "out of capacity"; });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("as in error: out of capacity"),
                            HasSubstr("gone on with if it runs by then")));
  EXPECT_TRUE(host_.tainted);
  cloud().Edit([](FakeCloud& now) {
    now.clusters.begin()->second.status = {api::ClusterState::kRunning, "running", ""};
  });
  Make();
  EXPECT_EQ(cloud().Count("CreateCluster"), 1);
}

TEST_F(ClusterLifecycleTest, ADeadlineSaysWhatWasWaitedFor) {
  cloud().Edit([](FakeCloud& now) { now.polls_until_running = 1 << 30; });
  config_.timeouts = Timeouts{.create = "1s"};
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("timed out after"), HasSubstr("stopped while waiting for cluster"),
                    HasSubstr("which is provisioning"), HasSubstr("apply again to go on")));
  EXPECT_TRUE(host_.tainted);
}

TEST_F(ClusterLifecycleTest, AnUnreadablePriceIsNoReasonToThrowAClusterAway) {
  host_.connections().token = absl::UnavailableError("not known yet");
  const PlanResult plan = host_.Plan(config_);  // without a price
  host_.connections().token = absl::OkStatus();
  cloud().FailNext("ListSizes", absl::UnavailableError("no prices today"));
  ClusterResource resource(host_.connections());
  const StateResult made = resource.Apply(
      host_.context,
      {Value(), plan.planned, ClusterModel::Fields().Encode(config_), plan.planned_private},
      host_.said);
  EXPECT_FALSE(host_.said.has_error()) << Said();
  EXPECT_THAT(Said(), HasSubstr("no prices today"));
  EXPECT_TRUE(made.state["monthly_cost"].is_null());
  EXPECT_EQ(made.state["status"], Value::String("running"));
}

// ---- update
// --------------------------------------------------------------------------------------

TEST_F(ClusterLifecycleTest, PoolsAreScaledInPlace) {
  Make();
  const std::string pool = *host_.model().node_pools->at("primary")->id;
  (*config_.node_pools)["primary"]->count = 5;
  Make();
  EXPECT_EQ(*host_.model().node_pools->at("primary")->id, pool);
  EXPECT_EQ(host_.model().node_pools->at("primary")->nodes->size(), 5u);
  EXPECT_EQ(cloud().Count("UpdateNodePool"), 1);
  EXPECT_EQ(cloud().Count("CreateNodePool"), 0);
}

TEST_F(ClusterLifecycleTest, AnotherSizeSwapsThePoolAndNeverLeavesTheClusterWithoutNodes) {
  Make();
  config_.node_pools->erase("monitoring");
  Make();
  cloud().ForgetCalls();
  (*config_.node_pools)["primary"]->size = "c-2";
  size_t fewest = 99;
  cloud().OnCall([&](const std::string&) {
    size_t nodes = 0;
    const FakeCloud now = Now();
    for (const api::NodePool& pool : now.clusters.begin()->second.node_pools) {
      nodes += pool.nodes.size();
    }
    fewest = std::min(fewest, nodes);
  });
  Make();
  cloud().OnCall({});
  EXPECT_GE(fewest, 2u);
  ASSERT_THAT(OnlyCluster().node_pools, SizeIs(1));
  EXPECT_EQ(OnlyCluster().node_pools[0].name, "primary");
  EXPECT_EQ(OnlyCluster().node_pools[0].size, "c-2");
  std::vector<std::string> changes;
  for (const std::string& call : cloud().calls()) {
    if (absl::StrContains(call, "NodePool")) {
      changes.push_back(call.substr(0, call.find(' ')));
    }
  }
  EXPECT_THAT(changes, ElementsAre("UpdateNodePool", "CreateNodePool", "DeleteNodePool"));
}

TEST_F(ClusterLifecycleTest, SettingsKeepTheMarkAndDriftOfForeignTagsIsUndone) {
  Make();
  const std::string nonce = NonceOf(OnlyCluster().tags);
  config_.tags = SetOf<std::string>{{"team:a"}};
  Make();
  EXPECT_THAT(OnlyCluster().tags, AllOf(Contains("team:a"), Contains(OwnershipMark(nonce))));
  cloud().Edit([](FakeCloud& now) { now.clusters.begin()->second.tags.push_back("stray"); });
  Make();
  EXPECT_THAT(OnlyCluster().tags, Not(Contains("stray")));
}

TEST_F(ClusterLifecycleTest, AnUpgradeThatIsRefusedNamesTheVersion) {
  config_.version = "1.32";
  Make();
  cloud().FailNext("UpgradeCluster", absl::InvalidArgumentError("invalid upgrade path"));
  config_.version = "1.34";
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("could not upgrade from 1.32.10-do.0 to 1.33.5-do.0"),
                            HasSubstr("one minor version at a time"), HasSubstr("[version]")));
  EXPECT_EQ(*host_.model().version, "1.32") << "the next plan shows that it is still to do";
}

TEST_F(ClusterLifecycleTest, AFailedUpdateTellsWhatIs) {
  Make();
  (*config_.node_pools)["primary"]->count = 4;
  ClusterPool more;
  more.size = "c-4";
  more.count = 1;
  (*config_.node_pools)["zebra"] = more;  // after primary
  cloud().FailNext("CreateNodePool", absl::InvalidArgumentError("quota exceeded"));
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("pool zebra: quota exceeded"), HasSubstr("[node_pools[\"zebra\"]]")));
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(*host_.model().node_pools->at("primary")->count, 4);
  EXPECT_EQ(host_.model().node_pools->count("zebra"), 0u);
}

TEST_F(ClusterLifecycleTest, NodesReplacedBehindOurBackDoNotBreakAnUpdateOfOtherPools) {
  Make();
  (*config_.node_pools)["primary"]->count = 3;
  bool replaced = false;
  cloud().OnCall([&](const std::string& call) {
    if (!replaced && absl::StartsWith(call, "UpdateNodePool")) {
      replaced = true;
      cloud().Edit([](FakeCloud& now) {
        for (api::NodePool& pool : now.clusters.begin()->second.node_pools) {
          if (pool.name == "monitoring") {
            pool.nodes[0].id = "repaired";
          }
        }
      });
    }
  });
  Make();  // The host judges the result: it must be as planned.
  EXPECT_TRUE(replaced);
  cloud().OnCall({});
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(*host_.model().node_pools->at("monitoring")->nodes->at(0)->id, "repaired");
}

TEST_F(ClusterLifecycleTest, AnInterruptedUpgradeEndsRunning) {
  Make();
  config_.version = "1.34";
  config_.preflight = ClusterPreflight{.clusterlint = "off"};  // so that the upgrade waits first
  Interrupt();
  EXPECT_EQ(*host_.model().status, "upgrading");
  EXPECT_FALSE(host_.tainted) << "an update never taints";
  Make();
  EXPECT_EQ(*host_.model().status, "running");
  EXPECT_EQ(*host_.model().version_resolved, "1.34.1-do.0");
  EXPECT_EQ(cloud().Count("UpgradeCluster"), 1);
}

TEST_F(ClusterLifecycleTest, StepsWaitForOneAnotherBecauseTheyShareWhatTheySee) {
  ClusterModel state;
  ClusterWork work{cloud(), host_.journal(), config_, state, {}, {}};
  const auto vpc = MakeVpcStep(work), cluster = MakeClusterStep(work),
             upgrade = MakeUpgradeStep(work), pools = MakeNodePoolsStep(work),
             node_actions = MakeNodeActionsStep(work), firewall = MakeFirewallStep(work),
             api_server = MakeApiServerStep(work), certificate = MakeCertificateStep(work);
  const auto project = MakeProjectStep(work), registries = MakeRegistriesStep(work);
  const auto associated = MakeAssociatedStep(work);
  EXPECT_THAT(associated->needs(), ElementsAre(vpc->name()));
  EXPECT_THAT(cluster->needs(), ElementsAre(vpc->name(), associated->name()));
  EXPECT_THAT(upgrade->needs(), ElementsAre(cluster->name()));
  EXPECT_THAT(pools->needs(), ElementsAre(upgrade->name()));
  EXPECT_THAT(node_actions->needs(), ElementsAre(pools->name()));
  EXPECT_THAT(firewall->needs(), ElementsAre(node_actions->name()));
  EXPECT_THAT(api_server->needs(), ElementsAre(firewall->name()));
  EXPECT_THAT(project->needs(), ElementsAre(api_server->name()));
  EXPECT_THAT(registries->needs(), ElementsAre(project->name()));
  EXPECT_THAT(certificate->needs(), ElementsAre(registries->name()));
}

// ---- read and import -------------------------------------------------------------------------

TEST_F(ClusterLifecycleTest, AClusterThatIsGoneWithItsVpcIsForgotten) {
  Make();
  cloud().Edit([&](FakeCloud& now) {
    now.vpcs.erase(*host_.model().vpc_id);
    now.clusters.clear();
  });
  ASSERT_TRUE(host_.Refresh());
  EXPECT_TRUE(host_.state.is_null());
}

TEST_F(ClusterLifecycleTest, AVpcThatOutlivesItsClusterIsNotForgotten) {
  Make();
  const std::string vpc = *host_.model().vpc_id;
  cloud().Edit([&](FakeCloud& now) { now.clusters.clear(); });
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(*host_.model().vpc_id, vpc);
  EXPECT_TRUE(host_.model().id.is_null());
  EXPECT_THAT(host_.Plan(config_).requires_replace, ElementsAre(Path("id")));
  Make();
  EXPECT_EQ(*host_.model().vpc_id, vpc) << "the new cluster goes where the old one was";
  EXPECT_EQ(cloud().Count("CreateVpc"), 1);
}

TEST_F(ClusterLifecycleTest, ReadingThatFailsKeepsTheState) {
  Make();
  const Value before = host_.state;
  cloud().FailNext("GetCluster", absl::UnavailableError("no answer"));
  EXPECT_FALSE(host_.Refresh());
  EXPECT_EQ(host_.state, before);
}

TEST_F(ClusterLifecycleTest, AnImportedClusterOfOursPlansNoChange) {
  Make();
  for (const std::string& by : {OnlyCluster().id, std::string("k8s")}) {
    host_.state = Value();
    host_.private_state = "";
    ASSERT_TRUE(host_.Import(by)) << Said();
    EXPECT_EQ(host_.Plan(config_).planned, host_.state) << by;
    EXPECT_TRUE(host_.model().cluster_ca_certificate.is_known());
  }
}

TEST_F(ClusterLifecycleTest, AnImportedClusterKeepsTheVpcOfItsOwner) {
  config_.vpc = ClusterVpc{.id = ForeignVpc("theirs")};
  Make();
  host_.state = Value();
  ASSERT_TRUE(host_.Import("k8s"));
  EXPECT_EQ(host_.Plan(config_).planned, host_.state);
  ASSERT_TRUE(host_.Destroy());
  EXPECT_EQ(Now().vpcs.count(*config_.vpc->id), 1u);
}

TEST_F(ClusterLifecycleTest, ImportNeedsExactlyOneMatch) {
  Make();
  EXPECT_FALSE(host_.Import("nothing"));
  EXPECT_THAT(Said(), AllOf(HasSubstr("no cluster has the id or name \"nothing\""),
                            HasSubstr("k8s (" + OnlyCluster().id + ")")));
  cloud().Edit([](FakeCloud& now) {
    api::Cluster twin = now.clusters.begin()->second;
    twin.id = "twin";
    now.clusters["twin"] = twin;
  });
  EXPECT_FALSE(host_.Import("k8s"));
  EXPECT_THAT(Said(), AllOf(HasSubstr("2 clusters have the name \"k8s\""), HasSubstr("twin")));
  EXPECT_TRUE(host_.Import("twin"));
}

// ---- destroy
// -------------------------------------------------------------------------------------

TEST_F(ClusterLifecycleTest, DestroyRemovesClusterAndVpcAndWaitsForBoth) {
  Make();
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_THAT(Now().clusters, IsEmpty());
  EXPECT_THAT(Now().vpcs, SizeIs(1));
}

TEST_F(ClusterLifecycleTest, AnAdoptedVpcIsNeverChangedOrDeleted) {
  const std::string theirs = ForeignVpc("theirs");
  config_.vpc = ClusterVpc{.id = theirs};
  Make();
  EXPECT_EQ(OnlyCluster().vpc_uuid, theirs);
  ASSERT_TRUE(host_.Destroy());
  EXPECT_THAT(Now().clusters, IsEmpty());
  EXPECT_EQ(Now().vpcs.count(theirs), 1u);
  EXPECT_EQ(cloud().Count("DeleteVpc") + cloud().Count("UpdateVpc"), 0);
}

TEST_F(ClusterLifecycleTest, AnAdoptedVpcMustExist) {
  config_.vpc = ClusterVpc{.id = "no-such-id"};
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("there is no VPC with id no-such-id"), HasSubstr("[vpc.id]")));
}

TEST_F(ClusterLifecycleTest, AVpcThatBecameTheRegionsDefaultIsReleased) {
  config_.region = "ams3";  // has no default VPC: the first one made becomes it
  Make();
  const std::string vpc = *host_.model().vpc_id;
  ASSERT_TRUE(Now().vpcs.at(vpc).is_default);
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_EQ(Now().vpcs.count(vpc), 1u) << "nobody can delete it";
}

TEST_F(ClusterLifecycleTest, LoadBalancersGoWithTheirClusterAndVolumesStay) {
  Make();
  cloud().Edit([](FakeCloud& now) {
    const api::Cluster& cluster = now.clusters.begin()->second;
    now.load_balancers["lb-1"] = {.id = "lb-1", .name = "web", .vpc_uuid = cluster.vpc_uuid};
    now.volumes["vol-1"] = {.id = "vol-1", .name = "pvc-1"};
    now.associated[cluster.id].load_balancers.push_back({"lb-1", "web"});
    now.associated[cluster.id].volumes.push_back({"vol-1", "pvc-1"});
  });
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_EQ(cloud().Count("DeleteClusterSelective"), 1);
  EXPECT_THAT(Now().load_balancers, IsEmpty());
  EXPECT_THAT(Now().volumes, SizeIs(1)) << "volumes hold data";
  EXPECT_THAT(Now().vpcs, SizeIs(1));
}

TEST_F(ClusterLifecycleTest, MembersOfTheVpcAreWaitedFor) {
  Make();
  cloud().Edit([&](FakeCloud& now) {
    now.load_balancers["lb-2"] = {
        .id = "lb-2", .name = "lingering", .vpc_uuid = *host_.model().vpc_id};
  });
  int refusals = 0;
  host_.clock().OnSleep([&] {
    if (Now().clusters.empty() && ++refusals == 3) {
      cloud().Edit([](FakeCloud& now) { now.load_balancers.clear(); });
    }
  });
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_EQ(refusals, 3);
  EXPECT_EQ(cloud().Count("DeleteVpc"), 4);
}

TEST_F(ClusterLifecycleTest, ADeadlineOfDestroyNamesTheMembersThatAreInTheWay) {
  config_.timeouts = Timeouts{.remove = "1s"};
  Make();
  const std::string vpc = *host_.model().vpc_id;
  cloud().Edit([&](FakeCloud& now) {
    now.load_balancers["lb-3"] = {.id = "lb-3", .name = "of-somebody", .vpc_uuid = vpc};
  });
  EXPECT_FALSE(host_.Destroy());
  EXPECT_THAT(Said(), AllOf(HasSubstr("VPC " + vpc + " still has members"),
                            HasSubstr("do:loadbalancer:lb-3 (of-somebody"),
                            HasSubstr("run destroy again")));
  EXPECT_TRUE(host_.model().id.is_null()) << "the cluster is gone already";
  EXPECT_EQ(*host_.model().vpc_id, vpc) << "the VPC is not";
  cloud().Edit([](FakeCloud& now) { now.load_balancers.clear(); });
  ASSERT_TRUE(host_.Destroy()) << Said();
  EXPECT_THAT(Now().vpcs, SizeIs(1));
}

TEST_F(ClusterLifecycleTest, WithoutATokenNothingIsTouched) {
  Make();
  const Value before = host_.state;
  host_.connections().token = absl::FailedPreconditionError("no token is configured");
  EXPECT_FALSE(host_.Refresh());
  EXPECT_THAT(Said(), HasSubstr("no token is configured"));
  EXPECT_EQ(host_.state, before);
  host_.state = Value();
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_TRUE(host_.state.is_null());
}

}  // namespace
}  // namespace kproto::testing
