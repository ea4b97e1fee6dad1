// SPDX-License-Identifier: MPL-2.0
// Upgrades of a kproto_cluster: the way to a version, as planned and as walked, and what is waited
// for at each hop.
#include <stop_token>

#include "absl/strings/match.h"
#include "base/hint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/cluster/upgrade_path.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/fake_kubernetes.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Slugs = std::vector<std::string>;

const Slugs kOffered = {"1.34.1-do.0", "1.33.5-do.0", "1.33.4-do.2", "1.32.10-do.0", "odd"};

// ---- the path ----------------------------------------------------------------------------------

TEST(UpgradePathTest, TheNewestPatchComesFirstThenEachMinorInTurn) {
  EXPECT_THAT(UpgradePath("1.32.8-do.1", "1.34.1-do.0", {"1.32.10-do.0"}, kOffered),
              IsOkAndHolds(ElementsAre("1.32.10-do.0", "1.33.5-do.0", "1.34.1-do.0")));
  EXPECT_THAT(UpgradePath("1.32.10-do.0", "1.34.1-do.0", {"1.33.5-do.0"}, kOffered),
              IsOkAndHolds(ElementsAre("1.33.5-do.0", "1.34.1-do.0")));
  EXPECT_THAT(UpgradePath("1.33.5-do.0", "1.34.1-do.0", {"1.34.1-do.0"}, kOffered),
              IsOkAndHolds(ElementsAre("1.34.1-do.0")));
}

TEST(UpgradePathTest, APatchComesFirstEvenWhereTheNextMinorIsListedToo) {
  EXPECT_THAT(UpgradePath("1.33.3-do.0", "1.34.1-do.0",
                          {"1.34.1-do.0", "1.33.4-do.2", "1.33.5-do.0"}, kOffered),
              IsOkAndHolds(ElementsAre("1.33.5-do.0", "1.34.1-do.0")));
}

TEST(UpgradePathTest, NoHopsToWhereTheClusterIs) {
  EXPECT_THAT(UpgradePath("1.33.5-do.0", "1.33.5-do.0", {}, kOffered), IsOkAndHolds(IsEmpty()));
}

TEST(UpgradePathTest, APatchMustBeOneThatIsListed) {
  EXPECT_THAT(UpgradePath("1.33.3-do.0", "1.33.5-do.0", {"1.33.5-do.0"}, kOffered),
              IsOkAndHolds(ElementsAre("1.33.5-do.0")));
  const auto older = UpgradePath("1.33.3-do.0", "1.33.4-do.2", {"1.33.5-do.0"}, kOffered);
  EXPECT_THAT(older, StatusIs(absl::StatusCode::kFailedPrecondition,
                              HasSubstr("no upgrade leads from 1.33.3-do.0 to 1.33.4-do.2")));
  EXPECT_EQ(HintOf(older.status()), "Possible now: 1.33.5-do.0.");
}

TEST(UpgradePathTest, AMinorThatIsNoLongerOfferedIsNoBridge) {
  const auto gap =
      UpgradePath("1.32.10-do.0", "1.35.0-do.0", {"1.33.5-do.0"}, {"1.35.0-do.0", "1.33.5-do.0"});
  EXPECT_THAT(gap, StatusIs(absl::StatusCode::kFailedPrecondition,
                            HasSubstr("pass 1.34, which DigitalOcean no longer offers")));
  const auto none = UpgradePath("1.31.1-do.0", "1.33.5-do.0", {}, kOffered);
  EXPECT_THAT(none, StatusIs(absl::StatusCode::kFailedPrecondition,
                             HasSubstr("pass 1.32, which is not offered to it")));
  EXPECT_EQ(HintOf(none.status()), "DigitalOcean offers this cluster no upgrade at present.");
}

