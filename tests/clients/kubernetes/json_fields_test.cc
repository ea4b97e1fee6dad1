// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/json_fields.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto::kubernetes {
namespace {

using Json = nlohmann::json;

TEST(JsonFieldsTest, ReadsWhatIsThere) {
  const Json object = {{"a", {{"b", "text"}, {"n", 7}, {"yes", true}, {"list", {"x", 1, "y"}}}},
                       {"t", "2026-01-01T00:00:00Z"},
                       {"map", {{"k", "v"}, {"n", 1}}}};
  EXPECT_EQ(StringAt(object, "/a/b"), "text");
  EXPECT_EQ(IntAt(object, "/a/n"), 7);
  EXPECT_TRUE(BoolAt(object, "/a/yes"));
  EXPECT_THAT(StringsAt(object, "/a/list"), ::testing::ElementsAre("x", "y"));
  EXPECT_THAT(StringMapAt(object, "/map"), ::testing::ElementsAre(::testing::Pair("k", "v")));
  EXPECT_EQ(TimeAt(object, "/t"), absl::FromUnixSeconds(1767225600));
}

TEST(JsonFieldsTest, WhatIsMissingOrOfAnotherTypeReadsAsEmpty) {
  for (const Json& object :
       {Json(), Json(1), Json("x"), Json::array({1}), Json::object(), Json({{"a", nullptr}}),
        Json({{"a", "text"}}), Json({{"a", {1, 2}}}), Json(Json::value_t::discarded)}) {
    SCOPED_TRACE(object.is_discarded() ? "discarded" : object.dump());
    EXPECT_EQ(StringAt(object, "/a/b"), "");
    EXPECT_EQ(IntAt(object, "/a/b", 5), 5);
    EXPECT_FALSE(BoolAt(object, "/a/b"));
    EXPECT_TRUE(ListAt(object, "/a/b").empty());
    EXPECT_TRUE(StringMapAt(object, "/a/b").empty());
    EXPECT_EQ(TimeAt(object, "/a/b"), absl::InfinitePast());
  }
  EXPECT_EQ(IntAt(Json({{"a", 99999999999}}), "/a", 5), 5);
  EXPECT_EQ(IntAt(Json({{"a", 18446744073709551615u}}), "/a", 5), 5);
}

}  // namespace
}  // namespace kproto::kubernetes
