// SPDX-License-Identifier: MPL-2.0
// One member of a fleet: it joins, is kept, and leaves, whatever is gone by then.
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "resources/fleet_member/cluster_secret.h"
#include "tests/resources/fleet/fleet_world.h"

namespace kproto::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;

class FleetMemberTest : public FleetTest {
 protected:
  void SetUp() override { ApplyFleet(); }
  void Join(Value::Map more = {}) {
    nyc_.Apply(Member("nyc", std::move(more)));
    ASSERT_EQ(nyc_.Errors(), "");
  }
};

TEST_F(FleetMemberTest, JoinsWithAccountSecretAndApplications) {
  Join({{"labels", Map({{"region", Text("nyc3")}})}});
  EXPECT_THAT(
      world_.Things("nyc"),
      IsSupersetOf({StartsWith("ServiceAccount kproto-fleet-edge-"),
                    StartsWith("ClusterRoleBinding kproto-fleet-edge-"),
                    StartsWith("Namespace monitoring"), StartsWith("Secret grafana-admin")}));
  const Json secret = *world_.SecretOf("nyc");
  EXPECT_EQ(secret["metadata"]["labels"]["argocd.argoproj.io/secret-type"], "cluster");
  EXPECT_EQ(secret["metadata"]["labels"]["region"], "nyc3");
  std::string server;
  absl::Base64Unescape(secret["data"].value("server", ""), &server);
  EXPECT_EQ(server, "https://nyc.example.com");
  const Value& loki = nyc_.state["applications"]["loki"];
  EXPECT_EQ(loki["application"].string(), "edge-nyc-loki");
  EXPECT_EQ(loki["sync"].string(), "Synced");
  EXPECT_EQ(loki["health"].string(), "Healthy");
  EXPECT_EQ(loki["revision"].string(), monitoring_stack::kLokiChart.version);
  ExpectNoChange(nyc_, Member("nyc", {{"labels", Map({{"region", Text("nyc3")}})}}));
}

TEST_F(FleetMemberTest, TheTokenIsInTheHubsSecretAlone) {
  Join();
  const std::string token = world_.TokenOf("nyc");
  ASSERT_GT(token.size(), 10u);
  EXPECT_THAT(DebugString(nyc_.state), Not(HasSubstr(token)));
  EXPECT_THAT(nyc_.private_state, Not(HasSubstr(token)));
  EXPECT_EQ(nyc_.state["token_expires_at"].string(), "2026-04-01T00:00:00Z") << "90 days";
  EXPECT_EQ(nyc_.state["token_renew_at"].string(), "2026-03-02T00:00:00Z");
}

TEST_F(FleetMemberTest, TheTokenIsRenewedBeforeItEnds) {
  Join();
  const std::string before = world_.TokenOf("nyc");
  Later(absl::Hours(24 * 59));
  EXPECT_FALSE(WouldChange(nyc_, Member("nyc")));
  Later(absl::Hours(24 * 2));
  EXPECT_TRUE(WouldChange(nyc_, Member("nyc")));
  nyc_.Apply(Member("nyc"));
  EXPECT_EQ(nyc_.Errors(), "");
  EXPECT_NE(world_.TokenOf("nyc"), before);
  ExpectNoChange(nyc_, Member("nyc"));
}

// Some API servers grant a day, whatever is asked for.
TEST_F(FleetMemberTest, ATokenShorterThanAskedForIsNotRenewedAllTheTime) {
  fleet_member::ClusterSecret secret;
  secret.token_renew_before = "720h";
  secret.token_issued = "2026-01-01T00:00:00Z";
  const absl::Time issued = absl::FromUnixSeconds(1767225600);
  secret.token = SecretString(
      absl::StrCat("e30.",
                   absl::WebSafeBase64Escape(
                       Json{{"exp", absl::ToUnixSeconds(issued + absl::Hours(24))}}.dump()),
                   ".s"));
  EXPECT_EQ(secret.TokenRenewal(), issued + absl::Hours(12));
  secret.token = SecretString();
  EXPECT_EQ(secret.TokenRenewal(), absl::InfinitePast());
}

