// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/json.h"

#include "gtest/gtest.h"

namespace kproto::lab {
namespace {

TEST(JsonTest, WhatIsMissingOrOfAnotherTypeReadsAsEmpty) {
  const nlohmann::json object = ParseJson(R"({"a": {"b": "text", "n": 1}, "items": 7})");
  EXPECT_EQ(Text(object, {"a", "b"}), "text");
  EXPECT_EQ(Text(object, {"a", "n"}), "");
  EXPECT_EQ(Text(object, {"a", "b", "c"}), "");
  EXPECT_EQ(Text(object, {"x", "y"}), "");
  EXPECT_TRUE(At(object, {"a", "x"}).is_null());
  EXPECT_TRUE(Items(object).empty());
  EXPECT_TRUE(Items(ParseJson("no json")).empty());
}

}  // namespace
}  // namespace kproto::lab
