// SPDX-License-Identifier: MPL-2.0
// What is refused before anything is asked of the cloud.
#include "tests/resources/load_balancer/balancer.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BalancerChecksTest : public ::testing::Test {
 protected:
  std::string Refusal(const LoadBalancerModel& config) {
    host_.Validate(config);
    return host_.Text();
  }
  LoadBalancerModel WithRule(const BalancerRule& rule) {
    LoadBalancerModel config = Web();
    config.forwarding_rules->elements.push_back(rule);
    return config;
  }

  BalancerHost host_;
};

TEST_F(BalancerChecksTest, GoodOnesPass) {
  EXPECT_THAT(Refusal(Web()), IsEmpty());
  EXPECT_THAT(Refusal(Global()), IsEmpty());
  LoadBalancerModel unknown;
  unknown.name = unknown.type = unknown.region = Attr<std::string>::Unknown();
  unknown.forwarding_rules = Attr<SetOf<BalancerRule>>::Unknown();
  EXPECT_THAT(Refusal(unknown), IsEmpty());
}

TEST_F(BalancerChecksTest, ARegionalOneNeedsARegionAndARule) {
  LoadBalancerModel config = Web();
  config.region = {};
  config.forwarding_rules = {};
  EXPECT_THAT(Refusal(config), AllOf(HasSubstr("needs a region, such as \"nyc3\". [region]"),
                                     HasSubstr("at least one of forwarding_rules")));
  config = Web();
  config.domains = MapOf<BalancerDomain>{{"example.com", BalancerDomain()}};
  config.glb_settings = *Global().glb_settings;
  EXPECT_THAT(Refusal(config),
              AllOf(HasSubstr("domains: only for type GLOBAL"), HasSubstr("[glb_settings]")));
}

TEST_F(BalancerChecksTest, AGlobalOneHasNoPlaceAndOneSize) {
  LoadBalancerModel config = Global();
  config.region = "nyc3";
  config.vpc_uuid = "v";
  config.size_unit = 2;
  config.glb_settings = {};
  EXPECT_THAT(Refusal(config), AllOf(HasSubstr("[region]"), HasSubstr("[vpc_uuid]"),
                                     HasSubstr("cannot be scaled"), HasSubstr("target_protocol")));
}

TEST_F(BalancerChecksTest, ReservedAndRepeatedPortsAreRefused) {
  EXPECT_THAT(Refusal(WithRule(Rule("tcp", 50054, 1))), HasSubstr("50053 to 50055"));
  EXPECT_THAT(Refusal(WithRule(Rule("tcp", 80, 1))), HasSubstr("2 rules listen on 80/tcp"));
  EXPECT_THAT(Refusal(WithRule(Rule("udp", 80, 1))), IsEmpty()) << "another transport";
}

TEST_F(BalancerChecksTest, TlsIsEndedOrPassedThroughNotBoth) {
  BalancerRule rule = Rule("https", 443, 30443);
  EXPECT_THAT(Refusal(WithRule(rule)), HasSubstr("needs certificate_id, or tls_passthrough"));
  rule.tls_passthrough = true;
  EXPECT_THAT(Refusal(WithRule(rule)), IsEmpty());
  rule.certificate_id = "c";
  EXPECT_THAT(Refusal(WithRule(rule)), HasSubstr("Keep one"));
  rule.tls_passthrough = {};
  rule.certificate_id = Attr<std::string>::Unknown();
  EXPECT_THAT(Refusal(WithRule(rule)), IsEmpty());
}

TEST_F(BalancerChecksTest, ProtocolsFitTheTypeAndEachOther) {
  LoadBalancerModel config = Web();
  config.type = "REGIONAL_NETWORK";
  EXPECT_THAT(Refusal(config), HasSubstr("knows tcp and udp only"));
  BalancerRule rule = Rule("udp", 53, 53);
  rule.target_protocol = "tcp";
  EXPECT_THAT(Refusal(WithRule(rule)), HasSubstr("udp goes to udp only"));
}

TEST_F(BalancerChecksTest, DropletsCookiesAndChecksMakeSense) {
  LoadBalancerModel config = Web();
  config.droplet_ids = SetOf<int64_t>{{1}};
  config.droplet_tag = "web";
  config.sticky_sessions = BalancerStickySessions{.type = "cookies"};
  BalancerHealthCheck check;
  check.protocol = "tcp";
  check.port = 80;
  check.path = "/healthz";
  check.check_interval_seconds = 5;
  check.response_timeout_seconds = 5;
  config.health_check = check;
  EXPECT_THAT(Refusal(config), AllOf(HasSubstr("[droplet_tag]"), HasSubstr("needs cookie_name"),
                                     HasSubstr("[health_check.path]"), HasSubstr("must be below")));
  config = Web();
  config.firewall = BalancerFirewall{.allow = SetOf<std::string>{{"10.0.0.0/8"}}};
  EXPECT_THAT(Refusal(config), HasSubstr("must be \"ip:\" and an address"));
}

}  // namespace
}  // namespace kproto::testing
