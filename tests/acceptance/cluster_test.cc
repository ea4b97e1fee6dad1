// SPDX-License-Identifier: MPL-2.0
// kproto_cluster in the hands of the real OpenTofu, over a lab without control planes: what happens
// to state and cloud when things go well, wrong, and are killed in the middle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kConfiguration[] = R"hcl(
terraform {
  required_providers { kproto = { source = "kproto/kproto" } }
}
resource "kproto_cluster" "this" {
  name    = "k8s-prototype"
  region  = "nyc3"
  version = "1.34"
  vpc     = { ip_range = "10.10.0.0/20" }
  node_pools = {
    primary    = { size = "s-4vcpu-8gb", count = 3 }
    monitoring = { size = "c-4", count = 2, dedicated = true }
  }
}
)hcl";

class ClusterAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.Up({"--no-control-plane", "--time-factor", "60"});
    workspace_.Write("main.tf", kConfiguration);
    workspace_.Init();
  }

  void ExpectOneOfEach() {
    EXPECT_THAT(Inventory(lab_, "clusters"), ElementsAre("k8s-prototype"));
    EXPECT_THAT(Inventory(lab_, "vpcs"), ElementsAre("k8s-prototype-vpc"));
  }
  void ExpectNothing() {
    EXPECT_THAT(Inventory(lab_, "clusters"), IsEmpty());
    EXPECT_THAT(Inventory(lab_, "vpcs"), IsEmpty());
    EXPECT_THAT(Inventory(lab_, "droplets"), IsEmpty());
  }
  std::string ClusterId() { return lab_.DoJson("inventory")["clusters"][0].value("id", ""); }
  int64_t Calls(const std::string& method, const std::string& path) {
    int64_t count = 0;
    const nlohmann::json calls = lab_.DoJson("calls");
    for (const auto& call : calls["calls"]) {
      count += call.value("method", "") == method && call.value("path", "") == path;
    }
    return count;
  }

  lab::testing::LabProgram lab_;
  Workspace workspace_{lab_};
};

TEST_F(ClusterAcceptanceTest, IsMadeWithOneCallAndThenNeedsNothing) {
  ExpectOk(workspace_.Apply());
  ExpectOneOfEach();
  EXPECT_EQ(Calls("POST", "/v2/kubernetes/clusters"), 1);
  EXPECT_EQ(Calls("POST", "/v2/vpcs"), 1);
  workspace_.ExpectPlan(0);
  ExpectOk(workspace_.Destroy());
  ExpectNothing();
}

// Protection, a budget, what workloads left, and whose it is: the whole of an ending.
TEST_F(ClusterAcceptanceTest, ADestroyIsRefusedThenTakesWhatIsWrittenAndNamesWhatStays) {
  workspace_.Edit("main.tf", "version = \"1.34\"", R"(version = "1.34"
  deletion_protection = true
  max_monthly_cost    = 300
  on_destroy          = { volume_snapshots = "delete" })");
  const CommandResult over = workspace_.Plan();
  EXPECT_EQ(over.exit_code, 1);
  EXPECT_THAT(over.err, HasSubstr("pool monitoring"));
  EXPECT_THAT(over.err, HasSubstr("312.00"));
  workspace_.Edit("main.tf", "max_monthly_cost    = 300", "max_monthly_cost    = 400");
  ExpectOk(workspace_.Apply());

  const std::string mark = "k8s:" + ClusterId();
  const std::string vpc = workspace_.State()["kproto_cluster.this"]["values"].value("vpc_id", "");
  lab_.Api("POST", "/v2/load_balancers",
           {{"name", "web"},
            {"region", "nyc3"},
            {"vpc_uuid", vpc},
            {"tags", {mark}},
            {"forwarding_rules",
             {{{"entry_protocol", "tcp"},
               {"entry_port", 80},
               {"target_protocol", "tcp"},
               {"target_port", 30080}}}}});
  const nlohmann::json volume =
      lab_.Api("POST", "/v2/volumes",
               {{"name", "data"}, {"region", "nyc3"}, {"size_gigabytes", 10}, {"tags", {mark}}});
  lab_.Api("POST", "/v2/volumes/" + volume["volume"].value("id", "") + "/snapshots",
           {{"name", "nightly"}});
  workspace_.ExpectPlan(0);  // what workloads make is no change of the configuration
  ExpectOk(workspace_.Tofu({"refresh"}));
  const nlohmann::json state = workspace_.State()["kproto_cluster.this"]["values"];
  EXPECT_EQ(state["associated_resources"]["load_balancers"][0]["name"], "web");
  EXPECT_DOUBLE_EQ(state["cost"]["monthly_min"].get<double>(), 312 + 12 + 1 + 0.6);

  const CommandResult refused = workspace_.Destroy();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("deletion_protection"));
  ExpectOneOfEach();
  workspace_.Edit("main.tf", "deletion_protection = true", "deletion_protection = false");
  ExpectOk(workspace_.Apply());
  const CommandResult destroyed = workspace_.Destroy();
  ExpectOk(destroyed);
  EXPECT_THAT(destroyed.out + destroyed.err, HasSubstr("volume data"));
  ExpectNothing();
  EXPECT_THAT(Inventory(lab_, "load_balancers"), IsEmpty());
  EXPECT_THAT(Inventory(lab_, "snapshots"), IsEmpty());
  EXPECT_THAT(Inventory(lab_, "volumes"), ElementsAre("data"));
}

