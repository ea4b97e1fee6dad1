// SPDX-License-Identifier: MPL-2.0
// A kproto_load_balancer from create to destroy: what is made, waited for, kept, adopted, removed.
#include <stop_token>

#include "provider/reconcile/poll_pace.h"
#include "tests/resources/load_balancer/balancer.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

class LoadBalancerTest : public ::testing::Test {
 protected:
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << host_.Text(); }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  api::LoadBalancer Only() {
    const FakeCloud now = cloud().cloud();
    EXPECT_EQ(now.load_balancers.size(), 1u);
    return now.load_balancers.empty() ? api::LoadBalancer() : now.load_balancers.begin()->second;
  }
  // One that somebody else made, such as a cluster's controller.
  std::string Foreign(const std::string& name, std::vector<std::string> tags = {}) {
    api::LoadBalancer spec{.name = name, .type = "REGIONAL", .region = "nyc3", .tags = tags};
    spec.forwarding_rules = {{"tcp", "tcp", "", 80, 30080, false}};
    const std::string id = cloud().CreateLoadBalancer(spec, {})->id;
    cloud().Edit([&](FakeCloud& now) {
      now.load_balancers[id].state = api::LoadBalancerState::kActive;
      now.load_balancers[id].state_text = "active";
      now.load_balancers[id].ip = "203.0.113.9";
    });
    cloud().ForgetCalls();
    return id;
  }

  BalancerHost host_;
  LoadBalancerModel config_ = Web();
};

TEST_F(LoadBalancerTest, CreateWaitsUntilItIsActive) {
  Make();
  EXPECT_EQ(host_.model().id, Only().id);
  EXPECT_EQ(*host_.model().status, "active");
  EXPECT_EQ(*host_.model().ip, "203.0.113.7");
  EXPECT_EQ(*host_.model().urn, "do:loadbalancer:" + Only().id);
  EXPECT_THAT(host_.clock().sleeps(), AllOf(Not(IsEmpty()), Each(Le(PollPace::kLongest))));
  EXPECT_THAT(Only().tags, ElementsAre(HasSubstr("kproto:")));
  EXPECT_TRUE(host_.PlansNothing(config_));
  EXPECT_THAT(*host_.journal().All(), IsEmpty());
}

// Everything a user can write comes back as written, so nothing differs in the next plan.
TEST_F(LoadBalancerTest, EveryArgumentReadsBackAsWritten) {
  BalancerRule secure = Rule("https", 443, 30443);
  secure.certificate_id = "certificate";
  config_.forwarding_rules->elements.push_back(secure);
  config_.size_unit = 3;
  BalancerHealthCheck check;
  check.protocol = "http";
  check.port = 10256;
  check.path = "/healthz";
  check.check_interval_seconds = 6;
  config_.health_check = check;
  config_.sticky_sessions = BalancerStickySessions{"cookies", "lb", 300};
  config_.droplet_ids = SetOf<int64_t>{{2, 1}};
  config_.redirect_http_to_https = config_.enable_proxy_protocol = true;
  config_.enable_backend_keepalive = config_.disable_lets_encrypt_dns_records = true;
  config_.http_idle_timeout_seconds = 90;
  config_.firewall = BalancerFirewall{SetOf<std::string>{{"cidr:10.0.0.0/8"}}, {}};
  config_.tls_cipher_policy = "STRONG";
  config_.network = "EXTERNAL";
  config_.network_stack = "DUALSTACK";
  config_.subnet_uuid = "subnet";
  config_.ip = "198.51.100.4";
  config_.vpc_uuid = cloud().cloud().vpcs.begin()->first;
  config_.project_id = cloud().cloud().projects.begin()->first;
  Make();
  EXPECT_EQ(*host_.model().ipv6, "2001:db8::7");
  EXPECT_TRUE(host_.PlansNothing(config_)) << host_.Text();
  EXPECT_EQ(Only().health_check->unhealthy_threshold, 3) << "a default of the schema";
  const std::string id = Only().id;
  const Value made = host_.state;
  ASSERT_TRUE(host_.Import("web")) << host_.Text();
  EXPECT_TRUE(host_.PlansNothing(config_)) << "after an import by name";
  EXPECT_EQ(host_.state, made);
}

