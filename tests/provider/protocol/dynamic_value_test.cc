// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/dynamic_value.h"

#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/tfplugin6.pb.h"
#include "provider/runtime/diagnostics.h"
#include "tests/provider/protocol/bytes.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

using ::kproto::testing::Bytes;
using ::kproto::testing::Hex;
using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::StatusIs;
using ::testing::HasSubstr;

const Type kPair = Type::Object({{"a", Type::String()}, {"b", Type::Number()}});

Value Num(const char* text) { return Value::OfNumber(*Number::Parse(text)); }

struct Golden {
  const char* name;
  Type type;
  Value value;
  const char* hex;
};

std::vector<Golden> Goldens() {
  return {
      {"null", Type::String(), Value::Null(), "c0"},
      {"unknown", Type::String(), Value::Unknown(), "d40000"},
      {"true", Type::Bool(), Value::Bool(true), "c3"},
      {"false", Type::Bool(), Value::Bool(false), "c2"},
      {"string", Type::String(), Value::String("hi"), "a26869"},
      {"empty string", Type::String(), Value::String(""), "a0"},
      {"zero", Type::Number(), Value::Int(0), "00"},
      {"minus one", Type::Number(), Value::Int(-1), "ff"},
      {"largest int64", Type::Number(), Num("9223372036854775807"), "cf7fffffffffffffff"},
      {"smallest int64", Type::Number(), Num("-9223372036854775808"), "d38000000000000000"},
      {"a fraction", Type::Number(), Num("0.1"), "a3302e31"},
      {"uint64 and more", Type::Number(), Num("18446744073709551615"),
       "b43138343436373434303733373039353531363135"},
      {"infinity", Type::Number(), Num("inf"), "cb7ff0000000000000"},
      {"list", Type::List(Type::Number()), Value::OfList({Value::Int(2), Value::Int(1)}), "920201"},
      {"empty list", Type::List(Type::Number()), Value::OfList({}), "90"},
      {"list of unknown", Type::List(Type::Bool()), Value::OfList({Value::Unknown()}), "91d40000"},
      {"set", Type::Set(Type::Number()), Value::OfSet({Value::Int(1), Value::Int(2)}), "920102"},
      {"map", Type::Map(Type::Bool()), Value::OfMap({{"k", Value::Bool(true)}}), "81a16bc3"},
      {"tuple", Type::Tuple({Type::Bool(), Type::String()}),
       Value::OfList({Value::Bool(true), Value::String("x")}), "92c3a178"},
      {"object", kPair, Value::OfMap({{"a", Value::String("x")}, {"b", Value::Null()}}),
       "82a161a178a162c0"},
      {"dynamic", Type::Dynamic(), Value::OfDynamic(Type::String(), Value::String("x")),
       "92c40822737472696e6722a178"},
      {"typed null", Type::Dynamic(), Value::OfDynamic(Type::Bool(), Value::Null()),
       "92c40622626f6f6c22c0"},
      {"null of no type", Type::Dynamic(), Value::Null(), "c0"},
      {"unknown of no type", Type::Dynamic(), Value::Unknown(), "d40000"},
  };
}

TEST(DynamicValueTest, EachValueHasItsBytesBothWays) {
  for (const Golden& golden : Goldens()) {
    SCOPED_TRACE(golden.name);
    const absl::StatusOr<std::string> bytes = EncodeMsgpack(golden.value, golden.type);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    EXPECT_EQ(Hex(*bytes), golden.hex);
    EXPECT_THAT(DecodeMsgpack(Bytes(golden.hex), golden.type), IsOkAndHolds(golden.value));
  }
}

TEST(DynamicValueTest, TakesEverySpellingOfANumber) {
  for (const auto& [hex, text] : std::vector<std::pair<const char*, const char*>>{
           {"01", "1"},
           {"cc 01", "1"},
           {"d0 01", "1"},
           {"d3 00 00 00 00 00 00 00 01", "1"},
           {"cf ff ff ff ff ff ff ff ff", "18446744073709551615"},
           {"ca 3f 00 00 00", "0.5"},
           {"cb 3f e0 00 00 00 00 00 00", "0.5"},
           {"cb 3f f0 00 00 00 00 00 00", "1"},
           {"a3 30 2e 31", "0.1"},
           {"a3 31 2e 30", "1"},
           {"a5 31 65 2d 32 30", "1e-20"},
           {"a4 31 65 33 30", "1000000000000000000000000000000"},
       }) {
    EXPECT_THAT(DecodeMsgpack(Bytes(hex), Type::Number()), IsOkAndHolds(Num(text))) << hex;
  }
}