TEST_F(FleetMemberTest, ValuesOfItsOwnReachItsApplicationsAlone) {
  Join();
  ams_.Apply(Member("ams"));
  const Value own = Map({{"loki", Text("loki: {limits_config: {retention_period: 24h}}")}});
  Join({{"values", own}});
  const auto values = [&](const char* application) {
    return (*world_.Application(application))["spec"]["source"]["helm"].value("values", "");
  };
  EXPECT_THAT(values("edge-nyc-loki"), HasSubstr("retention_period: 24h"));
  EXPECT_THAT(values("edge-ams-loki"), Not(HasSubstr("retention_period: 24h")));
  EXPECT_THAT(values("edge-nyc-loki"), HasSubstr("mergeOverwrite"));
  ExpectNoChange(nyc_, Member("nyc", {{"values", own}}));
  EXPECT_FALSE(WouldChange(ams_, Member("ams"))) << "a change of one plans no other";
  Join();
  EXPECT_THAT(values("edge-nyc-loki"), Not(HasSubstr("retention_period")));
}

TEST_F(FleetMemberTest, AnApplicationThatDoesNotGetThereIsExplained) {
  world_.health["edge-nyc-loki"] = "Degraded";
  world_.health["edge-nyc-promtail"] = "Missing";
  nyc_.Apply(Member("nyc"));
  EXPECT_THAT(nyc_.Errors(), HasSubstr("edge-nyc-loki"));
  EXPECT_THAT(nyc_.Errors(), HasSubstr("health Degraded"));
  EXPECT_THAT(nyc_.Errors(), HasSubstr("member nyc: promtail: health Missing"));
  EXPECT_TRUE(nyc_.state.is_known()) << "what there is is remembered";
  world_.health.clear();
  world_.kubernetes->Remove({kArgo, "Application", "argocd", "edge-nyc-loki"});
  world_.kubernetes->Remove({kArgo, "Application", "argocd", "edge-nyc-promtail"});
  world_.Reconcile();
  nyc_.diagnostics = Diagnostics();
  Later();
  nyc_.Apply(Member("nyc"));
  EXPECT_EQ(nyc_.Errors(), "");
  ExpectNoChange(nyc_, Member("nyc"));
}

TEST_F(FleetMemberTest, WhatWasChangedByHandIsShownAndMended) {
  Join();
  Json secret = *world_.SecretOf("nyc");
  secret["metadata"]["labels"]["fleet.kproto/joined"] = "no";
  world_.kubernetes->Put(secret);
  world_.Reconcile();
  EXPECT_EQ(world_.Application("edge-nyc-loki"), std::nullopt);
  EXPECT_TRUE(WouldChange(nyc_, Member("nyc")));
  nyc_.Apply(Member("nyc"));
  EXPECT_EQ(nyc_.Errors(), "");
  ExpectNoChange(nyc_, Member("nyc"));

  Json application = *world_.Application("edge-nyc-grafana");
  application["status"]["sync"]["status"] = "OutOfSync";
  application["status"]["health"]["status"] = "Missing";
  world_.kubernetes->Put(application);
  EXPECT_TRUE(WouldChange(nyc_, Member("nyc")));
  EXPECT_THAT(DebugString(nyc_.state["drift"]), HasSubstr("grafana: OutOfSync"));
}

TEST_F(FleetMemberTest, ASecretThatIsGoneIsMadeAgainWithANewToken) {
  Join();
  world_.kubernetes->Remove({"v1", "Secret", "argocd", "cluster-edge-nyc"});
  EXPECT_TRUE(WouldChange(nyc_, Member("nyc")));
  nyc_.Apply(Member("nyc"));
  EXPECT_EQ(nyc_.Errors(), "");
  EXPECT_NE(world_.TokenOf("nyc"), "");
  ExpectNoChange(nyc_, Member("nyc"));
}

TEST_F(FleetMemberTest, LeavesInOrder) {
  Join();
  world_.ForgetCalls();
  nyc_.Destroy();
  EXPECT_EQ(nyc_.Errors(), "");
  EXPECT_TRUE(nyc_.state.is_null());
  EXPECT_THAT(world_.left_workloads, IsEmpty()) << "Argo CD had its Secret until they were gone";
  EXPECT_THAT(world_.Writes(), ElementsAre("patch Secret argocd/cluster-edge-nyc",
                                           "delete Secret argocd/cluster-edge-nyc"));
  EXPECT_THAT(world_.Names("Application"), IsEmpty());
  EXPECT_THAT(world_.Things("nyc"), IsEmpty());
}

