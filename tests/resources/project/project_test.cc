// SPDX-License-Identifier: MPL-2.0
// A kproto_project from create to destroy.
#include "resources/project/resource.h"
#include "tests/resources/resource_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using ProjectHost = ResourceHost<ProjectResource, ProjectModel>;

class ProjectTest : public ::testing::Test {
 protected:
  ProjectTest() {
    config_.name = "shop";
    config_.description = "Everything of the shop";
    config_.environment = "Production";
  }
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << host_.Text(); }
  FakeDigitalOcean& cloud() { return host_.cloud(); }
  api::Project Live() { return cloud().cloud().projects[*host_.model().id]; }
  std::string DefaultId() {
    for (const auto& [id, project] : cloud().cloud().projects) {
      if (project.is_default) {
        return id;
      }
    }
    return "";
  }

  ProjectHost host_;
  ProjectModel config_;
};

TEST_F(ProjectTest, ReadsBackAsWritten) {
  Make();
  EXPECT_EQ(Live().name, "shop");
  EXPECT_EQ(Live().description, "Everything of the shop");
  EXPECT_EQ(Live().purpose, "Web Application");
  EXPECT_EQ(Live().environment, "Production");
  EXPECT_FALSE(*host_.model().is_default);
  EXPECT_TRUE(host_.PlansNothing(config_)) << host_.Text();
  EXPECT_THAT(*host_.journal().All(), IsEmpty());
  ASSERT_TRUE(host_.Import("shop"));
  EXPECT_TRUE(host_.PlansNothing(config_)) << "after an import by name";
}

TEST_F(ProjectTest, APurposeOfOnesOwnKeepsItsSpelling) {
  config_.purpose = "Selling hats";
  Make();
  EXPECT_EQ(Live().purpose, "Other: Selling hats");
  EXPECT_EQ(*host_.model().purpose, "Selling hats");
  EXPECT_TRUE(host_.PlansNothing(config_));
  ASSERT_TRUE(host_.Import("shop"));
  EXPECT_TRUE(host_.PlansNothing(config_)) << host_.Text();
}

TEST_F(ProjectTest, WhatIsTakenAwayIsEmptied) {
  Make();
  config_.description = {};
  config_.environment = {};
  config_.name = "store";
  Make();
  EXPECT_EQ(Live().description, "");
  EXPECT_EQ(Live().environment, "");
  EXPECT_EQ(Live().name, "store");
  EXPECT_TRUE(host_.PlansNothing(config_));
}

TEST_F(ProjectTest, ANameOfSomebodyElsesIsNotTakenOver) {
  cloud().Edit([](FakeCloud& now) { now.projects["other"] = {.id = "other", .name = "shop"}; });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(host_.Text(),
              AllOf(HasSubstr("exists already (id other)"),
                    HasSubstr("tofu import kproto_project.NAME other"), HasSubstr("[name]")));
  EXPECT_TRUE(host_.state.is_null());
  EXPECT_THAT(*host_.journal().All(), IsEmpty());
}

TEST_F(ProjectTest, LostAnswersAndFailuresMakeNothingTwice) {
  constexpr int kCallsOfACreate = 2;  // look-up, create
  for (int call = 1; call <= kCallsOfACreate; ++call) {
    for (const FailWhen when : {FailWhen::kBefore, FailWhen::kAfter}) {
      ProjectHost host;
      host.cloud().FailCall(call, absl::UnavailableError("connection reset"), when);
      (void)host.Apply(config_);
      EXPECT_TRUE(host.Apply(config_)) << call << host.Text();
      EXPECT_EQ(host.cloud().cloud().projects.size(), 2u) << call;
      EXPECT_TRUE(host.PlansNothing(config_)) << call << host.Text();
    }
  }
}

TEST_F(ProjectTest, BecomesTheDefaultAndSaysWhyItStaysSo) {
  config_.is_default = true;
  Make();
  EXPECT_EQ(DefaultId(), *host_.model().id);
  config_.is_default = false;
  host_.Plan(config_);
  EXPECT_THAT(host_.Text(), AllOf(HasSubstr("[is_default]"), HasSubstr("stays the default")));
  EXPECT_FALSE(host_.Destroy());
  EXPECT_THAT(host_.Text(), HasSubstr("The default project cannot be destroyed"));
  EXPECT_FALSE(host_.state.is_null());
  config_.is_default = {};
  EXPECT_TRUE(host_.PlansNothing(config_));
}

TEST_F(ProjectTest, DestroyMovesWhatItHoldsToTheDefaultProject) {
  Make();
  const std::string id = *host_.model().id;
  cloud().Edit([&](FakeCloud& now) {
    now.volumes["v-1"] = {.id = "v-1"};
    now.project_urns[id] = {"do:volume:v-1", "do:volume:gone"};
  });
  // What is gone is never "moved": the fake keeps it until it is forgotten, as DigitalOcean does.
  host_.clock().OnSleep(
      [&] { cloud().Edit([&](FakeCloud& now) { now.project_urns[id].clear(); }); });
  ASSERT_TRUE(host_.Destroy()) << host_.Text();
  EXPECT_EQ(cloud().cloud().projects.count(id), 0u);
  EXPECT_THAT(cloud().cloud().project_urns[DefaultId()], Contains("do:volume:v-1"));
}

TEST_F(ProjectTest, GoneElsewhereIsGoneFromTheStateAndDestroyed) {
  Make();
  const std::string id = *host_.model().id;
  cloud().Edit([&](FakeCloud& now) { now.projects.erase(id); });
  ASSERT_TRUE(host_.Refresh());
  EXPECT_TRUE(host_.state.is_null());
}

}  // namespace
}  // namespace kproto::testing
