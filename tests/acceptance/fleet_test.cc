// SPDX-License-Identifier: MPL-2.0
// examples/tofu/fleet by the real OpenTofu: a hub with the real Argo CD, whose real ApplicationSet
// controller and application controller deliver to two more real API servers. One life in one test,
// because each of its stages needs what the one before has made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;

constexpr char kAms[] = R"("ams": {"region": "ams3", "ip_range": "10.41.0.0/20", "logs": "10Gi"})";
constexpr char kNyc[] = R"("nyc": {"region": "nyc3", "ip_range": "10.42.0.0/20", "logs": "20Gi"})";

class FleetAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.Up();
    workspace_.Init();
  }

  void SetMembers(const std::string& members) {
    workspace_.SetVariable("members", absl::StrCat("{", members, "}"));
  }
  // kubectl in one of the clusters.
  Json In(const std::string& cluster, std::vector<std::string> arguments) {
    const Json status = lab_.DoJson("status");
    for (const Json& one : status["clusters"]) {
      if (one.value("name", "") == cluster) {
        arguments.push_back(absl::StrCat("--kubeconfig=", one.value("kubeconfig", "")));
      }
    }
    return workspace_.Kubectl(std::move(arguments));
  }
  // Name → sync and health of the fleet's Applications on the hub.
  std::map<std::string, std::string> Applications() {
    std::map<std::string, std::string> states;
    const Json list = In("hub", {"get", "applications", "-n", "argocd", "-l",
                                 "app.kubernetes.io/managed-by=kproto-fleet"});
    for (const Json& item : list["items"]) {
      const Json status = item.value("status", Json::object());
      states[item["metadata"]["name"]] =
          absl::StrCat(status.value("sync", Json::object()).value("status", ""), " ",
                       status.value("health", Json::object()).value("status", ""));
    }
    return states;
  }
  static std::map<std::string, std::string> AllWell(const std::vector<std::string>& members) {
    std::map<std::string, std::string> states;
    for (const std::string& member : members) {
      for (const char* application : {"grafana", "loki", "promtail"}) {
        states[absl::StrCat("edge-", member, "-", application)] = "Synced Healthy";
      }
    }
    return states;
  }
  std::string Decoded(const std::string& text) {
    return workspace_.Do({"sh", "-c", "printf %s \"$0\" | base64 -d", text}).out;
  }
  std::string Grafana(const std::string& cluster) {
    return In(cluster, {"get", "deployment", "grafana", "-n", "monitoring"}).dump();
  }
  void ExpectNoTokenInTheState();
  void ExpectHandsAreUndone();

  lab::testing::LabProgram lab_;
  Workspace workspace_{lab_, "fleet"};
};