TEST_F(FleetMemberTest, WhatWasThereBeforeItStays) {
  world_.Member("nyc").Put(
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "monitoring"}}}});
  Join();
  nyc_.Destroy();
  EXPECT_EQ(nyc_.Errors(), "");
  EXPECT_THAT(world_.Things("nyc"), ElementsAre("Namespace monitoring"));
}

TEST_F(FleetMemberTest, AClusterThatIsGoneDoesNotBlock) {
  Join();
  ams_.Apply(Member("ams"));
  world_.cloud.Edit([](FakeCloud& c) { c.clusters.erase("cluster-nyc"); });
  world_.unreachable.insert("https://nyc.example.com");
  world_.Member("nyc").log.FailMatching(" ", absl::UnavailableError("no such host"));
  Later();
  nyc_.Destroy();
  EXPECT_EQ(nyc_.Errors(), "");
  EXPECT_EQ(world_.SecretOf("nyc"), std::nullopt);
  EXPECT_THAT(world_.Names("Application"),
              ElementsAre("edge-ams-grafana", "edge-ams-loki", "edge-ams-promtail"));
}

// As when a host destroys both at once, because the state does not say that one needs the other.
TEST_F(FleetMemberTest, AClusterThatGoesWhileItsMemberLeavesDoesNotBlock) {
  Join();
  world_.unreachable.insert("https://nyc.example.com");
  world_.fake_clock.OnSleep([&] {
    world_.cloud.Edit([](FakeCloud& c) { c.clusters.erase("cluster-nyc"); });
    world_.Member("nyc").log.FailMatching(" ", absl::UnavailableError("no such host"));
  });
  nyc_.Destroy();
  EXPECT_EQ(nyc_.Errors(), "");
  EXPECT_EQ(world_.SecretOf("nyc"), std::nullopt);
  EXPECT_THAT(world_.Names("Application"), IsEmpty());
}

TEST_F(FleetMemberTest, AnApiServerThatIsAwayIsAnErrorAndNothingIsForgotten) {
  Join();
  world_.Member("nyc").log.FailMatching(" ", absl::UnavailableError("no such host"));
  nyc_.Destroy();
  EXPECT_THAT(nyc_.Errors(), HasSubstr("no such host"));
  EXPECT_FALSE(nyc_.state.is_null());
  world_.Member("nyc").log.ClearFailures();
  nyc_.diagnostics = Diagnostics();
  nyc_.Destroy();
  EXPECT_EQ(nyc_.Errors(), "");
  EXPECT_THAT(world_.Things("nyc"), IsEmpty());
}

TEST_F(FleetMemberTest, WithTheHubGoneOnlyTheWayIntoTheMemberIsLeftToTakeAway) {
  Join();
  world_.cloud.Edit([](FakeCloud& c) { c.clusters.erase(kClusterId); });
  Later(absl::Hours(2));
  nyc_.Refresh();
  EXPECT_EQ(nyc_.Errors(), "");
  EXPECT_THAT(DebugString(nyc_.state["drift"]), HasSubstr("the fleet is missing on its hub"));
  nyc_.Destroy();
  EXPECT_EQ(nyc_.Errors(), "");
  EXPECT_THAT(world_.Things("nyc"), IsEmpty());
}

TEST_F(FleetMemberTest, ImportedItPlansNothing) {
  const Value config = Member("nyc", {{"labels", Map({{"region", Text("nyc3")}})},
                                      {"annotations", Map({{"owner", Text("me")}})},
                                      {"values", Map({{"loki", Text("a: 1\n")}})},
                                      {"token_lifetime", Text("1000h")}});
  nyc_.Apply(config);
  ASSERT_EQ(nyc_.Errors(), "");
  Host other(member_);
  Later();
  other.Import("cluster-1/argocd/edge/nyc");
  EXPECT_EQ(other.Errors(), "");
  ExpectNoChange(other, config);
  for (const char* id : {"nyc", "cluster-1/argocd/edge", "cluster-1/argocd/edge/ams"}) {
    Host nobody(member_);
    nobody.Import(id);
    EXPECT_NE(nobody.Errors(), "") << id;
  }
}

