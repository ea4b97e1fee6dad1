// SPDX-License-Identifier: MPL-2.0
// What a cluster belongs to and may pull from: its project, with all that its workloads made, and
// its container registries.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ClusterMembershipTest : public ::testing::Test {
 protected:
  ClusterMembershipTest() {
    cloud().Edit([](FakeCloud& now) {
      now.projects["shop"] = {.id = "shop", .name = "shop"};
      for (const char* name : {"images", "charts"}) {
        now.registries[name] = {name, "nyc3", "", 0};
      }
    });
  }
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Text(host_.said); }
  bool PlansNothing() { return host_.Refresh() && host_.Plan(config_).planned == host_.state; }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  FakeCloud Now() { return host_.cloud().cloud(); }
  std::string Id() { return *host_.model().id; }
  // As a Service and a volume claim would: DigitalOcean puts both into the default project.
  void MakeWorkloads() {
    cloud().Edit([&](FakeCloud& now) {
      now.load_balancers["lb-1"] = {.id = "lb-1", .name = "a1", .tags = {"k8s:" + Id()}};
      now.volumes["v-1"] = {.id = "v-1", .name = "pvc", .tags = {"k8s:" + Id()}};
      for (auto& [project, urns] : now.project_urns) {
        if (now.projects[project].is_default) {
          urns.push_back("do:loadbalancer:lb-1");
          urns.push_back("do:volume:v-1");
        }
      }
    });
  }
  std::vector<std::string> Integrated() { return Now().cluster_registries[Id()]; }
  std::vector<std::string> InState() {
    std::vector<std::string> names;
    const ClusterModel state = host_.model();
    for (const Attr<std::string>& name : state.registries->elements) {
      names.push_back(*name);
    }
    return names;
  }
  static SetOf<std::string> Set(std::vector<std::string> names) {
    SetOf<std::string> set;
    set.elements.assign(names.begin(), names.end());
    return set;
  }

  ClusterHost host_;
  ClusterModel config_ = SmallPlatform();
};

TEST_F(ClusterMembershipTest, TheClusterJoinsItsProject) {
  config_.project_id = "shop";
  Make();
  EXPECT_THAT(Now().project_urns["shop"], ElementsAre("do:kubernetes:" + Id()));
  EXPECT_TRUE(PlansNothing());
}

TEST_F(ClusterMembershipTest, WhatTheWorkloadsMadeFollows) {
  config_.project_id = "shop";
  Make();
  MakeWorkloads();
  ASSERT_TRUE(host_.Refresh());
  EXPECT_THAT(Text(host_.said), AllOf(HasSubstr("do:loadbalancer:lb-1, do:volume:v-1"),
                                      HasSubstr("The next apply moves it there")));
  EXPECT_FALSE(PlansNothing()) << "what has strayed shows in the plan";
  Make();
  EXPECT_THAT(
      Now().project_urns["shop"],
      UnorderedElementsAre("do:kubernetes:" + Id(), "do:loadbalancer:lb-1", "do:volume:v-1"));
  EXPECT_TRUE(PlansNothing());
}

TEST_F(ClusterMembershipTest, AStrayedClusterIsSeenWhereItIsAndBroughtBack) {
  config_.project_id = "shop";
  Make();
  cloud().Edit([&](FakeCloud& now) {
    now.projects["other"] = {.id = "other", .name = "other"};
    now.project_urns["other"] = std::move(now.project_urns["shop"]);
    now.project_urns["shop"].clear();
  });
  ASSERT_TRUE(host_.Refresh());
  EXPECT_EQ(*host_.model().project_id, "other");
  Make();
  EXPECT_THAT(Now().project_urns["shop"], ElementsAre("do:kubernetes:" + Id()));
}

