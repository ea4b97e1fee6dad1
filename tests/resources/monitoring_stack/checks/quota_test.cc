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

std::vector<std::string> With(const std::string& resource, const std::string& amount,
                              const std::string& requests = "{cpu: 500m, memory: 1Gi}") {
  Picture picture;
  picture.Add("loki", "",
              "kind: StatefulSet\nmetadata: {name: loki}\nspec:\n  replicas: 3\n"
              "  template: {spec: {containers: [{name: loki, resources: {requests: " +
                  requests + "}}]}}\n");
  picture.stack.planned.ns = std::string("monitoring");
  picture.stack.planned.resource_quota = MapOf<std::string>{{resource, amount}};
  return Lines(CheckQuota, picture);
}

TEST(QuotaTest, AStackThatDoesNotFitIsRefused) {
  EXPECT_THAT(With("requests.cpu", "1"),
              ElementsAre(AllOf(HasSubstr("does not fit its quota of 1 requests.cpu"),
                                HasSubstr("ask for 1500m"))));
  EXPECT_THAT(With("requests.memory", "2Gi"), ElementsAre(HasSubstr("ask for 3Gi")));
  EXPECT_THAT(With("pods", "2"), ElementsAre(HasSubstr("ask for 3")));
  EXPECT_THAT(With("requests.cpu", "1500m"), IsEmpty());
  EXPECT_THAT(With("pods", "3"), IsEmpty());
}

TEST(QuotaTest, APodThatAsksForNothingWouldBeRefused) {
  EXPECT_THAT(
      With("requests.memory", "8Gi", "{cpu: 500m}"),
      ElementsAre(AllOf(HasSubstr("Pods that ask for no memory"), HasSubstr("StatefulSet loki"))));
}

TEST(QuotaTest, WhatIsNoQuantityIsNamed) {
  EXPECT_THAT(With("pods", "many"), ElementsAre(HasSubstr("\"many\" is no quantity")));
}

}  // namespace
}  // namespace kproto::monitoring_stack