TEST_F(FleetMemberTest, OneClusterIsOneMember) {
  Join();
  Later();
  ams_.Plan(Member("ams", {{"cluster_id", Text("cluster-nyc")}}));
  EXPECT_THAT(ams_.Errors(), HasSubstr("cluster_id"));
  EXPECT_THAT(ams_.Errors(), HasSubstr("is member \"nyc\" of fleet \"edge\""));
  ams_.diagnostics = Diagnostics();
  // What the plan cannot know the apply sees.
  ams_.Plan(Member("ams", {{"cluster_id", Value::Unknown()}}));
  EXPECT_EQ(ams_.Errors(), "");
}

TEST_F(FleetMemberTest, WhatIsWrongIsSaidByThePlan) {
  const auto complaint = [&](Value::Map more) {
    Host host(member_);
    host.Plan(Member("nyc", std::move(more)));
    return host.Errors();
  };
  EXPECT_THAT(complaint({{"cluster_id", Text("cluster-none")}}),
              HasSubstr("DigitalOcean has no Kubernetes cluster cluster-none"));
  EXPECT_THAT(complaint({{"fleet_id", Text("edge")}}), HasSubstr("fleet_id"));
  EXPECT_THAT(complaint({{"values", Map({{"loki", Text("a: [")}})}}),
              HasSubstr("values[\"loki\"]"));
  EXPECT_THAT(complaint({{"labels", Map({{"fleet.kproto/fleet", Text("x")}})}}),
              HasSubstr("Reserved name"));
  EXPECT_THAT(complaint({{"token_lifetime", Text("5m")}}), HasSubstr("10 minutes"));
  EXPECT_THAT(complaint({{"token_lifetime", Text("24h")}}), HasSubstr("token_renew_before"));
  Host host(member_);
  host.Plan(Member("nyc", {{"values", Map({{"lokki", Text("a: 1")}})}}));
  ASSERT_EQ(host.diagnostics.all().size(), 1u);
  EXPECT_THAT(host.diagnostics.all()[0].detail, HasSubstr("did you mean \"loki\"?"));
}

TEST_F(FleetMemberTest, AThousandMembersAreRefreshedByThreeLists) {
  Join();
  const Json secret = *world_.SecretOf("nyc");
  const Value joined = nyc_.state;
  std::vector<Value> states;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = absl::StrCat("m", i);
    Json other = secret;
    other["metadata"]["name"] = absl::StrCat("cluster-edge-", name);
    other["metadata"]["labels"]["fleet.kproto/member"] = name;
    other["metadata"]["labels"]["fleet.kproto/cluster"] = absl::StrCat("cluster-", name);
    other["data"]["name"] = absl::Base64Escape("edge-" + name);
    world_.kubernetes->Put(other);
    Value::Map state = joined.map();
    state["name"] = Text(name);
    state["cluster_id"] = Text(absl::StrCat("cluster-", name));
    states.push_back(Value::OfMap(std::move(state)));
  }
  world_.Reconcile();
  ASSERT_EQ(world_.Names("Application").size(), 3003u);
  Later(absl::Hours(2));
  world_.ForgetCalls();
  const size_t calls_before = world_.cloud.calls().size();
  AnyResource& resource = member_;
  RequestContext context;
  Diagnostics said;
  for (const Value& state : states) {
    const StateResult read = resource.Read(context, state, "", said);
    ASSERT_TRUE(read.state["drift"].list().empty()) << DebugString(read.state["drift"]);
    ASSERT_EQ(read.state["applications"].map().size(), 3u);
  }
  EXPECT_TRUE(said.empty());
  EXPECT_THAT(
      world_.kubernetes->log.calls(),
      ElementsAre("list Secret argocd", "list ApplicationSet argocd", "list Application argocd"));
  EXPECT_EQ(world_.cloud.calls().size() - calls_before, 1u)
      << "one way into the hub, none into a member";
}

}  // namespace
}  // namespace kproto::testing