TEST_F(LoadBalancerTest, AGlobalOneReadsBackAsWritten) {
  config_ = Global();
  BalancerDomain domain;
  domain.is_managed = true;
  config_.domains = MapOf<BalancerDomain>{{"example.com", domain}};
  config_.glb_settings->cdn = BalancerCdn{true};
  config_.glb_settings->region_priorities = MapOf<int64_t>{{"nyc3", 1}, {"ams3", 2}};
  config_.glb_settings->failover_threshold = 50;
  config_.target_load_balancer_ids = SetOf<std::string>{{Foreign("regional")}};
  Make();
  EXPECT_TRUE(host_.PlansNothing(config_)) << host_.Text();
  EXPECT_THAT(*host_.model().service_annotations, IsEmpty()) << "no Service can use it";
  config_.domains->begin()->second->is_managed = false;
  Make();
  EXPECT_FALSE(host_.replaced) << "though it has neither region nor VPC";
}

TEST_F(LoadBalancerTest, DriftOfWhatPeersDoNotReadIsSeenAndMended) {
  config_.tls_cipher_policy = "STRONG";
  config_.firewall = BalancerFirewall{SetOf<std::string>{{"cidr:10.0.0.0/8"}}, {}};
  Make();
  cloud().Edit([](FakeCloud& now) {
    api::LoadBalancer& balancer = now.load_balancers.begin()->second;
    balancer.tls_cipher_policy = "DEFAULT";
    balancer.firewall = {};
    balancer.droplet_ids = {7};
  });
  EXPECT_FALSE(host_.PlansNothing(config_));
  Make();
  EXPECT_EQ(Only().tls_cipher_policy, "STRONG");
  EXPECT_THAT(Only().firewall.allow, ElementsAre("cidr:10.0.0.0/8"));
  EXPECT_THAT(Only().droplet_ids, IsEmpty());
}

// A PUT resets what it leaves out; it must therefore leave out nothing.
TEST_F(LoadBalancerTest, AnUpdateKeepsWhatItDoesNotChange) {
  config_.redirect_http_to_https = true;
  config_.size_unit = 2;
  Make();
  const api::LoadBalancer before = Only();
  config_.name = "renamed";
  Make();
  api::LoadBalancer after = Only();
  EXPECT_EQ(after.name, "renamed");
  after.name = before.name;
  EXPECT_EQ(after, before);
  EXPECT_FALSE(host_.replaced);
  EXPECT_TRUE(host_.PlansNothing(config_));
}

TEST_F(LoadBalancerTest, ABusyOneIsWaitedFor) {
  Make();
  config_.size_unit = 2;
  Make();
  cloud().ForgetCalls();
  config_.size_unit = 3;
  Make();  // The fake refuses the first PUT after a change.
  EXPECT_EQ(cloud().Count("UpdateLoadBalancer"), 2);
  EXPECT_EQ(Only().size_unit, 3);
}

TEST_F(LoadBalancerTest, AnotherTypeOrRegionReplaces) {
  Make();
  const std::string first = Only().id;
  config_.type = "REGIONAL_NETWORK";
  config_.forwarding_rules = SetOf<BalancerRule>{{Rule("tcp", 80, 30080)}};
  Make();
  EXPECT_TRUE(host_.replaced);
  EXPECT_NE(Only().id, first);
}

TEST_F(LoadBalancerTest, LostAnswersAndFailuresMakeNothingTwice) {
  constexpr int kCallsOfACreate = 6;  // dry run, look-up, create, three looks
  for (int call = 1; call <= kCallsOfACreate; ++call) {
    for (const FailWhen when : {FailWhen::kBefore, FailWhen::kAfter}) {
      BalancerHost host;
      host.cloud().FailCall(call, absl::UnavailableError("connection reset"), when);
      (void)host.Apply(config_);
      EXPECT_TRUE(host.Apply(config_)) << call << host.Text();
      EXPECT_EQ(host.cloud().cloud().load_balancers.size(), 1u) << call;
      EXPECT_TRUE(host.PlansNothing(config_)) << call << host.Text();
      EXPECT_TRUE(host.Destroy()) << host.Text();
      EXPECT_THAT(host.cloud().cloud().load_balancers, IsEmpty());
    }
  }
}

