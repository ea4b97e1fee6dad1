// SPDX-License-Identifier: MPL-2.0
// Nobody locks themselves out of the API server.
#include <algorithm>
#include <stop_token>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr char kHere[] = "203.0.113.7";

class LockOutTest : public ::testing::Test {
 protected:
  LockOutTest() {
    host_.connections().api_server = [this] {
      ++probes_;
      const api::ControlPlaneFirewall firewall = Firewall();
      const auto& allowed = firewall.allowed_addresses;
      const bool open =
          !firewall.enabled || std::find(allowed.begin(), allowed.end(), kHere) != allowed.end();
      return open && answers_ ? absl::OkStatus() : absl::UnavailableError("connection timed out");
    };
  }
  api::ControlPlaneFirewall Firewall() {
    const FakeCloud now = host_.cloud().cloud();
    return now.clusters.empty() ? api::ControlPlaneFirewall()
                                : now.clusters.begin()->second.control_plane_firewall.value_or(
                                      api::ControlPlaneFirewall());
  }
  void Allow(std::vector<std::string> addresses) {
    SetOf<std::string> set;
    set.elements.assign(addresses.begin(), addresses.end());
    config_.control_plane_firewall =
        ControlPlaneFirewall{.enabled = true, .allowed_addresses = std::move(set)};
  }
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Said(); }
  std::string Said() { return Text(host_.said); }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
  bool answers_ = true;
  int probes_ = 0;
};

TEST_F(LockOutTest, AListThatLetsUsInIsKeptAfterItWasTried) {
  Make();
  EXPECT_EQ(probes_, 0) << "without a firewall there is nothing to try";
  Allow({kHere});
  Make();
  EXPECT_TRUE(Firewall().enabled);
  EXPECT_GE(probes_, 6) << "for half a minute: rules take a while to come into force";
  EXPECT_THAT(host_.connections().reached, Each(HasSubstr(".k8s.ondigitalocean.com")));
  const int before = probes_;
  Make();
  EXPECT_EQ(probes_, before) << "nothing changed, nothing is tried";
}

TEST_F(LockOutTest, AListThatShutsUsOutIsUndone) {
  Allow({kHere, "198.51.100.0/24"});
  Make();
  const Value before = host_.state;
  Allow({"198.51.100.0/24"});
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), AllOf(HasSubstr("does not answer from here (connection timed out)"),
                            HasSubstr("the change was undone"), HasSubstr("allow_lockout = true"),
                            HasSubstr("[control_plane_firewall.allowed_addresses]")));
  EXPECT_THAT(Firewall().allowed_addresses, UnorderedElementsAre(kHere, "198.51.100.0/24"));
  EXPECT_EQ(host_.state, before);
}

TEST_F(LockOutTest, AFirewallThatShutsUsOutLaterIsUndoneToo) {
  Make();
  // The rule comes into force only after some answers.
  int left = 3;
  host_.connections().api_server = [&] {
    return Firewall().enabled && left-- <= 0 ? absl::UnavailableError("refused") : absl::OkStatus();
  };
  Allow({"198.51.100.0/24"});
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_FALSE(Firewall().enabled);
}

TEST_F(LockOutTest, ARuleThatTakesTimeToLetUsInIsWaitedFor) {
  Make();
  int silent = 5;
  host_.connections().api_server = [&] {
    return Firewall().enabled && silent-- > 0 ? absl::UnavailableError("refused")
                                              : absl::OkStatus();
  };
  Allow({kHere});
  Make();
}

TEST_F(LockOutTest, ARefusalByTheApiServerIsAnAnswer) {
  Make();
  host_.connections().api_server = [] { return absl::UnauthenticatedError("who are you"); };
  Allow({kHere});
  Make();
}

TEST_F(LockOutTest, WhoWasOutBeforeIsNotPutBackThere) {
  Make();
  answers_ = false;
  Allow({kHere});
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), Not(HasSubstr("undone")));
  EXPECT_TRUE(Firewall().enabled) << "the change is not what shut us out";
}

TEST_F(LockOutTest, ANewClusterIsNeverOpenAndStillTried) {
  Allow({"198.51.100.0/24"});
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_TRUE(Firewall().enabled) << "made with it, and there is nothing to go back to";
  EXPECT_EQ(host_.cloud().Count("UpdateCluster"), 0);
  const std::string made = host_.cloud().cloud().clusters.begin()->first;
  Allow({"198.51.100.0/24", kHere});
  Make();
  EXPECT_EQ(host_.cloud().cloud().clusters.begin()->first, made) << "gone on with, not made anew";
}

TEST_F(LockOutTest, ALockOutThatIsAskedForIsGranted) {
  Allow({"198.51.100.0/24"});
  config_.control_plane_firewall->allow_lockout = true;
  Make();
  EXPECT_TRUE(Firewall().enabled);
  EXPECT_EQ(probes_, 0);
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(host_.Plan(config_).planned, host_.state);
}

TEST_F(LockOutTest, AFailedUndoIsSaid) {
  Make();
  Allow({"198.51.100.0/24"});
  int updates = 0;
  host_.cloud().OnCall([&](const std::string& call) {
    if (call.rfind("UpdateCluster", 0) == 0 && ++updates == 2) {
      host_.cloud().FailNext("UpdateCluster", absl::UnavailableError("API down"));
    }
  });
  EXPECT_FALSE(host_.Apply(config_));
  host_.cloud().OnCall({});
  EXPECT_THAT(Said(), HasSubstr("undoing it failed too: could not change the firewall: API down"));
  EXPECT_TRUE(*host_.model().control_plane_firewall->enabled) << "the state says what is";
}

TEST_F(LockOutTest, AnInterruptedTrialEndsAtOnceAndKeepsTheState) {
  Make();
  Allow({kHere});
  std::stop_source stop;
  host_.context.stop = stop.get_token();
  host_.clock().OnSleep([&] { stop.request_stop(); });
  EXPECT_FALSE(host_.Apply(config_));
  host_.clock().OnSleep({});
  host_.context.stop = {};
  EXPECT_THAT(Said(), HasSubstr("stopped before it was certain"));
  Make();
}

}  // namespace
}  // namespace kproto::testing
