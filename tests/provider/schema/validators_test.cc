// SPDX-License-Identifier: MPL-2.0
#include "provider/schema/validators.h"

#include <concepts>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto {
namespace {

// The message of a refusal; "" when `value` is accepted.
std::string Said(const Validator& validator, const Value& value) {
  return std::string(validator(value).message());
}
std::string Said(const Validator& validator, const char* text) {
  return Said(validator, Value::String(text));
}
template <std::integral Integer>
std::string Said(const Validator& validator, Integer number) {
  return Said(validator, Value::Int(number));
}
Value Decimal(const char* text) { return Value::OfNumber(*Number::Parse(text)); }

TEST(ValidatorsTest, WholeNumberRefusesFractionsAndTheHuge) {
  EXPECT_EQ(Said(WholeNumber(), 7), "");
  EXPECT_EQ(Said(WholeNumber(), Decimal("7.0")), "");
  EXPECT_EQ(Said(WholeNumber(), Decimal("1.5")), "must be a whole number, got 1.5");
  EXPECT_EQ(Said(WholeNumber(), Decimal("1e30")), "must be a whole number, got 1e30");
}

TEST(ValidatorsTest, BetweenIncludesItsBounds) {
  const Validator check = Between(1, 3);
  EXPECT_EQ(Said(check, 1), "");
  EXPECT_EQ(Said(check, 3), "");
  EXPECT_EQ(Said(check, 0), "must be between 1 and 3, got 0");
  EXPECT_EQ(Said(check, 4), "must be between 1 and 3, got 4");
  EXPECT_EQ(Said(check, Decimal("2.5")), "must be between 1 and 3, got 2.5");
}

TEST(ValidatorsTest, AtLeastHasNoUpperBound) {
  EXPECT_EQ(Said(AtLeast(2), 2), "");
  EXPECT_EQ(Said(AtLeast(2), INT64_MAX), "");
  EXPECT_EQ(Said(AtLeast(2), 1), "must be at least 2, got 1");
}

TEST(ValidatorsTest, OneOfNamesTheChoices) {
  const Validator check = OneOf({"a", "b"});
  EXPECT_EQ(Said(check, "b"), "");
  EXPECT_EQ(Said(check, "c"), "must be one of \"a\", \"b\", got \"c\"");
  EXPECT_EQ(Said(check, "A"), "must be one of \"a\", \"b\", got \"A\"");
}

TEST(ValidatorsTest, LengthBetweenMeasuresTextAndCollections) {
  const Validator check = LengthBetween(1, 2);
  EXPECT_EQ(Said(check, "ab"), "");
  EXPECT_EQ(Said(check, "abc"), "must have between 1 and 2 elements or characters, has 3");
  EXPECT_EQ(Said(check, Value::OfMap({{"a", Value::Null()}})), "");
  EXPECT_EQ(Said(check, Value::OfMap({})),
            "must have between 1 and 2 elements or characters, has 0");
  EXPECT_EQ(Said(check, Value::OfSet({Value::Int(1), Value::Int(1)})), "");
  EXPECT_NE(Said(check, Value::OfList({})), "");
}

TEST(ValidatorsTest, NotEmptyHoldsForTextAndCollections) {
  EXPECT_EQ(Said(NotEmpty(), "x"), "");
  EXPECT_EQ(Said(NotEmpty(), Value::OfList({Value::Null()})), "");
  for (const Value& empty :
       {Value::String(""), Value::OfList({}), Value::OfSet({}), Value::OfMap({})}) {
    EXPECT_EQ(Said(NotEmpty(), empty), "must not be empty");
  }
}

TEST(ValidatorsTest, MatchesIsAboutTheWholeText) {
  const Validator check = Matches("[a-z]+", "must be lower-case letters");
  EXPECT_EQ(Said(check, "abc"), "");
  EXPECT_EQ(Said(check, "abc1"), "must be lower-case letters, got \"abc1\"");
  EXPECT_EQ(Said(check, "abc\n"), "must be lower-case letters, got \"abc\n\"");
  EXPECT_EQ(Said(check, ""), "must be lower-case letters, got \"\"");
}

TEST(ValidatorsTest, DurationTextMustBePositive) {
  for (const char* good : {"90s", "30m", "1h30m", "1.5h"}) {
    EXPECT_EQ(Said(DurationText(), good), "") << good;
  }
  for (const char* bad : {"", "30", "0s", "-5m", "half an hour", "5 m"}) {
    EXPECT_EQ(Said(DurationText(), bad),
              "must be a positive duration such as \"90s\", \"30m\" or \"1h30m\", got \"" +
                  std::string(bad) + "\"");
  }
}

TEST(ValidatorsTest, CidrMustBeANetworkOfTheRightSize) {
  const Validator check = Cidr(16, 28);
  EXPECT_EQ(Said(check, "10.10.0.0/20"), "");
  EXPECT_EQ(Said(check, "10.10.0.0/16"), "");
  EXPECT_EQ(Said(check, "10.10.0.16/28"), "");
  EXPECT_EQ(
      Said(check, "10.10.0.1/20"),
      "must be a network address: 10.10.0.1/20 has host bits set, did you mean 10.10.0.0/20?");
  EXPECT_EQ(Said(check, "10.0.0.0/8"), "must have a size between /28 and /16, got /8");
  EXPECT_EQ(Said(check, "10.0.0.0/29"), "must have a size between /28 and /16, got /29");
  EXPECT_EQ(Said(Cidr(0, 32), "0.0.0.0/0"), "");
  EXPECT_EQ(Said(Cidr(0, 32), "1.2.3.4/32"), "");
  EXPECT_EQ(Said(Cidr(0, 32), "1.2.3.4/0"),
            "must be a network address: 1.2.3.4/0 has host bits set, did you mean 0.0.0.0/0?");
}

TEST(ValidatorsTest, CidrRefusesWhatIsNoNetworkAtAll) {
  for (const char* bad :
       {"", "10.10.0.0", "10.10.0.0/", "10.10.0.0/33", "10.10.0.0/-1", "10.10.0.0/ 20",
        "10.10.0.0/+20", "10.10.0/20", "fd00::/20", "10.10.0.0/20/20", "010.10.0.0/20"}) {
    EXPECT_THAT(Said(Cidr(16, 28), bad), ::testing::StartsWith("must be an IPv4 network in CIDR"))
        << bad;
  }
}

TEST(ValidatorsTest, EachKeySaysThatAKeyIsToBlame) {
  const Validator check = EachKey(NotEmpty());
  EXPECT_EQ(Said(check, Value::OfMap({{"a", Value::Unknown()}})), "");
  EXPECT_EQ(Said(check, Value::OfMap({{"", Value::Int(1)}})),
            "has a bad key: it must not be empty");
}

TEST(ValidatorsTest, EachElementNamesTheEntryAndSkipsWhatIsNotKnown) {
  const Validator check = EachElement(NotEmpty());
  EXPECT_EQ(Said(check, Value::OfList({Value::Unknown(), Value::Null(), Value::String("a")})), "");
  EXPECT_EQ(Said(check, Value::OfSet({Value::String("")})),
            "has a bad element: it must not be empty");
  EXPECT_EQ(Said(check, Value::OfMap({{"k", Value::String("")}})),
            "has a bad element \"k\": it must not be empty");
}

}  // namespace
}  // namespace kproto