TEST_F(ClusterAcceptanceTest, PoolsChangeInPlaceWithTheClusterKept) {
  ExpectOk(workspace_.Apply());
  const std::string id = ClusterId();
  workspace_.Edit("main.tf", "count = 3", "count = 4");
  const CommandResult plan = workspace_.Plan();
  EXPECT_EQ(plan.exit_code, 2);
  EXPECT_THAT(plan.out, HasSubstr("count      = 3 -> 4"));
  EXPECT_THAT(plan.out, HasSubstr("0 to add, 1 to change, 0 to destroy"));
  EXPECT_THAT(plan.out, Not(HasSubstr("\"monitoring\" = {")));
  ExpectOk(workspace_.Apply());
  EXPECT_EQ(Inventory(lab_, "droplets").size(), 6u);
  workspace_.Edit("main.tf", "monitoring = { size = \"c-4\", count = 2, dedicated = true }",
                  "jobs = { size = \"c-2\", auto_scale = true, min_nodes = 1, max_nodes = 3, "
                  "labels = { team = \"a\" } }");
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  workspace_.Edit("main.tf", "size = \"s-4vcpu-8gb\"", "size = \"s-8vcpu-16gb\"");
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_EQ(ClusterId(), id);
  EXPECT_EQ(Inventory(lab_, "droplets").size(), 5u);
}

// The plan shows the way, a kill in the middle loses nothing, and no old node is left.
TEST_F(ClusterAcceptanceTest, AnUpgradeThatIsKilledIsFinishedByTheNextApply) {
  workspace_.Edit("main.tf", "\"1.34\"", "\"1.33\"");
  ExpectOk(workspace_.Apply());
  const std::vector<std::string> old_nodes = Inventory(lab_, "droplets");
  workspace_.Edit("main.tf", "\"1.33\"", "\"1.34\"");
  const CommandResult plan = workspace_.Plan();
  EXPECT_EQ(plan.exit_code, 2);
  EXPECT_THAT(plan.out, HasSubstr("+ upgrade_path"));
  EXPECT_THAT(plan.out, HasSubstr("+ \"1.34.4-do.1\""));
  EXPECT_THAT(plan.out, HasSubstr("0 to add, 1 to change, 0 to destroy"));
  const std::string id = ClusterId(), path = "/v2/kubernetes/clusters/" + id;
  auto apply = workspace_.Begin({"apply", "-auto-approve"});
  Eventually("the upgrade has begun", [&] { return Calls("POST", path + "/upgrade") == 1; });
  workspace_.KillProvider();
  EXPECT_NE(apply.get().exit_code, 0);
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_EQ(ClusterId(), id);
  EXPECT_EQ(Calls("POST", path + "/upgrade"), 1);
  EXPECT_EQ(lab_.Api("GET", path)["kubernetes_cluster"]["version"], "1.34.4-do.1");
  for (const std::string& node : Inventory(lab_, "droplets")) {
    EXPECT_THAT(old_nodes, Not(Contains(node)));
  }
}

TEST_F(ClusterAcceptanceTest, APoolDeletedElsewhereIsShownAndMended) {
  ExpectOk(workspace_.Apply());
  const std::string path = "/v2/kubernetes/clusters/" + ClusterId() + "/node_pools";
  const nlohmann::json pools = lab_.Api("GET", path);
  for (const auto& pool : pools["node_pools"]) {
    if (pool["name"] == "monitoring") {
      lab_.Api("DELETE", path + "/" + pool["id"].get<std::string>());
    }
  }
  Eventually("the pool is gone", [&] { return lab_.Api("GET", path)["node_pools"].size() == 1; });
  const CommandResult plan = workspace_.Plan();
  EXPECT_EQ(plan.exit_code, 2);
  EXPECT_THAT(plan.out, HasSubstr("+ \"monitoring\" = {"));
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_EQ(Inventory(lab_, "droplets").size(), 5u);
}