TEST(UpgradePathTest, NeverDownAndNeverInCircles) {
  EXPECT_THAT(NextHop("1.33.5-do.0", "1.32.10-do.0", {"1.33.5-do.0"}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("never downgraded")));
  // An API that lists what runs already, or older, leads nowhere new.
  EXPECT_THAT(NextHop("1.33.5-do.0", "1.34.1-do.0", {"1.33.5-do.0", "1.33.4-do.2", "1.34.1-do.0"}),
              IsOkAndHolds("1.34.1-do.0"));
  EXPECT_THAT(NextHop("1.33.5-do.0", "nonsense", {}), StatusIs(absl::StatusCode::kInvalidArgument));
}

// ---- planned and walked ------------------------------------------------------------------------

class ClusterUpgradeTest : public ::testing::Test {
 protected:
  ClusterUpgradeTest() { config_.version = "1.32"; }
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Said(); }
  std::string Said() { return Text(host_.said); }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  api::Cluster Live() { return cloud().cloud().clusters.begin()->second; }
  ClusterModel Planned() {
    host_.said = Diagnostics();
    const auto planned = ClusterModel::Fields().Decode(host_.Plan(config_).planned);
    EXPECT_THAT(planned, IsOk());
    return planned.value_or(ClusterModel());
  }
  // The POSTs of upgrades so far, as slugs.
  Slugs Hops() {
    Slugs hops;
    for (const std::string& call : cloud().calls()) {
      if (absl::StartsWith(call, "UpgradeCluster ")) {
        hops.push_back(call.substr(call.rfind(' ') + 1));
      }
    }
    return hops;
  }
  void PublishPatch(const std::string& slug) {
    cloud().Edit([&](FakeCloud& now) {
      auto& versions = now.options.versions;
      auto at = versions.begin();
      while (at != versions.end() && at->slug > slug) {
        ++at;
      }
      versions.insert(at, {slug, slug.substr(0, slug.find('-')), {}});
    });
  }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
};

ListOf<std::string> PathOf(const Slugs& slugs) { return {slugs.begin(), slugs.end()}; }

TEST_F(ClusterUpgradeTest, ThePlanShowsThePathAndTheApplyWalksIt) {
  Make();
  const std::string id = Live().id;
  PublishPatch("1.32.11-do.0");
  config_.version = "1.34";
  const Slugs path = {"1.32.11-do.0", "1.33.5-do.0", "1.34.1-do.0"};
  EXPECT_EQ(Planned().upgrade_path, Attr<ListOf<std::string>>(PathOf(path)));
  EXPECT_THAT(Hops(), IsEmpty()) << "a plan only reads";
  Make();
  EXPECT_EQ(Hops(), path);
  EXPECT_EQ(Live().version, "1.34.1-do.0");
  EXPECT_EQ(Live().id, id);
  EXPECT_EQ(host_.model().upgrade_path, Attr<ListOf<std::string>>(PathOf(path)));
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(host_.Plan(config_).planned, host_.state) << "not a plan without changes";
}

TEST_F(ClusterUpgradeTest, AnotherChangeKeepsThePathOfTheLastUpgrade) {
  Make();
  EXPECT_TRUE(host_.model().upgrade_path.is_null());
  config_.version = "1.33";
  Make();
  (*config_.node_pools)["primary"]->count = 3;
  EXPECT_EQ(Planned().upgrade_path, Attr<ListOf<std::string>>(PathOf({"1.33.5-do.0"})));
  Make();
}

TEST_F(ClusterUpgradeTest, AnImpossiblePathIsRefusedByThePlanWithWhatIsPossible) {
  Make();
  cloud().Edit([](FakeCloud& now) {
    std::erase_if(now.options.versions, [](const auto& v) { return v.slug == "1.33.5-do.0"; });
  });
  PublishPatch("1.32.11-do.0");
  config_.version = "1.34";
  Planned();
  EXPECT_THAT(Said(), AllOf(HasSubstr("No way to this version"),
                            HasSubstr("from 1.32.10-do.0 to 1.34.1-do.0"),
                            HasSubstr("1.33, which DigitalOcean no longer offers"),
                            HasSubstr("Possible now: 1.32.11-do.0."), HasSubstr("[version]")));
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Hops(), IsEmpty());
}

