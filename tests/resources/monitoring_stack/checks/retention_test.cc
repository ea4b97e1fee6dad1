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

std::vector<std::string> With(const std::string& loki, const std::string& rest = "") {
  Picture picture;
  picture.Add("loki", "loki: " + loki + "\n" + rest);
  picture.SetChart("loki", "", "", "3.6.7");
  return Lines(CheckRetention, picture);
}

TEST(RetentionTest, APeriodThatNobodyEnforcesIsNamed) {
  EXPECT_THAT(With("{limits_config: {retention_period: 168h}}"),
              ElementsAre(AllOf(HasSubstr("never be deleted"),
                                HasSubstr("loki.limits_config.retention_period"),
                                HasSubstr("retention_enabled is not true"))));
  EXPECT_THAT(With("{limits_config: {retention_period: 168h}, compactor: {retention_enabled: true, "
                   "delete_request_store: filesystem}}"),
              IsEmpty());
  EXPECT_THAT(With("{limits_config: {retention_period: 0s}}"), IsEmpty());
  EXPECT_THAT(With("{structuredConfig: {limits_config: {retention_period: 7d}}}"),
              ElementsAre(HasSubstr("loki.structuredConfig.limits_config.retention_period")));
}

TEST(RetentionTest, TheCompactorNeedsAStoreForItsRequests) {
  EXPECT_THAT(With("{compactor: {retention_enabled: true}}"),
              ElementsAre(HasSubstr("delete_request_store")));
}

TEST(RetentionTest, LessThanADayAndAnIndexOfAnotherPeriodAreNamed) {
  EXPECT_THAT(
      With("{limits_config: {retention_period: 12h}, compactor: {retention_enabled: true, "
           "delete_request_store: s3}, schemaConfig: {configs: [{index: {period: 168h}}]}}"),
      ElementsAre(HasSubstr("too short"), HasSubstr("daily index")));
}

TEST(RetentionTest, MoreCopiesThanPodsAreNamed) {
  EXPECT_THAT(With("{commonConfig: {replication_factor: 3}}", "singleBinary: {replicas: 1}"),
              ElementsAre(AllOf(HasSubstr("loki.commonConfig.replication_factor"),
                                HasSubstr("1 pod takes"), HasSubstr("replication_factor to 1"))));
  EXPECT_THAT(With("{commonConfig: {replication_factor: 1}}", "singleBinary: {replicas: 1}"),
              IsEmpty());
  EXPECT_THAT(With("{commonConfig: {replication_factor: 3}}",
                   "deploymentMode: SimpleScalable\nwrite: {replicas: 3}"),
              IsEmpty());
}

}  // namespace
}  // namespace kproto::monitoring_stack
