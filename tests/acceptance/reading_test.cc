// SPDX-License-Identifier: MPL-2.0
// What only reads, in the hands of the real OpenTofu: the examples of data sources, functions and
// the ephemeral kubeconfig as they are, over a lab without control planes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ReadingAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override { lab_.Up({"--no-control-plane", "--time-factor", "60"}); }

  // Applies; a second plan has nothing to do, so what was read was read the same way twice.
  static void ApplyAndSettle(Workspace& workspace) {
    workspace.Init();
    ExpectOk(workspace.Apply());
    workspace.ExpectPlan(0);
  }
  nlohmann::json MakeCluster(const std::string& name, const std::string& region) {
    return lab_.Api("POST", "/v2/kubernetes/clusters",
                    {{"name", name},
                     {"region", region},
                     {"version", "1.34"},
                     {"node_pools", {{{"name", "p"}, {"size", "c-2"}, {"count", 1}}}}});
  }
  void WaitUntilRunning(const std::string& id) {
    Eventually("the cluster runs", [&] {
      const nlohmann::json got = lab_.Api("GET", "/v2/kubernetes/clusters/" + id);
      return got["kubernetes_cluster"]["status"]["state"] == "running";
    });
  }

  lab::testing::LabProgram lab_;
};

TEST_F(ReadingAcceptanceTest, TheExamplesReadWhatThereIs) {
  Workspace capacity(lab_, "capacity");
  ApplyAndSettle(capacity);
  EXPECT_EQ(capacity.Output("more_nodes"),
            lab_.Api("GET", "/v2/account")["account"]["droplet_limit"]);
  EXPECT_THAT(capacity.Output("regions"), Contains("nyc3"));
  EXPECT_EQ(capacity.Output("version"), "1.34.4-do.1");
  EXPECT_EQ(capacity.Output("sizes"),
            nlohmann::json({{"web", "s-2vcpu-4gb"}, {"jobs", "s-8vcpu-16gb"}}));

  Workspace networks(lab_, "networks");
  ApplyAndSettle(networks);
  const nlohmann::json plan = networks.Output("networks");
  EXPECT_EQ(plan["ip_range"], "10.30.0.0/20");
  EXPECT_EQ(plan["cluster_subnet"], "10.255.0.0/16");
  EXPECT_EQ(plan["service_subnet"], "10.245.0.0/16");

  Workspace look_up(lab_, "look-up");
  look_up.SetVariable("name", "apart");
  ApplyAndSettle(look_up);
  EXPECT_EQ(look_up.Output("pools"), nlohmann::json({{"workers", "1 x s-2vcpu-4gb"}}));
  EXPECT_THAT(look_up.Output("neighbours"), ElementsAre("apart (1.34.4-do.1)"));

  const nlohmann::json twin = MakeCluster("apart", "ams3");
  const CommandResult several = look_up.Plan();
  EXPECT_EQ(several.exit_code, 1);
  EXPECT_THAT(several.err, HasSubstr("2 clusters have the name \"apart\""));
  EXPECT_THAT(several.err, HasSubstr(twin["kubernetes_cluster"]["id"].get<std::string>()));

  Workspace merge(lab_, "kubeconfig-merge");
  ApplyAndSettle(merge);
  const auto merged =
      nlohmann::json::parse(merge.Output("kubeconfig").get<std::string>(), nullptr, false);
  EXPECT_EQ(merged["current-context"], "staging");
  EXPECT_EQ(merged["contexts"].size(), 2u);
}

TEST_F(ReadingAcceptanceTest, AnEphemeralKubeconfigReachesCommandsAndProvidersAndNoFileOfTheHost) {
  const nlohmann::json made = MakeCluster("apart", "nyc3");
  const std::string id = made["kubernetes_cluster"]["id"];
  WaitUntilRunning(id);
  Workspace workspace(lab_, "kubeconfig");
  workspace.SetVariable("name", "apart");
  workspace.Edit("main.tf", "kubectl --kubeconfig \"$file\" get nodes", "cp \"$file\" seen.json");
  // A provider's own configuration may hold it as well.
  workspace.Write("second.tf", R"hcl(
provider "kproto" {
  alias        = "second"
  chart_mirror = "http://127.0.0.1/${ephemeral.kproto_kubeconfig.this.token}"
}
data "kproto_account" "second" {
  provider = kproto.second
}
)hcl");
  workspace.Init();
  ExpectOk(workspace.Tofu({"plan", "-out=saved.plan"}));
  ExpectOk(workspace.Tofu({"apply", "saved.plan"}));

  const auto seen = nlohmann::json::parse(workspace.Read("seen.json"), nullptr, false);
  EXPECT_EQ(seen["current-context"], "do-nyc3-apart");
  const std::string token = seen["users"][0]["user"].value("token", "");
  ASSERT_THAT(token, HasSubstr("token-"));
  EXPECT_THAT(workspace.Read("terraform.tfstate"), Not(HasSubstr(token)));
  const CommandResult plan = workspace.Tofu({"show", "-json", "saved.plan"});
  ExpectOk(plan);
  EXPECT_THAT(plan.out, Not(HasSubstr(token)));

  // Gone clusters and wrong ids are told from one another by what there is.
  workspace.Edit("main.tf", "data.kproto_cluster.this.id", "\"none\"");
  const CommandResult wrong = workspace.Plan();
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("(" + id + ")"));  // the host wraps lines
}

}  // namespace
}  // namespace kproto::testing
