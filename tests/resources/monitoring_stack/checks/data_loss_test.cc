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

constexpr char kPeriod[] = "{from: \"2024-04-01\", store: tsdb, schema: v13}";

std::vector<std::string> Edited(const std::string& periods) {
  Picture picture;
  picture.Add("loki", "loki: {schemaConfig: {configs: [" + periods + "]}}");
  DataFacts before;
  before.schema = Json::array({{{"from", "2024-04-01"}, {"store", "tsdb"}, {"schema", "v13"}}});
  picture.stack.before = before;
  return Lines(CheckDataLoss, picture);
}

TEST(DataLossTest, ASchemaPeriodThatHasBegunStays) {
  EXPECT_THAT(Edited(kPeriod), IsEmpty());
  EXPECT_THAT(Edited("{from: \"2024-04-01\", store: tsdb, schema: v12}"),
              ElementsAre(AllOf(HasSubstr("unreadable"), HasSubstr("2024-04-01 is changed"))));
  EXPECT_THAT(Edited("{from: \"2099-04-01\", store: tsdb, schema: v13}"),
              ElementsAre(HasSubstr("2024-04-01 is removed")));
}

TEST(DataLossTest, ANewPeriodBeginsInTheFuture) {
  const std::string first = kPeriod;
  EXPECT_THAT(Edited(first + ", {from: \"2025-01-01\", store: tsdb, schema: v14}"),
              ElementsAre(HasSubstr("begins in the past")));
  EXPECT_THAT(Edited(first + ", {from: \"2099-01-01\", store: tsdb, schema: v14}"), IsEmpty());
}

TEST(DataLossTest, AVolumeIsNotGivenUpUnasked) {
  Picture picture;
  picture.Add("grafana", "persistence: {enabled: false}");
  picture.stack.before.emplace();
  picture.stack.before->with_volume = {"grafana"};
  EXPECT_THAT(Lines(CheckDataLoss, picture),
              ElementsAre(AllOf(HasSubstr("The volume of grafana would be given up"),
                                HasSubstr("persistence"))));
}

TEST(DataLossTest, AVolumeThatGoesWithItsPodsIsWarnedOf) {
  Picture picture;
  picture.Add("loki", "singleBinary: {persistence: {enableStatefulSetAutoDeletePVC: true}}");
  EXPECT_THAT(Lines(CheckDataLoss, picture), ElementsAre(HasSubstr("go with its StatefulSet")));
}

}  // namespace
}  // namespace kproto::monitoring_stack
