// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/stages.h"

#include "gmock/gmock.h"
#include "lab/process/private_file.h"
#include "tests/lab/support/lab_tools.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::StatusIs;
using ::testing::HasSubstr;

TEST(StagesTest, AnImageIsRefusedWhereverTheStagesAsk) {
  const auto stages = ReadFile(testing::LabFolder() + "/kubernetes/stages.yaml");
  ASSERT_THAT(stages, IsOk());
  const auto bent = WithImagesRefused(*stages, {"grafana/grafana"});
  ASSERT_THAT(bent, IsOk());
  EXPECT_THAT(*bent, HasSubstr(R"(test(":missing$|grafana/grafana"))"));
  EXPECT_THAT(*bent, HasSubstr(R"(regexMatch ":missing$|grafana/grafana")"));
  EXPECT_EQ(*WithImagesRefused(*stages, {}), *stages);
}

TEST(StagesTest, WhatNoImageIsCalledCannotEndTheExpression) {
  for (const char* part : {"", "a\"b", "a'b", "a b", "(", "a|b"}) {
    EXPECT_THAT(WithImagesRefused(":missing$", {part}).status(),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << part;
  }
}

}  // namespace
}  // namespace kproto::lab