TEST_F(ClusterAcceptanceTest, LostAnswersOfPostsMakeNothingTwice) {
  lab_.Do("fault", {"POST", "/v2/vpcs", "drop_after"});
  lab_.Do("fault", {"POST", "/v2/kubernetes/clusters", "drop_after"});
  ExpectOk(workspace_.Apply());
  ExpectOneOfEach();
  workspace_.ExpectPlan(0);
}

TEST_F(ClusterAcceptanceTest, AProviderKilledAfterThePostIsGoneOnWith) {
  auto apply = workspace_.Begin({"apply", "-auto-approve"});
  workspace_.WaitDuring(apply, "the cluster is there",
                        [&] { return Inventory(lab_, "clusters").size() == 1; });
  const std::string id = ClusterId();
  workspace_.KillProvider();
  EXPECT_NE(apply.get().exit_code, 0);
  ExpectOk(workspace_.Apply());
  ExpectOneOfEach();
  EXPECT_EQ(ClusterId(), id);
  workspace_.ExpectPlan(0);
}

TEST_F(ClusterAcceptanceTest, AnInterruptedCreateEndsAtOnceAndTheNextApplyGoesOn) {
  auto apply = workspace_.Begin({"apply", "-auto-approve"});
  workspace_.WaitDuring(apply, "the cluster is there",
                        [&] { return Inventory(lab_, "clusters").size() == 1; });
  const std::string id = ClusterId();
  workspace_.Interrupt();
  const CommandResult interrupted = apply.get();
  EXPECT_NE(interrupted.exit_code, 0);
  EXPECT_THAT(interrupted.err, HasSubstr("apply again to go on"));
  EXPECT_EQ(workspace_.State()["kproto_cluster.this"]["values"]["id"], id);
  ExpectOk(workspace_.Apply());
  ExpectOneOfEach();
  EXPECT_EQ(ClusterId(), id);
  workspace_.ExpectPlan(0);
}

TEST_F(ClusterAcceptanceTest, AnInterruptedCreateCanBeDestroyed) {
  auto apply = workspace_.Begin({"apply", "-auto-approve"});
  workspace_.WaitDuring(apply, "the cluster is there",
                        [&] { return Inventory(lab_, "clusters").size() == 1; });
  workspace_.Interrupt();
  apply.get();
  ExpectOk(workspace_.Destroy());
  ExpectNothing();
}

TEST_F(ClusterAcceptanceTest, AnErrorStateIsReportedAndKeptInState) {
  lab_.Do("fault", {"POST", "/v2/kubernetes/clusters", "error_state", "message=no droplets left"});
  const CommandResult apply = workspace_.Apply();
  EXPECT_EQ(apply.exit_code, 1);
  EXPECT_THAT(apply.err, HasSubstr("no droplets left"));
  EXPECT_EQ(workspace_.State()["kproto_cluster.this"]["values"]["id"], ClusterId());
  ExpectOk(workspace_.Destroy());
  ExpectNothing();
}

TEST_F(ClusterAcceptanceTest, ImportByNameAndByIdNeedNoChange) {
  ExpectOk(workspace_.Apply());
  for (const std::string& handle : {std::string("k8s-prototype"), ClusterId()}) {
    workspace_.Tofu({"state", "rm", "kproto_cluster.this"});
    ExpectOk(workspace_.Tofu({"import", "kproto_cluster.this", handle}));
    workspace_.ExpectPlan(0);
  }
  const CommandResult wrong = workspace_.Tofu({"import", "kproto_cluster.other", "nobody"});
  EXPECT_EQ(wrong.exit_code, 1);
}

TEST_F(ClusterAcceptanceTest, AClusterOfTheSameNameIsNeverTakenOver) {
  lab_.Api("POST", "/v2/kubernetes/clusters",
           {{"name", "k8s-prototype"},
            {"region", "nyc3"},
            {"version", "1.34"},
            {"node_pools", {{{"name", "p"}, {"size", "c-2"}, {"count", 1}}}}});
  const CommandResult apply = workspace_.Apply();
  EXPECT_EQ(apply.exit_code, 1);
  EXPECT_THAT(apply.err, HasSubstr("exists already"));
  EXPECT_THAT(apply.err, HasSubstr("tofu import"));
  EXPECT_THAT(Inventory(lab_, "clusters"), ElementsAre("k8s-prototype"));
}

TEST_F(ClusterAcceptanceTest, AnAwayApiKeepsTheState) {
  ExpectOk(workspace_.Apply());
  lab_.Do("fault", {"GET", "/v2/kubernetes/clusters/*", "status", "status=503", "times=-1"});
  EXPECT_EQ(workspace_.Plan().exit_code, 1);
  EXPECT_EQ(workspace_.State()["kproto_cluster.this"]["values"]["id"], ClusterId());
  lab_.Do("fault", {"clear"});
  workspace_.ExpectPlan(0);
}