TEST(DynamicValueTest, NumbersComeBackExactly) {
  for (const char* text : {"0.1", "1e-20", "123456789.123456789123456789", "1e30",
                           "18446744073709551615", "-9223372036854775809", "0.30000000000000004"}) {
    const absl::StatusOr<std::string> bytes = EncodeMsgpack(Num(text), Type::Number());
    ASSERT_TRUE(bytes.ok());
    EXPECT_THAT(DecodeMsgpack(*bytes, Type::Number()), IsOkAndHolds(Num(text))) << text;
  }
}

TEST(DynamicValueTest, AnythingInAnExtensionIsUnknown) {
  for (const char* hex : {
           "d4 00 00",                    // plain
           "c7 00 00",                    // plain, written long
           "c7 03 0c 81 01 c2",           // refined: not null
           "c7 06 0c 82 01 c2 02 a1 78",  // and a prefix
           "d6 0c 81 05 01 c0",           // fixed size
           "c7 05 0c 81 03 92 01 c3",     // a lowest number
           "c7 05 0c 81 63 a2 68 69",     // a key nobody knows
           "c8 00 03 0c 81 01 c2",        // a wide size
           "d4 2a 00",                    // an extension nobody knows
       }) {
    for (const Type& type : {Type::String(), Type::Number(), kPair, Type::Set(Type::Bool())}) {
      EXPECT_THAT(DecodeMsgpack(Bytes(hex), type), IsOkAndHolds(Value::Unknown())) << hex;
    }
  }
}

TEST(DynamicValueTest, SetsAreNormalised) {
  EXPECT_THAT(DecodeMsgpack(Bytes("93 02 01 02"), Type::Set(Type::Number())),
              IsOkAndHolds(Value::OfSet({Value::Int(1), Value::Int(2)})));
}

TEST(DynamicValueTest, TwoUnknownsInASetStayTwo) {
  const auto value = DecodeMsgpack(Bytes("92 d4 00 00 d4 00 00"), Type::Set(Type::String()));
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->list().size(), 2u);
}

TEST(DynamicValueTest, AttributesMayComeInAnyOrder) {
  EXPECT_THAT(DecodeMsgpack(Bytes("82 a1 62 01 a1 61 a1 78"), kPair),
              IsOkAndHolds(Value::OfMap({{"a", Value::String("x")}, {"b", Value::Int(1)}})));
}

TEST(DynamicValueTest, ErrorsNameTheAttribute) {
  const Type nested = Type::Object({{"list", Type::List(kPair)}});
  for (const auto& [hex, message] : std::vector<std::pair<const char*, const char*>>{
           {"81 a4 6c 69 73 74 91 82 a1 61 a1 78 a1 62 c3", "list[0].b: a number is required"},
           {"81 a4 6c 69 73 74 91 81 a1 61 a1 78", "list[0].b: the attribute is missing"},
           {"81 a4 6c 69 73 74 91 82 a1 61 c0 a1 61 c0", "list[0].a: the attribute is there twice"},
           {"81 a4 6c 69 73 74 91 82 a1 61 c0 a1 7a c0", "unknown attribute \"z\""},
           {"81 a4 6c 69 73 74 91 82 a1 61", "cut off"},
           {"80", "list: the attribute is missing"},
           {"81 a4 6c 69 73 74 80", "list: a list, set or tuple is required"},
           {"81 a4 6c 69 73 74 90 c0", "after the end"},
       }) {
    EXPECT_THAT(DecodeMsgpack(Bytes(hex), nested),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)))
        << hex;
  }
}

TEST(DynamicValueTest, ErrorsCarryThePath) {
  const auto value = DecodeMsgpack(Bytes("82 a1 61 c0 a1 62 c3"), kPair);
  Diagnostics diagnostics;
  diagnostics.AddStatus(value.status(), "Wrong");
  EXPECT_EQ(diagnostics.all()[0].path, Path("b"));
}

