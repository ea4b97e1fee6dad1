// SPDX-License-Identifier: MPL-2.0
// Numbers, values, types and paths: what everything above is made of.
#include "provider/schema/value.h"

#include <cstdint>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/schema/number.h"
#include "provider/schema/path.h"
#include "provider/schema/type.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

using testing::StatusIs;

Number Parsed(absl::string_view text) {
  const absl::StatusOr<Number> number = Number::Parse(text);
  EXPECT_TRUE(number.ok()) << number.status();
  return number.value_or(Number(int64_t{-4242}));
}

TEST(NumberTest, TextGoesBackAsItWasWritten) {
  for (const char* text : {"0.1", "1.0", "-120.50e3", "+7", "1e30", "007", ".5", "5.",
                           "123456789012345678901234567890.000000000000000001", "inf", "-inf"}) {
    EXPECT_EQ(Parsed(text).text(), text);
  }
}

TEST(NumberTest, EqualityIsByValueWhateverTheSpelling) {
  EXPECT_EQ(Parsed("1.0"), Parsed("1"));
  EXPECT_EQ(Parsed("1e0"), Parsed("1"));
  EXPECT_EQ(Parsed("+1"), Parsed("1"));
  EXPECT_EQ(Parsed("100"), Parsed("1E+2"));
  EXPECT_EQ(Parsed("-120.50e3"), Parsed("-120500"));
  EXPECT_EQ(Parsed("-0"), Parsed("0.000"));
  EXPECT_EQ(Parsed("0e99"), Number());
  EXPECT_FALSE(Parsed("1") == Parsed("-1"));
  EXPECT_FALSE(Parsed("10") == Parsed("1"));
}

TEST(NumberTest, NumbersThatNoDoubleCanTellApartDiffer) {
  const Number a = Parsed("9007199254740993"), b = Parsed("9007199254740992");
  EXPECT_FALSE(a == b);
  EXPECT_NE(a < b, b < a);
  EXPECT_FALSE(Parsed("0.1") == Parsed("0.1000000000000000055511151231257827"));
  EXPECT_EQ(Parsed("0.1"), Number(0.1));
}

TEST(NumberTest, OrderIsByValue) {
  EXPECT_LT(Parsed("-2"), Parsed("-1"));
  EXPECT_LT(Parsed("9"), Parsed("10"));
  EXPECT_LT(Parsed("-inf"), Parsed("-1e300"));
  EXPECT_LT(Parsed("1e300"), Parsed("inf"));
  EXPECT_FALSE(Parsed("1.0") < Parsed("1"));
}

TEST(NumberTest, WholeNumbersAreReadToTheEdgesOfInt64) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(Number(kMost).AsInt64(), kMost);
  EXPECT_EQ(Number(kLeast).AsInt64(), kLeast);
  EXPECT_EQ(Parsed("9223372036854775807").AsInt64(), kMost);
  EXPECT_EQ(Parsed("-9223372036854775808").AsInt64(), kLeast);
  EXPECT_EQ(Parsed("9223372036854775808").AsInt64(), std::nullopt);
  EXPECT_EQ(Parsed("-9223372036854775809").AsInt64(), std::nullopt);
  EXPECT_EQ(Number(std::numeric_limits<uint64_t>::max()).AsInt64(), std::nullopt);
  EXPECT_EQ(Number(std::numeric_limits<uint64_t>::max()).text(), "18446744073709551615");
  EXPECT_EQ(Parsed("1e18").AsInt64(), 1000000000000000000);
  EXPECT_EQ(Parsed("12.5e1").AsInt64(), 125);
  EXPECT_EQ(Parsed("0").AsInt64(), 0);
}

TEST(NumberTest, FractionsAndTheHugeAreNoInt64) {
  for (const char* text : {"0.1", "1.5", "1e19", "1e30", "1e2147483647", "inf", "-inf", "1e-1"}) {
    EXPECT_EQ(Parsed(text).AsInt64(), std::nullopt) << text;
  }
}

