// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/json_value.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/protocol/type_json.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::StatusIs;
using ::testing::HasSubstr;

absl::StatusOr<Value> Decode(absl::string_view text, const Type& type,
                             Extras extras = Extras::kIgnore) {
  const absl::StatusOr<nlohmann::json> json = ParseExactJson(text);
  return json.ok() ? FromJson(*json, type, extras) : json.status();
}

Value Num(const char* text) { return Value::OfNumber(*Number::Parse(text)); }

TEST(JsonValueTest, NumbersStayExact) {
  for (const char* text : {"0", "-1", "9223372036854775807", "18446744073709551616", "0.1", "1e-20",
                           "123456789.123456789123456789", "1E3"}) {
    EXPECT_THAT(Decode(text, Type::Number()), IsOkAndHolds(Num(text))) << text;
  }
}

TEST(JsonValueTest, ScalarsAreConverted) {
  EXPECT_THAT(Decode("5", Type::String()), IsOkAndHolds(Value::String("5")));
  EXPECT_THAT(Decode("1.5", Type::String()), IsOkAndHolds(Value::String("1.5")));
  EXPECT_THAT(Decode("true", Type::String()), IsOkAndHolds(Value::String("true")));
  EXPECT_THAT(Decode("\"5\"", Type::Number()), IsOkAndHolds(Value::Int(5)));
  EXPECT_THAT(Decode("\"false\"", Type::Bool()), IsOkAndHolds(Value::Bool(false)));
  EXPECT_THAT(Decode("\"x\"", Type::Number()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Decode("1", Type::Bool()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Decode("[]", Type::String()), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(JsonValueTest, MissingAttributesAreNullAndExtrasAsTheCallerSays) {
  const Type type = Type::Object({{"a", Type::String()}, {"b", Type::Bool()}});
  const Value expected = Value::OfMap({{"a", Value::String("x")}, {"b", Value::Null()}});
  EXPECT_THAT(Decode(R"({"a":"x","old":[1]})", type), IsOkAndHolds(expected));
  EXPECT_THAT(Decode(R"({"a":"x","old":[1]})", type, Extras::kRefuse),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(JsonValueTest, CollectionsOfAllKinds) {
  EXPECT_THAT(Decode("[1,2]", Type::List(Type::Number())),
              IsOkAndHolds(Value::OfList({Value::Int(1), Value::Int(2)})));
  EXPECT_THAT(Decode("[2,1,2]", Type::Set(Type::Number())),
              IsOkAndHolds(Value::OfSet({Value::Int(1), Value::Int(2)})));
  EXPECT_THAT(Decode(R"({"k":null})", Type::Map(Type::Bool())),
              IsOkAndHolds(Value::OfMap({{"k", Value::Null()}})));
  EXPECT_THAT(Decode("[1]", Type::Tuple({Type::Number(), Type::Number()})),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(JsonValueTest, DynamicBringsItsType) {
  EXPECT_THAT(
      Decode(R"({"type":["list","number"],"value":[1]})", Type::Dynamic()),
      IsOkAndHolds(Value::OfDynamic(Type::List(Type::Number()), Value::OfList({Value::Int(1)}))));
  EXPECT_THAT(Decode(R"({"type":"nonsense","value":1})", Type::Dynamic()),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Decode("[1]", Type::Dynamic()), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(JsonValueTest, ErrorsNameTheAttribute) {
  EXPECT_THAT(
      Decode(R"({"m":{"k":["x"]}})", Type::Object({{"m", Type::Map(Type::List(Type::Number()))}})),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("m[\"k\"][0]")));
}

TEST(JsonValueTest, WhatIsNoJsonOrTooDeepIsRefused) {
  EXPECT_THAT(Decode("{", Type::Bool()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Decode("", Type::Bool()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Decode(std::string(100'000, '['), Type::Bool()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TypeJsonTest, EveryTypeComesBack) {
  const Type everything = Type::Object({{"a", Type::List(Type::Bool())},
                                        {"b", Type::Set(Type::Number())},
                                        {"c", Type::Map(Type::Dynamic())},
                                        {"d", Type::Tuple({Type::String(), Type::Bool()})},
                                        {"e \"quoted\" \\ \n", Type::Object({})}});
  EXPECT_THAT(ParseType(everything.ToJson()), IsOkAndHolds(everything));
}

TEST(TypeJsonTest, OptionalMarkersAreDropped) {
  EXPECT_THAT(ParseType(R"(["object",{"a":"string"},["a"]])"),
              IsOkAndHolds(Type::Object({{"a", Type::String()}})));
}

TEST(TypeJsonTest, RefusesWhatIsNoType) {
  for (const char* text : {"", "\"str\"", "[]", "[\"list\"]", "[\"list\",\"bool\",1]", "5",
                           "[\"object\",[]]", "[\"tuple\",{}]", "[\"box\",\"bool\"]"}) {
    EXPECT_THAT(ParseType(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace kproto