// As after a kill -9: the POST was carried out, the host knows nothing.
TEST_F(LoadBalancerTest, AKilledCreateIsGoneOnWith) {
  cloud().FailNext("CreateLoadBalancer", absl::UnavailableError("reset"), FailWhen::kAfter);
  cloud().OnCall([this](const std::string& call) {
    if (call == "ListLoadBalancers" && cloud().Count("CreateLoadBalancer") == 1) {
      cloud().FailNext("ListLoadBalancers", absl::UnavailableError("killed"));
    }
  });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_TRUE(host_.state.is_null());
  cloud().OnCall({});
  Make();
  EXPECT_EQ(cloud().Count("CreateLoadBalancer"), 1);
  EXPECT_EQ(host_.model().id, Only().id);
}

TEST_F(LoadBalancerTest, AnInterruptedCreateIsInTheState) {
  std::stop_source stop;
  host_.context.stop = stop.get_token();
  host_.clock().OnSleep([&] { stop.request_stop(); });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(host_.Text(),
              AllOf(HasSubstr("stopped while waiting"), HasSubstr("Nothing is lost")));
  EXPECT_EQ(host_.model().id, Only().id);
  EXPECT_TRUE(host_.tainted);
}

TEST_F(LoadBalancerTest, AnErroredOneIsReportedAndReplaced) {
  cloud().Edit([](FakeCloud& now) { now.provisioning_error = "no capacity"; });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(host_.Text(), HasSubstr("as errored"));
  const std::string first = Only().id;
  cloud().Edit([](FakeCloud& now) { now.provisioning_error = ""; });
  Make();
  EXPECT_NE(Only().id, first);
}

TEST_F(LoadBalancerTest, GoneElsewhereIsGoneFromTheState) {
  Make();
  cloud().Edit([](FakeCloud& now) { now.load_balancers.clear(); });
  ASSERT_TRUE(host_.Refresh());
  EXPECT_TRUE(host_.state.is_null());
}

// ---- the dry run -------------------------------------------------------------------------------

TEST_F(LoadBalancerTest, ThePlanSaysWhatDigitalOceanWouldRefuse) {
  config_.forwarding_rules->elements[0]->certificate_id = "unknown";
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("DigitalOcean would refuse the load balancer"),
                                  HasSubstr("[forwarding_rules]")));
  EXPECT_THAT(cloud().cloud().load_balancers, IsEmpty());
  EXPECT_EQ(cloud().Count("CreateLoadBalancer"), 0);
}

TEST_F(LoadBalancerTest, AChangeIsValidatedAsAChange) {
  Make();
  cloud().ForgetCalls();
  config_.forwarding_rules->elements[0]->certificate_id = "unknown";
  host_.Plan(config_);
  EXPECT_THAT(cloud().calls(), Contains("ValidateLoadBalancer " + Only().id));
  EXPECT_THAT(host_.Text(), HasSubstr("would refuse"));
}

TEST_F(LoadBalancerTest, WhatThePlanCannotKnowIsNotGuessed) {
  config_.project_id = Attr<std::string>::Unknown();
  host_.Plan(config_);
  EXPECT_EQ(cloud().Count("ValidateLoadBalancer"), 0) << "skipped, not guessed";
  config_.project_id = {};
  Make();
  EXPECT_EQ(cloud().Count("ValidateLoadBalancer"), 1) << "once, at the plan";
}

// ---- Services ----------------------------------------------------------------------------------

TEST_F(LoadBalancerTest, AServiceIsTheirsOnlyToUse) {
  Make();
  EXPECT_THAT(
      *host_.model().service_annotations,
      ElementsAre(
          Pair("kubernetes.digitalocean.com/load-balancer-id", Attr<std::string>(Only().id)),
          Pair("service.beta.kubernetes.io/do-loadbalancer-type", Attr<std::string>("REGIONAL")),
          Pair("service.kubernetes.io/do-loadbalancer-disown", Attr<std::string>("true"))));
}