void FleetAcceptanceTest::ExpectNoTokenInTheState() {
  const Json secret = In("hub", {"get", "secret", "cluster-edge-ams", "-n", "argocd"});
  const Json config =
      Json::parse(Decoded(secret["data"].value("config", "")), nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(config.is_object());
  const std::string token = config.value("bearerToken", "");
  EXPECT_GT(token.size(), 100u);
  EXPECT_THAT(workspace_.Read("terraform.tfstate"), Not(HasSubstr(token)));
  EXPECT_THAT(workspace_.Output("tokens_expire_at").dump(), HasSubstr("Z"));
}

void FleetAcceptanceTest::ExpectHandsAreUndone() {
  // An Application is the ApplicationSet controller's to mend.
  In("hub", {"patch", "application", "edge-ams-loki", "-n", "argocd", "--type=merge", "-p",
             R"({"spec": {"source": {"targetRevision": "1.2.3"}}})"});
  Eventually("the Application is as it was", [&] {
    return In("hub", {"get", "application", "edge-ams-loki", "-n",
                      "argocd"})["spec"]["source"]["targetRevision"] != "1.2.3";
  });
  Eventually("all is well again", [&] { return Applications() == AllWell({"ams", "nyc"}); });
  workspace_.ExpectPlan(0);
  // What nobody but kproto mends: the ApplicationSets let go of a member.
  In("hub", {"label", "secret", "cluster-edge-nyc", "-n", "argocd", "--overwrite",
             "fleet.kproto/joined=no"});
  Eventually("the member's Applications are gone",
             [&] { return Applications() == AllWell({"ams"}); });
  const CommandResult plan = workspace_.Plan();
  EXPECT_EQ(plan.exit_code, 2);
  EXPECT_THAT(plan.out, HasSubstr("0 to add, 1 to change, 0 to destroy"));
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_EQ(Applications(), AllWell({"ams", "nyc"}));
}

TEST_F(FleetAcceptanceTest, OneArgoCdDeliversToEveryMemberAndLeavesNothing) {
  SetMembers(kAms);
  ExpectOk(workspace_.Apply());
  workspace_.ExpectPlan(0);
  EXPECT_EQ(Applications(), AllWell({"ams"}));
  ExpectNoTokenInTheState();
  {
    SCOPED_TRACE("a second member");
    SetMembers(absl::StrCat(kAms, ", ", kNyc));
    const CommandResult plan = workspace_.Plan();
    EXPECT_THAT(plan.out, HasSubstr("2 to add, 0 to change, 0 to destroy"));
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
    EXPECT_EQ(Applications(), AllWell({"ams", "nyc"}));
    for (const auto& [member, size] : {std::pair("ams", "10Gi"), std::pair("nyc", "20Gi")}) {
      const Json loki = In(member, {"get", "statefulset", "loki", "-n", "monitoring"});
      EXPECT_THAT(loki["spec"]["volumeClaimTemplates"].dump(), HasSubstr(size)) << member;
      EXPECT_THAT(Grafana(member), HasSubstr("100m")) << member;
    }
  }
  {
    SCOPED_TRACE("changed by hand");
    ExpectHandsAreUndone();
  }
  {
    SCOPED_TRACE("a change of what all have");
    workspace_.Edit("helm-values/grafana.yaml", "cpu: 100m", "cpu: 111m");
    const CommandResult plan = workspace_.Plan();
    EXPECT_THAT(plan.out, HasSubstr("0 to add, 1 to change, 0 to destroy")) << "no member";
    ExpectOk(workspace_.Apply());
    EXPECT_THAT(Grafana("ams"), HasSubstr("111m"));
    EXPECT_THAT(Grafana("nyc"), HasSubstr("111m"));
    workspace_.ExpectPlan(0);
  }
  {
    SCOPED_TRACE("a member leaves with its cluster");
    SetMembers(kNyc);
    ExpectOk(workspace_.Apply());
    workspace_.ExpectPlan(0);
    EXPECT_EQ(Applications(), AllWell({"nyc"}));
    EXPECT_EQ(Inventory(lab_, "clusters").size(), 2u);
  }
  {
    SCOPED_TRACE("imported");
    const std::string id = workspace_.State()["kproto_fleet.edge"]["values"].value("id", "");
    ExpectOk(workspace_.Tofu({"state", "rm", "kproto_fleet.edge", "kproto_fleet_member.edge"}));
    ExpectOk(workspace_.Tofu({"import", "kproto_fleet.edge", id}));
    ExpectOk(
        workspace_.Tofu({"import", "kproto_fleet_member.edge[\"nyc\"]", absl::StrCat(id, "/nyc")}));
    workspace_.ExpectPlan(0);
    // An import does not note what depends on what; the next apply does.
    ExpectOk(workspace_.Apply());
  }
  ExpectOk(workspace_.Destroy());
  for (const char* kind : {"vpcs", "clusters", "droplets", "load_balancers", "volumes"}) {
    EXPECT_THAT(Inventory(lab_, kind), IsEmpty()) << kind;
  }
}

}  // namespace
}  // namespace kproto::testing
