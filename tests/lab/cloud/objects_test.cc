// SPDX-License-Identifier: MPL-2.0
#include "lab/cloud/objects.h"

#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOkAndHolds;
using kproto::testing::StatusIs;

TEST(GibibytesTest, EveryNotationIsRoundedUpToWholeOnes) {
  EXPECT_THAT(Gibibytes("50Gi"), IsOkAndHolds(50));
  EXPECT_THAT(Gibibytes("1500Mi"), IsOkAndHolds(2));
  EXPECT_THAT(Gibibytes("1Ti"), IsOkAndHolds(1024));
  EXPECT_THAT(Gibibytes("10G"), IsOkAndHolds(10));
  EXPECT_THAT(Gibibytes("5368709120"), IsOkAndHolds(5));
  EXPECT_THAT(Gibibytes("0.5Gi"), IsOkAndHolds(1));
}

TEST(GibibytesTest, WhatIsNoQuantityIsAnError) {
  for (const char* text : {"", "Gi", "ten", "10Xi", "-1Gi", "1 Gi"}) {
    EXPECT_THAT(Gibibytes(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(FinalizerTest, IsFoundAmongOthers) {
  const nlohmann::json object = {{"metadata", {{"finalizers", {"a/b", "c/d"}}}}};
  EXPECT_TRUE(HasFinalizer(object, "c/d"));
  EXPECT_FALSE(HasFinalizer(object, "c"));
  EXPECT_FALSE(HasFinalizer(nlohmann::json::object(), "c/d"));
}

}  // namespace
}  // namespace kproto::lab