TEST_F(LoadBalancerTest, AServiceThatOwnsItIsToldEverySetting) {
  config_.disown = false;
  config_.redirect_http_to_https = true;
  config_.size_unit = 2;
  config_.firewall = BalancerFirewall{SetOf<std::string>{{"ip:192.0.2.1", "cidr:10.0.0.0/8"}}, {}};
  Make();
  const std::string prefix = "service.beta.kubernetes.io/do-loadbalancer-";
  const MapOf<std::string> annotations = *host_.model().service_annotations;
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"name", "web"},
                                          {"size-unit", "2"},
                                          {"redirect-http-to-https", "true"},
                                          {"http-ports", "80"},
                                          {"allow-rules", "cidr:10.0.0.0/8,ip:192.0.2.1"},
                                          {"healthcheck-port", "80"},
                                          {"network", "EXTERNAL"}}) {
    EXPECT_THAT(annotations, Contains(Pair(prefix + name, Attr<std::string>(value))));
  }
  EXPECT_EQ(*annotations.at("service.kubernetes.io/do-loadbalancer-disown"), "false");
  // What the controller sets is neither drift nor undone by a change of something else.
  cloud().Edit([](FakeCloud& now) {
    api::LoadBalancer& balancer = now.load_balancers.begin()->second;
    balancer.forwarding_rules = {{"tcp", "tcp", "", 443, 31000, false}};
    balancer.droplet_ids = {1, 2};
  });
  EXPECT_TRUE(host_.PlansNothing(config_));
  config_.size_unit = 4;
  Make();
  EXPECT_EQ(Only().size_unit, 4);
  EXPECT_EQ(Only().forwarding_rules[0].target_port, 31000);
  EXPECT_THAT(Only().droplet_ids, ElementsAre(1, 2));
}

TEST_F(LoadBalancerTest, AServicesOneIsAdoptedChangedAndLeft) {
  const std::string id = Foreign("a123", {"k8s:cluster-1"});
  config_.adopt_id = id;
  const PlanResult plan = host_.Plan(config_);
  EXPECT_EQ(plan.planned["id"], Value::String(id));
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("belongs to cluster cluster-1"),
                                  HasSubstr("do-loadbalancer-disown = \"true\"")));
  Make();
  EXPECT_EQ(cloud().Count("CreateLoadBalancer"), 0);
  EXPECT_EQ(Only().name, "web");
  EXPECT_THAT(Only().tags, ElementsAre("k8s:cluster-1"));
  EXPECT_EQ(Only().forwarding_rules[0].entry_protocol, "http");
  EXPECT_TRUE(host_.PlansNothing(config_));
  ASSERT_TRUE(host_.Destroy()) << host_.Text();
  EXPECT_EQ(Only().id, id) << "it was never ours";
}

TEST_F(LoadBalancerTest, WhatAnAdoptedOneCannotBecomeIsAnErrorOfThePlan) {
  config_.adopt_id = "none";
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), HasSubstr("there is no load balancer with id none. [adopt_id]"));
  config_.adopt_id = Foreign("a123");
  config_.region = "ams3";
  config_.network = "INTERNAL";
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("has \"nyc3\", not \"ams3\""), HasSubstr("[region]"),
                                  HasSubstr("[network]")));
}

// ---- destroy and import ------------------------------------------------------------------------

TEST_F(LoadBalancerTest, DestroyEndsWhenItIsGone) {
  Make();
  ASSERT_TRUE(host_.Destroy()) << host_.Text();
  EXPECT_THAT(cloud().cloud().load_balancers, IsEmpty());
  EXPECT_THAT(cloud().calls().back(), HasSubstr("GetLoadBalancer")) << "seen to be gone";
}

TEST_F(LoadBalancerTest, AnImportNeedsAnUnambiguousName) {
  Foreign("web");
  const std::string second = Foreign("web");
  EXPECT_FALSE(host_.Import("web"));
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("import by id"), HasSubstr(second)));
  EXPECT_FALSE(host_.Import("other"));
  EXPECT_THAT(host_.Text(), HasSubstr("no load balancer has this id or name"));
  EXPECT_TRUE(host_.Import(second));
}

}  // namespace
}  // namespace kproto::testing
