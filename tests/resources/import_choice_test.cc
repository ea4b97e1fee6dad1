// SPDX-License-Identifier: MPL-2.0
#include "resources/import_choice.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<ImportCandidate> kThree = {
    {"1", "web", "nyc3"}, {"2", "api", "nyc3"}, {"3", "web", "ams3"}};

TEST(ImportChoiceTest, IsByIdOrByAnUnambiguousName) {
  EXPECT_THAT(ChooseForImport("load balancer", "3", kThree), IsOkAndHolds(2u));
  EXPECT_THAT(ChooseForImport("load balancer", "api", kThree), IsOkAndHolds(1u));
}

TEST(ImportChoiceTest, ANameOfSeveralListsTheirIds) {
  EXPECT_THAT(
      ChooseForImport("load balancer", "web", kThree),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("web (1 in nyc3), web (3 in ams3)"), Not(HasSubstr("api")))));
}

TEST(ImportChoiceTest, NothingOfThatNameListsWhatThereIsUpToALimit) {
  EXPECT_THAT(ChooseForImport("project", "x", {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("there are: none")));
  EXPECT_THAT(ChooseForImport("project", "x", std::vector<ImportCandidate>(25, {"1", "a", ""})),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("a (1), and 5 more")));
}

}  // namespace
}  // namespace kproto::testing