// The call answers 200 all the same.
TEST_F(ClusterMembershipTest, AUrnThatTheProjectDoesNotTakeIsAnError) {
  config_.project_id = "shop";
  cloud().OnCall([this](const std::string& call) {
    cloud().Edit([&](FakeCloud& now) {
      if (call == "AssignResources shop") {
        now.load_balancers.clear();
      } else if (call == "ListLoadBalancers" && !now.clusters.empty()) {
        now.load_balancers["lb-1"] = {
            .id = "lb-1", .name = "a1", .tags = {"k8s:" + now.clusters.begin()->first}};
      }
    });
  });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Text(host_.said),
              AllOf(HasSubstr("do:loadbalancer:lb-1"), HasSubstr("[project_id]")));
  EXPECT_TRUE(host_.model().cluster_ca_certificate.is_null()) << "it is not complete";
  cloud().OnCall({});
  cloud().Edit([](FakeCloud& now) { now.load_balancers.clear(); });
  Make();
  EXPECT_EQ(cloud().Count("CreateCluster"), 1) << "gone on with, not made again";
}

TEST_F(ClusterMembershipTest, AnUnknownProjectIsAnErrorOfThePlan) {
  config_.project_id = "none";
  host_.Plan(config_);
  EXPECT_THAT(Text(host_.said),
              AllOf(HasSubstr("no project with id none"), HasSubstr("[project_id]")));
}

TEST_F(ClusterMembershipTest, WithoutAProjectNothingIsAsked) {
  Make();
  EXPECT_TRUE(PlansNothing());
  EXPECT_EQ(cloud().Count("ListProjectResources") + cloud().Count("AssignResources") +
                cloud().Count("ListRegistries"),
            0);
}

TEST_F(ClusterMembershipTest, SeveralRegistriesAreIntegratedAndTakenAway) {
  config_.registries = Set({"charts", "images"});
  Make();
  EXPECT_THAT(Integrated(), UnorderedElementsAre("charts", "images"));
  EXPECT_TRUE(PlansNothing());
  config_.registries = Set({"images"});
  Make();
  EXPECT_THAT(Integrated(), ElementsAre("images"));
  EXPECT_THAT(cloud().calls(), Contains("RemoveClusterRegistries charts"));
  config_.registries = Set({});
  Make();
  EXPECT_THAT(Integrated(), IsEmpty());
  EXPECT_TRUE(PlansNothing());
}

TEST_F(ClusterMembershipTest, RegistriesThatWereTakenAwayElsewhereComeBack) {
  config_.registries = Set({"images"});
  Make();
  ASSERT_THAT(cloud().RemoveClusterRegistries(Id(), {"images"}, {}), IsOk());
  EXPECT_FALSE(PlansNothing());
  EXPECT_THAT(InState(), IsEmpty());
  Make();
  EXPECT_THAT(Integrated(), ElementsAre("images"));
}

TEST_F(ClusterMembershipTest, ARegistryThatIsGoneIsInNoState) {
  config_.registries = Set({"charts", "images"});
  Make();
  ASSERT_THAT(cloud().DeleteRegistry("charts", {}), IsOk());
  ASSERT_TRUE(host_.Refresh());
  EXPECT_THAT(InState(), ElementsAre("images"));
  config_.registries = Set({"images"});
  EXPECT_TRUE(PlansNothing());
}

TEST_F(ClusterMembershipTest, NoneMeansThatAnyIsDrift) {
  config_.registries = Set({});
  Make();
  ASSERT_THAT(cloud().AddClusterRegistries(Id(), {"images"}, {}), IsOk());
  EXPECT_FALSE(PlansNothing());
  Make();
  EXPECT_THAT(Integrated(), IsEmpty());
}

TEST_F(ClusterMembershipTest, AnUnknownRegistryIsNamed) {
  config_.registries = Set({"none"});
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Text(host_.said),
              AllOf(HasSubstr("registry none not found"), HasSubstr("[registries]")));
}

TEST_F(ClusterMembershipTest, AnImportFindsProjectAndTheOnlyRegistry) {
  cloud().Edit([](FakeCloud& now) { now.registries.erase("charts"); });
  config_.project_id = "shop";
  config_.registries = Set({"images"});
  Make();
  const std::string id = Id();
  ASSERT_TRUE(host_.Import(id)) << Text(host_.said);
  EXPECT_EQ(*host_.model().project_id, "shop");
  EXPECT_THAT(InState(), ElementsAre("images"));
}

}  // namespace
}  // namespace kproto::testing