TEST_F(ClusterUpgradeTest, AnApiThatDoesNotTellOfUpgradesFailsThePlanNotTheState) {
  Make();
  config_.version = "1.33";
  cloud().FailNext("ListUpgrades", absl::UnavailableError("no answer"));
  Planned();
  EXPECT_THAT(Said(), AllOf(HasSubstr("Could not ask DigitalOcean for upgrades"),
                            HasSubstr("no answer"), HasSubstr("[version]")));
}

TEST_F(ClusterUpgradeTest, EndsOnlyWhenEveryNodeIsFromAfterTheUpgrade) {
  Make();
  const std::string old = Live().node_pools[0].nodes[0].id;
  config_.version = "1.33";
  cloud().Edit([](FakeCloud& now) { now.nodes_outlive_upgrades = true; });
  int polls = 0;
  host_.clock().OnSleep([&] {
    if (Live().version == "1.33.5-do.0" && ++polls == 3) {
      cloud().Edit([](FakeCloud& now) {
        int number = 0;
        for (api::NodePool& pool : now.clusters.begin()->second.node_pools) {
          for (api::Node& node : pool.nodes) {
            node.id = "new-" + std::to_string(number++);
          }
        }
      });
    }
  });
  Make();
  EXPECT_EQ(polls, 3);
  EXPECT_NE(Live().node_pools[0].nodes[0].id, old);
  EXPECT_THAT(Said(), Not(HasSubstr("Nodes from before")));
}

TEST_F(ClusterUpgradeTest, NodesUpgradedInTheirPlaceSayThatTheyAre) {
  Make();
  const auto kubernetes = std::make_shared<FakeKubernetes>();
  const auto tell = [&](const std::string& version) {
    for (const api::NodePool& pool : Live().node_pools) {
      for (const api::Node& node : pool.nodes) {
        kubernetes->Put(
            {{"apiVersion", "v1"},
             {"kind", "Node"},
             {"metadata",
              {{"name", node.name}, {"labels", {{"doks.digitalocean.com/version", version}}}}}});
      }
    }
  };
  tell("1.32.10-do.0");
  host_.connections().kubernetes = kubernetes;
  cloud().Edit([](FakeCloud& now) { now.nodes_outlive_upgrades = true; });
  config_.version = "1.33";
  int polls = 0;
  host_.clock().OnSleep([&] {
    if (Live().version == "1.33.5-do.0" && ++polls == 10) {
      tell("1.33.5-do.0");
    }
  });
  Make();
  EXPECT_GE(polls, 10) << "not before they are";
  EXPECT_LE(polls, 20) << "and soon after";
  EXPECT_THAT(Said(), Not(HasSubstr("Nodes from before")));
}

TEST_F(ClusterUpgradeTest, NodesThatOutliveTheUpgradeAreNamedInAWarning) {
  Make();
  cloud().Edit([](FakeCloud& now) { now.nodes_outlive_upgrades = true; });
  config_.version = "1.33";
  Make();
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("Nodes from before the upgrade"),
                    HasSubstr(Live().node_pools[0].nodes[0].name), HasSubstr("replace_nodes")));
}

TEST_F(ClusterUpgradeTest, AnUpgradeThatIsAcceptedAndNeverBeginsIsAnError) {
  Make();
  cloud().Edit([](FakeCloud& now) { now.upgrades_never_begin = true; });
  config_.version = "1.33";
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("accepted the upgrade to 1.33.5-do.0"),
                            HasSubstr("still at 1.32.10-do.0"), HasSubstr("Apply again")));
  cloud().Edit([](FakeCloud& now) { now.upgrades_never_begin = false; });
  Make();
  EXPECT_EQ(Live().version, "1.33.5-do.0");
}

