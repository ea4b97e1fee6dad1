// SPDX-License-Identifier: MPL-2.0
#include "resources/firewall/resource.h"
#include "resources/firewall/rules.h"
#include "tests/resources/resource_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

SetOf<std::string> Texts(std::vector<std::string> texts) {
  SetOf<std::string> set;
  for (std::string& text : texts) {
    set.elements.push_back(std::move(text));
  }
  return set;
}

InboundRule From(const std::string& protocol, const char* ports,
                 const std::vector<std::string>& addresses) {
  InboundRule rule;
  rule.protocol = protocol;
  if (ports != nullptr) {
    rule.ports = ports;
  }
  FirewallTargets sources;
  if (!addresses.empty()) {
    sources.addresses = Texts(addresses);
  }
  rule.sources = sources;
  return rule;
}

class FirewallResourceTest : public ::testing::Test {
 protected:
  FirewallResourceTest() {
    config_.name = "guard";
    config_.inbound_rules = SetOf<InboundRule>{{From("tcp", "all", {"10.0.0.0/8", "::/0"}),
                                                From("icmp", nullptr, {"0.0.0.0/0"}),
                                                From("tcp", "8000-9000", {"192.0.2.1"})}};
    OutboundRule out;
    out.protocol = "udp";
    out.ports = "0";
    FirewallTargets everybody;
    everybody.addresses = Texts({"0.0.0.0/0"});
    out.destinations = everybody;
    config_.outbound_rules = SetOf<OutboundRule>{{out}};
    config_.tags = Texts({"web"});
  }
  std::string Complaint() {
    host_.Validate(config_);
    return host_.Text();
  }
  api::Firewall Live() { return host_.cloud().cloud().firewalls.begin()->second; }

  ResourceHost<FirewallResource, FirewallModel> host_;
  FirewallModel config_;
};

TEST_F(FirewallResourceTest, IsWaitedForUntilEveryDropletHasItsRules) {
  config_.droplet_ids = SetOf<int64_t>{{int64_t{17}}};
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_EQ(*host_.model().status, "succeeded");
  EXPECT_THAT(Live().pending_changes, IsEmpty());
  EXPECT_THAT(host_.clock().sleeps(), Not(IsEmpty()));
}

TEST_F(FirewallResourceTest, WhatMeansTheSameIsNoChange) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_EQ(Live().inbound_rules[1].ports, "0") << "icmp, and all, as DigitalOcean spells them";
  EXPECT_TRUE(host_.PlansNothing(config_)) << host_.Text();
  host_.cloud().Edit([](FakeCloud& cloud) {  // the API keeps no order
    api::Firewall& firewall = cloud.firewalls.begin()->second;
    std::reverse(firewall.inbound_rules.begin(), firewall.inbound_rules.end());
    for (api::FirewallRule& rule : firewall.inbound_rules) {
      std::reverse(rule.target.addresses.begin(), rule.target.addresses.end());
    }
  });
  EXPECT_TRUE(host_.PlansNothing(config_)) << host_.Text();
}

TEST_F(FirewallResourceTest, DriftIsSeenAndMended) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  host_.cloud().Edit([](FakeCloud& cloud) {
    api::Firewall& firewall = cloud.firewalls.begin()->second;
    firewall.inbound_rules.pop_back();
    firewall.inbound_rules[0].target.tags = {"intruder"};
  });
  EXPECT_FALSE(host_.PlansNothing(config_));
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_THAT(Live().inbound_rules, SizeIs(3));
  EXPECT_TRUE(host_.PlansNothing(config_));
}

TEST_F(FirewallResourceTest, TheLastTagAndTheLastRuleOfADirectionGoAway) {
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  config_.tags = {};
  config_.outbound_rules = {};
  ASSERT_TRUE(host_.Apply(config_)) << host_.Text();
  EXPECT_THAT(Live().tags, IsEmpty());
  EXPECT_THAT(Live().outbound_rules, IsEmpty());
  EXPECT_TRUE(host_.PlansNothing(config_));
}

TEST_F(FirewallResourceTest, RulesThatCannotBeAreRefusedBeforeAnythingIsAsked) {
  const auto with = [&](const InboundRule& rule) {
    config_.inbound_rules = SetOf<InboundRule>{{rule}};
    return Complaint();
  };
  EXPECT_THAT(with(From("tcp", nullptr, {"10.0.0.0/8"})), HasSubstr("needs ports"));
  EXPECT_THAT(with(From("icmp", "22", {"10.0.0.0/8"})), HasSubstr("Leave ports out"));
  EXPECT_THAT(with(From("tcp", "22", {})), HasSubstr("names nobody in sources"));
  EXPECT_THAT(with(From("sctp", "22", {"10.0.0.0/8"})), HasSubstr("protocol"));
  EXPECT_THAT(with(From("tcp", "9-8", {"10.0.0.0/8"})), HasSubstr("not \"9-8\""));
  EXPECT_THAT(with(From("tcp", "22", {"10.0.0.0/33"})), HasSubstr("10.0.0.0/33"));
  config_.inbound_rules = {};
  config_.outbound_rules = {};
  EXPECT_THAT(Complaint(), HasSubstr("at least one rule"));
  config_.inbound_rules = Attr<SetOf<InboundRule>>::Unknown();
  EXPECT_EQ(Complaint(), "") << "what is not known yet is not judged";
}

TEST_F(FirewallResourceTest, ThePlanRefusesClustersAndLoadBalancersThatAreNotThere) {
  InboundRule rule = From("tcp", "22", {});
  rule.sources->kubernetes_ids = Texts({"no-cluster"});
  rule.sources->load_balancer_uids = Texts({"no-balancer"});
  config_.inbound_rules = SetOf<InboundRule>{{rule}};
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("no Kubernetes cluster with id no-cluster"),
                                  HasSubstr("no load balancer with id no-balancer")));
}

TEST(FirewallRulesTest, PortsAndAddresses) {
  for (const char* good : {"22", "8000-9000", "1-65535", "80-80", "all", "0"}) {
    EXPECT_THAT(CheckPorts(good), IsOk()) << good;
  }
  for (const char* bad : {"", "-", "22-", "0-5", "65536", "9-8", "1-2-3", "ssh", "+22", " 22"}) {
    EXPECT_FALSE(CheckPorts(bad).ok()) << bad;
  }
  for (const char* good : {"192.0.2.1", "10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::1"}) {
    EXPECT_THAT(CheckAddress(good), IsOk()) << good;
  }
  for (const char* bad : {"", "/8", "10.0.0/8", "10.0.0.0/33", "::/129", "host", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(CheckAddress(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace kproto::testing
