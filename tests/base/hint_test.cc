// SPDX-License-Identifier: MPL-2.0
#include "base/hint.h"

#include "base/status_macros.h"
#include "gtest/gtest.h"

namespace kproto {
namespace {

TEST(HintTest, TravelsWithTheStatus) {
  const absl::Status status = WithHint(absl::NotFoundError("no such size"), "try s-2vcpu-4gb");
  EXPECT_EQ(HintOf(status), "try s-2vcpu-4gb");
  EXPECT_EQ(status.message(), "no such size");
}

TEST(HintTest, OkAndHintlessStatusesHaveNone) {
  EXPECT_EQ(HintOf(WithHint(absl::OkStatus(), "unused")), "");
  EXPECT_EQ(HintOf(absl::NotFoundError("x")), "");
}

TEST(HintTest, AnnotateKeepsCodeHintAndMessage) {
  const absl::Status status =
      Annotate(WithHint(absl::AbortedError("members remain"), "wait"), "vpc \"a\"");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status.message(), "vpc \"a\": members remain");
  EXPECT_EQ(HintOf(status), "wait");
  EXPECT_TRUE(Annotate(absl::OkStatus(), "vpc").ok());
}

absl::StatusOr<int> Half(int n) {
  if (n % 2 != 0) {
    return absl::InvalidArgumentError("odd");
  }
  return n / 2;
}

absl::StatusOr<int> Quarter(int n) {
  KPROTO_ASSIGN_OR_RETURN(const int half, Half(n));
  KPROTO_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

TEST(StatusMacrosTest, PassValuesAndErrorsOn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().message(), "odd");
}

}  // namespace
}  // namespace kproto
