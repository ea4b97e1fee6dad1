// SPDX-License-Identifier: MPL-2.0
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "tests/resources/monitoring_stack/checks/picture.h"

namespace kproto::monitoring_stack {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// An upgrade of Loki under values of the user's.
std::vector<std::string> Upgrade(const std::string& from, const std::string& to,
                                 const Json& values) {
  Picture picture;
  picture.Add("loki", "").chart.version = to;
  picture.stack.files.by_component["loki"] = values;
  picture.stack.prior.emplace();
  StackApplication running;
  running.chart_version = from;
  picture.stack.prior->applications = MapOf<StackApplication>{{"loki", running}};
  return Lines(CheckUpgrades, picture);
}

TEST(UpgradesTest, AKeyThatANewMajorTakesAwayIsNamed) {
  const Json values = {{"monitoring", {{"selfMonitoring", {{"enabled", true}}}}}};
  EXPECT_THAT(Upgrade("6.55.0", "9.0.1", values),
              ElementsAre(AllOf(HasSubstr("6.55.0 -> 9.0.1 crosses 9.0"),
                                HasSubstr("monitoring.selfMonitoring"), HasSubstr("Remove"))));
  EXPECT_THAT(Upgrade("6.55.0", "18.11.0", values).size(), 2u);
}

TEST(UpgradesTest, WhatIsNotCrossedOrNotUsedIsNotSaid) {
  const Json values = {{"monitoring", {{"selfMonitoring", {{"enabled", true}}}}}};
  EXPECT_THAT(Upgrade("9.0.0", "9.4.0", values), IsEmpty());
  EXPECT_THAT(Upgrade("6.55.0", "18.11.0", Json::object()), IsEmpty());
  EXPECT_THAT(Upgrade("", "18.11.0", values), IsEmpty());
}

TEST(UpgradesTest, WhatConcernsEverybodyIsSaidToEverybody) {
  Picture picture;
  RenderedComponent& argocd = picture.Add("argocd", "");
  argocd.chart.name = "argo-cd";
  argocd.chart.version = "10.1.1";
  picture.stack.prior.emplace();
  picture.stack.prior->argocd = StackArgoCd{};
  picture.stack.prior->argocd->chart_version = std::string("9.3.7");
  EXPECT_THAT(Lines(CheckUpgrades, picture), ElementsAre(HasSubstr("NetworkPolicies are on")));
}

}  // namespace
}  // namespace kproto::monitoring_stack