TEST(DynamicValueTest, RefusesATupleOfTheWrongLength) {
  EXPECT_THAT(DecodeMsgpack(Bytes("91 c3"), Type::Tuple({Type::Bool(), Type::Bool()})),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(DynamicValueTest, RefusesNotANumber) {
  EXPECT_THAT(DecodeMsgpack(Bytes("cb 7f f8 00 00 00 00 00 00"), Type::Number()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(DynamicValueTest, EndlessNestingIsRefusedRatherThanFollowed) {
  // ["dynamic", ["dynamic", …: each level brings its own type along.
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) {
    bytes += Bytes("92 c4 09") + "\"dynamic\"";
  }
  EXPECT_THAT(DecodeMsgpack(bytes, Type::Dynamic()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too deep")));
  std::string type;
  for (int i = 0; i < 100'000; ++i) {
    type += "[\"list\",";
  }
  std::string head = Bytes("92 c6");
  for (int shift = 24; shift >= 0; shift -= 8) {
    head += static_cast<char>(type.size() >> shift);
  }
  EXPECT_THAT(DecodeMsgpack(head + type + Bytes("c0"), Type::Dynamic()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(DynamicValueTest, StringsSurviveWithZeroBytesAndAtAnySize) {
  for (const std::string& text :
       {std::string("a\0b", 3), std::string(1 << 20, 'x'), std::string("e\xcc\x81")}) {
    const auto bytes = EncodeMsgpack(Value::String(text), Type::String());
    ASSERT_TRUE(bytes.ok());
    EXPECT_THAT(DecodeMsgpack(*bytes, Type::String()), IsOkAndHolds(Value::String(text)));
  }
}

TEST(DynamicValueTest, WhatIsNotUtf8IsReplacedOnTheWayOut) {
  const auto bytes = EncodeMsgpack(Value::String("a\xff"), Type::String());
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(Hex(*bytes), "a461efbfbd");
}

TEST(DynamicValueTest, AValueOfTheWrongKindIsABugOfTheProviders) {
  EXPECT_THAT(EncodeMsgpack(Value::Int(1), Type::String()), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(EncodeMsgpack(Value::OfMap({{"z", Value::Int(1)}}), kPair),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(EncodeMsgpack(Value::OfList({Value::Int(1)}), Type::List(Type::Bool())),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("[0]")));
}

TEST(DynamicValueTest, AnEmptyMessageIsNull) {
  EXPECT_THAT(FromProto(tfplugin6::DynamicValue(), kPair), IsOkAndHolds(Value::Null()));
}

TEST(DynamicValueTest, JsonIsTakenWhenThereIsNoMessagePack) {
  tfplugin6::DynamicValue wire;
  wire.set_json(R"({"a":"x","b":1.50})");
  EXPECT_THAT(FromProto(wire, kPair),
              IsOkAndHolds(Value::OfMap({{"a", Value::String("x")}, {"b", Num("1.5")}})));
  wire.set_json(R"({"a":"x","b":1,"c":true})");
  EXPECT_THAT(FromProto(wire, kPair), StatusIs(absl::StatusCode::kInvalidArgument));
}

// Whatever comes in: a value or an error, and no more of either than there were bytes.
TEST(DynamicValueTest, GarbageNeverCrashes) {
  const Type everything = Type::Object({{"a", Type::Set(kPair)},
                                        {"b", Type::Map(Type::Dynamic())},
                                        {"c", Type::Tuple({Type::Number(), Type::Bool()})},
                                        {"d", Type::List(Type::List(Type::String()))}});
  const Value good = Value::OfMap(
      {{"a", Value::OfSet({Value::OfMap({{"a", Value::String("x")}, {"b", Num("0.1")}})})},
       {"b", Value::OfMap({{"k", Value::OfDynamic(kPair, Value::Unknown())}})},
       {"c", Value::OfList({Value::Int(1), Value::Bool(true)})},
       {"d", Value::OfList({Value::OfList({Value::String("y")})})}});
  const auto seed_bytes = EncodeMsgpack(good, everything);
  ASSERT_TRUE(seed_bytes.ok());
  std::mt19937 random(4711);
  for (int round = 0; round < 50'000; ++round) {
    std::string bytes = *seed_bytes;
    for (int change = 1 + static_cast<int>(random() % 4); change > 0; --change) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    bytes.resize(random() % 4 == 0 ? random() % bytes.size() : bytes.size());
    const auto value = DecodeMsgpack(bytes, everything);
    if (value.ok()) {
      EXPECT_TRUE(EncodeMsgpack(*value, everything).ok());
    }
  }
}

}  // namespace
}  // namespace kproto
