// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/faults.h"

#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

using Ending = HttpReply::Ending;

class FaultsTest : public SimulatorTest {
 protected:
  void Add(const Json& fault) { ASSERT_EQ(Admin("POST", "/lab/faults", fault).status, 201); }
  Answer MakeVpc() { return Post("/v2/vpcs", {{"name", "v"}, {"region", "nyc3"}}); }
  size_t Vpcs() { return Admin("GET", "/lab/inventory").body["vpcs"].size(); }
};

TEST_F(FaultsTest, StatusReplacesTheCall) {
  Add({{"kind", "status"},
       {"method", "POST"},
       {"path", "/v2/vpcs"},
       {"status", 503},
       {"message", "down"},
       {"retry_after", 7}});
  EXPECT_EQ(Get("/v2/vpcs").status, 200) << "another method";
  Answer answer = MakeVpc();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Message(), "down");
  EXPECT_EQ(answer.headers["retry-after"], "7");
  EXPECT_EQ(Vpcs(), 0u);
  EXPECT_EQ(MakeVpc().status, 201) << "once by default";
}

TEST_F(FaultsTest, SkipsThenFiresSoManyTimes) {
  Add({{"kind", "status"}, {"path", "/v2/account"}, {"skip", 2}, {"times", 3}});
  std::string seen;
  for (int i = 0; i < 7; ++i) {
    seen += Get("/v2/account").status == 200 ? '.' : 'x';
  }
  EXPECT_EQ(seen, "..xxx..");
  EXPECT_EQ(Admin("GET", "/lab/faults").body["faults"][0]["fired"], 3);
}

TEST_F(FaultsTest, NegativeTimesMeansAlwaysUntilRemoved) {
  Add({{"kind", "status"}, {"path", "/v2/account"}, {"times", -1}});
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(Get("/v2/account").status, 500);
  }
  EXPECT_EQ(Admin("DELETE", "/lab/faults/1").status, 204);
  EXPECT_EQ(Admin("DELETE", "/lab/faults/1").status, 404);
  EXPECT_EQ(Get("/v2/account").status, 200);
}

TEST_F(FaultsTest, DropBeforeHasNoEffectAndDropAfterHas) {
  Add({{"kind", "drop_before"}, {"method", "POST"}, {"path", "/v2/vpcs"}});
  EXPECT_EQ(MakeVpc().ending, Ending::kDropped);
  EXPECT_EQ(Vpcs(), 0u);
  Add({{"kind", "drop_after"}, {"method", "POST"}, {"path", "/v2/vpcs"}});
  EXPECT_EQ(MakeVpc().ending, Ending::kDropped);
  EXPECT_EQ(Vpcs(), 1u);
  const Json calls = Admin("GET", "/lab/calls").body["calls"];
  EXPECT_EQ(calls[0]["status"], 0) << "the client saw none";
  EXPECT_EQ(calls[1]["fault"], "2");
}

TEST_F(FaultsTest, SpoiltAnswersStillHaveTheirEffect) {
  Add({{"kind", "garbage"}, {"path", "/v2/vpcs"}});
  const Answer garbage = MakeVpc();
  EXPECT_EQ(garbage.status, 200);
  EXPECT_TRUE(garbage.body.is_string());
  EXPECT_EQ(Vpcs(), 1u);
  Add({{"kind", "truncate"}, {"path", "/v2/vpcs"}});
  EXPECT_EQ(Get("/v2/vpcs").ending, Ending::kTruncated);
  Add({{"kind", "silence"}, {"path", "/v2/vpcs"}});
  EXPECT_EQ(Get("/v2/vpcs").ending, Ending::kSilent);
}

TEST_F(FaultsTest, DelayComesOnTopOfOthers) {
  Add({{"kind", "delay"}, {"path", "/v2/account"}, {"delay_ms", 250}});
  Add({{"kind", "status"}, {"path", "/v2/account"}, {"status", 502}});
  const Answer answer = Get("/v2/account");
  EXPECT_EQ(answer.delay, absl::Milliseconds(250));
  EXPECT_EQ(answer.status, 502);
}

TEST_F(FaultsTest, ErrorStateIsWhatTheClusterEndsIn) {
  Add({{"kind", "error_state"},
       {"method", "POST"},
       {"path", "/v2/kubernetes/clusters"},
       {"message", "droplet limit exceeded"}});
  const std::string id = MakeCluster();
  EXPECT_EQ(State(id), "provisioning");
  PassProvisioning();
  EXPECT_EQ(Cluster(id)["status"],
            (Json{{"state", "error"}, {"message", "droplet limit exceeded"}}));
  EXPECT_EQ(Delete(ClusterPath(id)).status, 204);
}

TEST_F(FaultsTest, ControllersSetStatesByName) {
  const std::string id = MakeCluster();
  PassProvisioning();
  EXPECT_EQ(Admin("POST", "/lab/clusters/demo/state", {{"state", "degraded"}}).status, 200);
  EXPECT_EQ(State(id), "degraded");
  EXPECT_EQ(Admin("POST", "/lab/clusters/none/state", {{"state", "error"}}).status, 404);
  EXPECT_EQ(Admin("POST", "/lab/clusters/demo/state", {{"state", "odd"}}).status, 422);
}

TEST_F(FaultsTest, ControllersAreNotHurt) {
  Add({{"kind", "status"}, {"path", "/**"}, {"times", -1}});
  EXPECT_EQ(Get("/v2/account").status, 500);
  EXPECT_EQ(Admin("GET", "/v2/account").status, 200);
}

TEST_F(FaultsTest, UnknownKindsAreRefused) {
  EXPECT_EQ(Admin("POST", "/lab/faults", {{"kind", "gremlin"}, {"path", "/"}}).status, 422);
  EXPECT_EQ(Admin("POST", "/lab/faults", {{"kind", "status"}}).status, 422);
}

TEST(FaultPlanTest, PatternsMatchSegmentsAndRests) {
  const auto hits = [](const std::string& pattern, const std::string& path) {
    FaultPlan plan;
    Fault fault;
    fault.method = "*";
    fault.path = pattern;
    plan.Add(fault);
    return !plan.Fire("GET", path).empty();
  };
  EXPECT_TRUE(hits("/v2/vpcs/*", "/v2/vpcs/7"));
  EXPECT_FALSE(hits("/v2/vpcs/*", "/v2/vpcs"));
  EXPECT_FALSE(hits("/v2/vpcs/*", "/v2/vpcs/7/members"));
  EXPECT_TRUE(hits("/v2/**", "/v2/vpcs/7/members"));
  EXPECT_TRUE(hits("/v2/*/7/members", "/v2/vpcs/7/members"));
  EXPECT_FALSE(hits("/v2/vpcs", "/v2/droplets"));
}

TEST(FaultPlanTest, JsonGoesBothWays) {
  const Json json = {{"kind", "delay"},  {"method", "PUT"}, {"path", "/x"},
                     {"delay_ms", 1500}, {"skip", 2},       {"times", 4}};
  auto fault = Fault::FromJson(json);
  ASSERT_TRUE(fault.ok());
  for (const auto& [key, value] : json.items()) {
    EXPECT_EQ(fault->ToJson()[key], value) << key;
  }
}

}  // namespace
}  // namespace kproto::lab