TEST(NumberTest, DoublesGoThereAndBack) {
  EXPECT_EQ(Number(0.1).text(), "0.1");
  EXPECT_EQ(Parsed("0.1").AsDouble(), 0.1);
  EXPECT_EQ(Parsed("1e30").AsDouble(), 1e30);
  EXPECT_EQ(Number(1e30), Parsed("1e30"));
  EXPECT_EQ(Number(std::numeric_limits<double>::infinity()).text(), "inf");
  EXPECT_EQ(Number(std::numeric_limits<double>::quiet_NaN()), Number());
  for (const double d : {5e-324, 1.7976931348623157e308, -2.5, 1.0 / 3}) {
    EXPECT_EQ(Number(d).AsDouble(), d);
    EXPECT_EQ(Parsed(Number(d).text()).AsDouble(), d);
  }
}

TEST(NumberTest, GarbageIsRefused) {
  for (const char* text : {"",      " ",     "+",    "-",        ".",   "e5",  "1e",
                           "1e+",   "1e--5", "1e 5", "1e5 ",     " 1",  "1 ",  "1,5",
                           "1.2.3", "0x10",  "nan",  "infinity", "Inf", "--1", "1e99999999999",
                           "١"}) {
    EXPECT_THAT(Number::Parse(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(Number::Parse("abc"),
              StatusIs(absl::StatusCode::kInvalidArgument, "not a number: \"abc\""));
}

// ---- Value
// ---------------------------------------------------------------------------------------

TEST(ValueTest, NullUnknownAndZeroValuesAreAllDifferent) {
  const std::vector<Value> values = {
      Value::Null(),    Value::Unknown(),  Value::Bool(false),
      Value::Int(0),    Value::String(""), Value::OfList({}),
      Value::OfSet({}), Value::OfMap({}),  Value::OfDynamic(Type::String(), Value::String(""))};
  for (size_t i = 0; i < values.size(); ++i) {
    for (size_t j = 0; j < values.size(); ++j) {
      EXPECT_EQ(values[i] == values[j], i == j) << i << " " << j;
    }
  }
}

TEST(ValueTest, SetsIgnoreOrderAndRepetition) {
  const Value a = Value::OfSet({Value::Int(2), Value::Int(1), Value::Int(2)});
  const Value b = Value::OfSet({Value::Int(1), Value::OfNumber(Parsed("2.0"))});
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.list().size(), 2u);
  EXPECT_FALSE(a == Value::OfSet({Value::Int(1)}));
  EXPECT_FALSE(Value::OfList({Value::Int(1), Value::Int(2)}) ==
               Value::OfList({Value::Int(2), Value::Int(1)}));
}

TEST(ValueTest, TwoUnknownElementsOfASetStayTwo) {
  EXPECT_EQ(Value::OfSet({Value::Unknown(), Value::Unknown()}).list().size(), 2u);
  const Value half = Value::OfMap({{"a", Value::Unknown()}});
  EXPECT_EQ(Value::OfSet({half, half}).list().size(), 2u);
  EXPECT_EQ(Value::OfSet({Value::Null(), Value::Null()}).list().size(), 1u);
}

TEST(ValueTest, SetsOfObjectsCompareByContent) {
  auto object = [](int64_t n) { return Value::OfMap({{"n", Value::Int(n)}}); };
  EXPECT_EQ(Value::OfSet({object(1), object(2)}), Value::OfSet({object(2), object(1), object(2)}));
}

TEST(ValueTest, DynamicValuesCompareByTypeAndContent) {
  const Value text = Value::OfDynamic(Type::String(), Value::Null());
  EXPECT_EQ(text, Value::OfDynamic(Type::String(), Value::Null()));
  EXPECT_FALSE(text == Value::OfDynamic(Type::Number(), Value::Null()));
}

TEST(ValueTest, WhollyKnownLooksEverywhereInside) {
  EXPECT_TRUE(Value::Null().is_wholly_known());
  EXPECT_FALSE(Value::Null().is_known());
  EXPECT_FALSE(Value::Unknown().is_wholly_known());
  const Value deep =
      Value::OfMap({{"a", Value::OfList({Value::OfSet({Value::Unknown()}), Value::Int(1)})}});
  EXPECT_TRUE(deep.is_known());
  EXPECT_FALSE(deep.is_wholly_known());
  EXPECT_FALSE(Value::OfDynamic(Type::String(), Value::Unknown()).is_wholly_known());
}

TEST(ValueTest, AttributesOfWhatIsNoObjectAreNull) {
  const Value object = Value::OfMap({{"a", Value::Int(1)}});
  EXPECT_EQ(object["a"], Value::Int(1));
  EXPECT_EQ(object["b"], Value::Null());
  EXPECT_EQ(Value::Null()["a"], Value::Null());
  EXPECT_EQ(Value::Unknown()["a"], Value::Null());
  EXPECT_EQ(Value::OfList({})["a"]["b"], Value::Null());
}

TEST(ValueTest, DebugStringReadsLikeConfiguration) {
  const Value value =
      Value::OfMap({{"a", Value::OfList({Value::Int(1), Value::Null(), Value::Unknown()})},
                    {"b", Value::OfSet({Value::String("y"), Value::String("x")})},
                    {"c", Value::OfDynamic(Type::Bool(), Value::Bool(true))},
                    {"d", Value::OfMap({})}});
  EXPECT_EQ(DebugString(value), "{a = [1, null, (unknown)], b = [\"x\", \"y\"], c = true, d = {}}");
}

// ---- Type
// ----------------------------------------------------------------------------------------

TEST(TypeTest, JsonFormIsTheProtocols) {
  EXPECT_EQ(Type::Bool().ToJson(), R"("bool")");
  EXPECT_EQ(Type::Dynamic().ToJson(), R"("dynamic")");
  EXPECT_EQ(Type::List(Type::Set(Type::Map(Type::Number()))).ToJson(),
            R"(["list",["set",["map","number"]]])");
  EXPECT_EQ(Type::Tuple({Type::String(), Type::Tuple({}), Type::Bool()}).ToJson(),
            R"(["tuple",["string",["tuple",[]],"bool"]])");
  EXPECT_EQ(Type::Object({{"a", Type::Object({})}, {"b", Type::String()}}).ToJson(),
            R"(["object",{"a":["object",{}],"b":"string"}])");
}

TEST(TypeTest, AttributeNamesAreEscapedInJson) {
  EXPECT_EQ(Type::Object({{"q\"\\\n\x01", Type::Bool()}}).ToJson(),
            "[\"object\",{\"q\\\"\\\\\\u000a\\u0001\":\"bool\"}]");
}

TEST(TypeTest, ObjectsAreEqualWhateverTheOrderOfTheirAttributes) {
  const Type a = Type::Object({{"a", Type::Bool()}, {"b", Type::String()}});
  EXPECT_EQ(a, Type::Object({{"b", Type::String()}, {"a", Type::Bool()}}));
  EXPECT_FALSE(a == Type::Object({{"a", Type::Bool()}, {"b", Type::Number()}}));
  EXPECT_FALSE(a == Type::Object({{"a", Type::Bool()}}));
  EXPECT_FALSE(Type::List(Type::Bool()) == Type::Set(Type::Bool()));
  EXPECT_FALSE(Type::Tuple({Type::Bool(), Type::String()}) ==
               Type::Tuple({Type::String(), Type::Bool()}));
}

// ---- Path
// ----------------------------------------------------------------------------------------

TEST(PathTest, ReadsLikeConfiguration) {
  EXPECT_EQ(Path().ToString(), "");
  EXPECT_TRUE(Path().empty());
  EXPECT_EQ(Path("node_pools").Key("primary").Attribute("taints").Index(2).ToString(),
            "node_pools[\"primary\"].taints[2]");
}

TEST(PathTest, ExtendingLeavesTheShorterPathAlone) {
  const Path pools("node_pools");
  const Path pool = pools.Key("a");
  EXPECT_EQ(pools.steps().size(), 1u);
  EXPECT_FALSE(pools == pool);
  EXPECT_FALSE(Path("a").Key("b") == Path("a").Attribute("b"));
  EXPECT_FALSE(Path("a").Key("1") == Path("a").Index(1));
  EXPECT_EQ(Path("a").Index(1), Path("a").Index(1));
}

}  // namespace
}  // namespace kproto