TEST_F(ClusterAcceptanceTest, ATransientErrorWhileWaitingIsLivedThrough) {
  lab_.Do("fault", {"GET", "/v2/kubernetes/clusters/*", "status", "status=502", "skip=2"});
  lab_.Do("fault",
          {"GET", "/v2/kubernetes/clusters/*", "status", "status=429", "skip=4", "retry_after=5"});
  ExpectOk(workspace_.Apply());
  ExpectOneOfEach();
}

// ---- bad input: one diagnostic with the attribute, what is wrong and what is valid -------------

struct BadInput {
  std::string name, from, to;
  std::vector<std::string> says;
};

class BadInputTest : public ClusterAcceptanceTest,
                     public ::testing::WithParamInterface<BadInput> {};

TEST_P(BadInputTest, IsRefusedByThePlanWithNothingMade) {
  workspace_.Edit("main.tf", GetParam().from, GetParam().to);
  const CommandResult plan = workspace_.Plan();
  EXPECT_EQ(plan.exit_code, 1) << plan.out;
  size_t errors = 0;
  for (size_t at = plan.err.find("Error:"); at != std::string::npos;
       at = plan.err.find("Error:", at + 1)) {
    ++errors;
  }
  EXPECT_EQ(errors, 1u) << plan.err;
  // The host wraps lines, so compare with the white space taken together.
  std::string text;
  for (const char c : plan.err) {
    if (c != '\n' && c != ' ') {
      text += c;
    }
  }
  for (std::string said : GetParam().says) {
    said.erase(std::remove(said.begin(), said.end(), ' '), said.end());
    EXPECT_THAT(text, HasSubstr(said)) << plan.err;
  }
  ExpectNothing();
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadInputTest,
    ::testing::Values(
        BadInput{"Region", "nyc3", "nyc9", {"region", "nyc9", "nyc3"}},
        BadInput{"Size", "c-4", "c-5", {"node_pools", "c-5", "s-4vcpu-8gb"}},
        BadInput{"Version", "\"1.34\"", "\"1.12\"", {"version", "1.12", "1.34.4-do.1"}},
        BadInput{"VersionText", "\"1.34\"", "\"newest\"", {"version", "newest", "latest"}},
        BadInput{"Cidr", "10.10.0.0/20", "10.10.0.1/20", {"ip_range", "did you mean 10.10.0.0/20"}},
        BadInput{"CidrSize", "10.10.0.0/20", "10.0.0.0/8", {"ip_range", "/16"}},
        BadInput{"PoolName", "primary    =", "Primary    =", {"node_pools", "lower-case"}},
        BadInput{"NoCount", ", count = 3", "", {"primary", "count", "auto_scale"}},
        BadInput{"Bounds",
                 ", count = 3",
                 ", auto_scale = true, min_nodes = 5, max_nodes = 2",
                 {"min_nodes", "above max_nodes"}},
        BadInput{"TooManyNodes", "count = 3", "count = 300", {"300", "limit"}},
        BadInput{"Reserved", "10.10.0.0/20", "10.245.0.0/20", {"ip_range", "10.245.0.0/16"}},
        BadInput{
            "TakenRange", "10.10.0.0/20", "10.110.0.0/24", {"ip_range", "free", "10.0.0.0/24"}},
        BadInput{"UnknownVpc",
                 "{ ip_range = \"10.10.0.0/20\" }",
                 "{ id = \"00000000-0000-4000-8000-000000000000\" }",
                 {"vpc", "no VPC"}}),
    [](const auto& info) { return info.param.name; });

TEST_F(ClusterAcceptanceTest, AMissingTokenIsNamedWithTheWayToGiveIt) {
  workspace_.SetVariable("unused", "");
  workspace_.Write("provider.tf", "provider \"kproto\" {\n  token = \"\"\n}\n");
  const CommandResult plan = workspace_.Plan();
  EXPECT_EQ(plan.exit_code, 1);
  EXPECT_THAT(plan.err, HasSubstr("DIGITALOCEAN_TOKEN"));
}

TEST_F(ClusterAcceptanceTest, AWrongTokenAndAnUnreachableApiAreToldApart) {
  workspace_.Write("provider.tf", "provider \"kproto\" {\n  token = \"wrong\"\n}\n");
  const CommandResult wrong = workspace_.Plan();
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("DIGITALOCEAN_TOKEN"));
  EXPECT_THAT(wrong.err, Not(HasSubstr("\"wrong\"")));
  workspace_.Write("provider.tf", "provider \"kproto\" {\n  api_url = \"http://127.0.0.1:1\"\n}\n");
  const CommandResult away = workspace_.Plan();
  EXPECT_EQ(away.exit_code, 1);
  EXPECT_THAT(away.err, HasSubstr("127.0.0.1"));
}

}  // namespace
}  // namespace kproto::testing
