// SPDX-License-Identifier: MPL-2.0
// Making one object and never two, whatever becomes of the answers.
#include "resources/creation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// A cloud that holds one thing at most, and answers as it is told to.
class CreationTest : public ::testing::Test {
 protected:
  absl::StatusOr<int> Once() {
    return Creation::Once<int>(
        [&]() -> absl::StatusOr<std::optional<int>> {
          return finds_++ == lost_find_ ? absl::UnavailableError("lost")
                                        : absl::StatusOr<std::optional<int>>(there_);
        },
        [&]() -> absl::StatusOr<int> {
          ++creates_;
          if (takes_effect_ || creates_ > 1) {
            there_ = creates_;
          }
          const absl::Status answer = std::exchange(answers_, absl::OkStatus());
          return answer.ok() ? absl::StatusOr<int>(*there_) : absl::StatusOr<int>(answer);
        });
  }

  std::optional<int> there_;
  int creates_ = 0, finds_ = 0, lost_find_ = -1;
  bool takes_effect_ = true;
  absl::Status answers_;

  TempDir dir_;
  Journal journal_{dir_ / "journal"};
};

TEST_F(CreationTest, MakesWhatIsNotThereAndTakesWhatIs) {
  EXPECT_THAT(Once(), IsOkAndHolds(1));
  EXPECT_THAT(Once(), IsOkAndHolds(1));
  EXPECT_EQ(creates_, 1);
}

TEST_F(CreationTest, ALostAnswerIsLookedAfterNotAskedAgain) {
  answers_ = http::MarkMayHaveTakenEffect(absl::UnavailableError("connection reset"));
  EXPECT_THAT(Once(), IsOkAndHolds(1));
  EXPECT_EQ(creates_, 1);
}

TEST_F(CreationTest, AskedAgainWhenNothingWasMade) {
  answers_ = http::MarkMayHaveTakenEffect(absl::UnavailableError("connection reset"));
  takes_effect_ = false;
  EXPECT_THAT(Once(), IsOkAndHolds(2));
}

TEST_F(CreationTest, ARefusalIsFinal) {
  answers_ = absl::InvalidArgumentError("no");
  takes_effect_ = false;
  EXPECT_THAT(Once(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(creates_, 1);
}

TEST_F(CreationTest, WhenNobodyCanTellTheErrorSaysSo) {
  answers_ = http::MarkMayHaveTakenEffect(absl::UnavailableError("connection reset"));
  lost_find_ = 1;
  const absl::Status status = Once().status();
  EXPECT_TRUE(http::MayHaveTakenEffect(status)) << status;
  EXPECT_EQ(creates_, 1);
}

TEST_F(CreationTest, TheIntentOutlivesItsRunUntilTheObjectIsSeen) {
  Diagnostics diagnostics;
  auto creation = Creation::Begin(journal_, "kproto_thing/a");
  ASSERT_THAT(creation, IsOk());
  EXPECT_THAT(creation->mark(), StartsWith("kproto:"));
  ASSERT_THAT(creation->Note("thing_id", "7"), IsOk());
  creation->End(Creation::Outcome::kObject, diagnostics);
  EXPECT_THAT(*journal_.All(), SizeIs(1));
  ForgetCreation(journal_, "thing_id", "8");
  EXPECT_THAT(*journal_.All(), SizeIs(1)) << "another object's";
  ForgetCreation(journal_, "thing_id", "7");
  EXPECT_THAT(*journal_.All(), IsEmpty());
}

TEST_F(CreationTest, NothingMadeIsNothingToRemember) {
  Diagnostics diagnostics;
  auto creation = Creation::Begin(journal_, "kproto_thing/a");
  ASSERT_THAT(creation, IsOk());
  creation->End(Creation::Outcome::kNothing, diagnostics);
  EXPECT_THAT(*journal_.All(), IsEmpty());
  EXPECT_TRUE(diagnostics.empty());
}

}  // namespace
}  // namespace kproto::testing