TEST_F(ClusterUpgradeTest, ALostAnswerIsClearedUpAtTheCloud) {
  Make();
  cloud().FailNext("UpgradeCluster", absl::UnavailableError("reset"), FailWhen::kAfter);
  config_.version = "1.33";
  Make();
  EXPECT_THAT(Hops(), ElementsAre("1.33.5-do.0"));
}

TEST_F(ClusterUpgradeTest, AnErrorEndsWithTheLastMessageOfDigitalOcean) {
  Make();
  const std::string id = Live().id;
  cloud().Edit([&](FakeCloud& now) {
    now.messages[id].push_back({"cluster is running", "2026-01-01T00:00:00Z"});
  });
  config_.version = "1.33";
  config_.preflight = ClusterPreflight{.clusterlint = "off"};
  host_.clock().OnSleep([&] {
    cloud().Edit([&](FakeCloud& now) {
      now.messages[id].push_back({"replacing the control plane", "2026-01-01T00:00:01Z"});
      now.clusters[id].status = {api::ClusterState::kError, "error", "etcd is lost"};
    });
  });
  EXPECT_FALSE(host_.Apply(config_));
  host_.clock().OnSleep({});
  EXPECT_THAT(Said(), AllOf(HasSubstr("as in error: etcd is lost"),
                            HasSubstr("last message: \"replacing the control plane\"")));
}

TEST_F(ClusterUpgradeTest, WhatDigitalOceanSaysMeanwhileIsReadNowAndThen) {
  Make();
  cloud().Edit([](FakeCloud& now) { now.polls_until_running = 20; });
  config_.version = "1.33";
  cloud().ForgetCalls();
  Make();
  EXPECT_GE(cloud().Count("ListStatusMessages"), 4);
  EXPECT_LE(cloud().Count("ListStatusMessages"), 8) << "not at every poll";
}

TEST_F(ClusterUpgradeTest, AnUpgradeInterruptedBetweenHopsGoesOnFromWhereItStands) {
  Make();
  config_.version = "1.34";
  std::stop_source stop;
  host_.context.stop = stop.get_token();
  host_.clock().OnSleep([&] {
    if (Live().version == "1.33.5-do.0") {
      stop.request_stop();
    }
  });
  cloud().Edit([](FakeCloud& now) { now.nodes_outlive_upgrades = true; });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("stopped while waiting"), HasSubstr("apply again to go on")));
  EXPECT_EQ(*host_.model().version_resolved, "1.33.5-do.0");
  host_.context.stop = {};
  host_.clock().OnSleep({});
  cloud().Edit([](FakeCloud& now) { now.nodes_outlive_upgrades = false; });
  EXPECT_EQ(Planned().upgrade_path, Attr<ListOf<std::string>>(PathOf({"1.34.1-do.0"})));
  Make();
  EXPECT_THAT(Hops(), ElementsAre("1.33.5-do.0", "1.34.1-do.0"));
}

TEST_F(ClusterUpgradeTest, AnUpgradeThatOutlivedItsApplyIsWaitedForByTheNext) {
  Make();
  config_.version = "1.33";
  // As after a kill: begun at the cloud, and the state knows nothing of it.
  ASSERT_THAT(cloud().UpgradeCluster(Live().id, "1.33.5-do.0", {}), IsOk());
  cloud().ForgetCalls();
  Make();
  EXPECT_THAT(Hops(), IsEmpty());
  EXPECT_EQ(*host_.model().status, "running");
  EXPECT_EQ(*host_.model().version, "1.33");
}

// ---- clusterlint -------------------------------------------------------------------------------

class ClusterlintTest : public ClusterUpgradeTest {
 protected:
  void FindTrouble() {
    cloud().Edit([](FakeCloud& now) {
      now.findings[now.clusters.begin()->first] = {
          {"admission-controller-webhook", "error", "would keep nodes from starting",
           "ValidatingWebhookConfiguration", "", "gate"},
          {"bare-pods", "warning", "will not be scheduled anew", "Pod", "default", "lonely"},
          {"latest-tag", "suggestion", "pin it", "Pod", "default", "web"}};
    });
  }
  void Preflight(const char* clusterlint) {
    config_.preflight = ClusterPreflight{.clusterlint = clusterlint};
  }
};

TEST_F(ClusterlintTest, ErrorsStopTheUpgradeBeforeItBegins) {
  Make();
  FindTrouble();
  Preflight("error");
  config_.version = "1.33";
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(
      Said(),
      AllOf(HasSubstr("clusterlint found errors"),
            HasSubstr("error: admission-controller-webhook: "
                      "ValidatingWebhookConfiguration gate: would keep nodes from starting"),
            Not(HasSubstr("bare-pods")), HasSubstr("[preflight.clusterlint]")));
  EXPECT_THAT(Hops(), IsEmpty());
  cloud().Edit([](FakeCloud& now) { now.findings.clear(); });
  Make();
  EXPECT_THAT(Hops(), ElementsAre("1.33.5-do.0"));
}

TEST_F(ClusterlintTest, FindingsThatDoNotBlockAreAWarning) {
  for (const char* mode : {"", "warning"}) {
    ClusterHost host;
    ClusterModel config = SmallPlatform();
    ASSERT_TRUE(host.Apply(config));
    host.cloud().Edit([](FakeCloud& now) {
      now.findings[now.clusters.begin()->first] = {
          {"webhook", "error", "bad", "Webhook", "", "gate"},
          {"bare-pods", "warning", "lonely pod", "Pod", "default", "lonely"},
          {"latest-tag", "suggestion", "pin it", "Pod", "default", "web"}};
    });
    config.version = "1.34";
    if (*mode != '\0') {
      config.preflight = ClusterPreflight{.clusterlint = mode};
    }
    EXPECT_TRUE(host.Apply(config)) << Text(host.said);
    EXPECT_THAT(Text(host.said),
                AllOf(HasSubstr("Findings of clusterlint before the upgrade"),
                      HasSubstr("error: webhook: Webhook gate: bad"),
                      HasSubstr("warning: bare-pods: Pod default/lonely: lonely pod"),
                      Not(HasSubstr("latest-tag"))));
  }
}

TEST_F(ClusterlintTest, OffAsksNothingAndIsNeverAskedForOtherChanges) {
  Make();
  EXPECT_EQ(cloud().Count("RunClusterlint"), 0);
  FindTrouble();
  Preflight("off");
  config_.version = "1.34";
  Make();
  EXPECT_EQ(cloud().Count("RunClusterlint"), 0);
  EXPECT_EQ(Said(), "");
}

TEST_F(ClusterlintTest, RunsOnceForAPathOfSeveralHops) {
  Make();
  Preflight("error");
  config_.version = "1.34";
  Make();
  EXPECT_EQ(Hops().size(), 2u);
  EXPECT_EQ(cloud().Count("RunClusterlint"), 1);
}

TEST_F(ClusterlintTest, ACheckThatCannotBeMadeBlocksOnlyWhereErrorsWould) {
  Make();
  Preflight("error");
  config_.version = "1.33";
  cloud().FailNext("RunClusterlint", absl::UnavailableError("no answer"));
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("clusterlint could not be run before the upgrade: no answer"),
                            HasSubstr("[preflight.clusterlint]")));
  Preflight("warning");
  cloud().Edit([](FakeCloud& now) { now.polls_until_linted = 1 << 20; });
  Make();
  EXPECT_THAT(Said(), AllOf(HasSubstr("Cluster not checked before the upgrade"),
                            HasSubstr("does not come to an end")));
  EXPECT_THAT(Hops(), ElementsAre("1.33.5-do.0"));
}

}  // namespace
}  // namespace kproto::testing
