// SPDX-License-Identifier: MPL-2.0
#include "clients/yaml/yaml.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::yaml {
namespace {

using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

TEST(YamlTest, ReadsScalarsAsHelmDoes) {
  EXPECT_THAT(Parse("[42, -7, 0644, 0x1F, 0o17, 08, 1_000, 18446744073709551615]"),
              IsOkAndHolds(Json({42, -7, 420, 31, 15, 8.0, 1000, 18446744073709551615u})));
  EXPECT_THAT(Parse("[1.5, 1e3, -.5, +1, 1., 99999999999999999999]"),
              IsOkAndHolds(Json({1.5, 1000.0, -0.5, 1, 1.0, 1e20})));
  EXPECT_THAT(Parse("[true, yes, On, n, OFF, yEs]"),
              IsOkAndHolds(Json({true, true, true, false, false, "yEs"})));
  EXPECT_THAT(Parse("[~, null, '', \"null\"]"), IsOkAndHolds(Json({nullptr, nullptr, "", "null"})));
  EXPECT_THAT(Parse("[1.34.1, 2026-01-01, -x, 1h, 0b2, 1__x, .]"),
              IsOkAndHolds(Json({"1.34.1", "2026-01-01", "-x", "1h", "0b2", "1__x", "."})));
}

TEST(YamlTest, KeepsQuotedAndTaggedTextAsStrings) {
  EXPECT_THAT(
      Parse("a: \"42\"\nb: 'true'\nc: !!str 42\nd: !!int \"42\"\ne: |\n  yes\n"),
      IsOkAndHolds(Json({{"a", "42"}, {"b", "true"}, {"c", "42"}, {"d", 42}, {"e", "yes\n"}})));
}

TEST(YamlTest, KeysBecomeText) {
  EXPECT_THAT(Parse("1: a\ntrue: b\n~: c\n'x y': d\n"),
              IsOkAndHolds(Json({{"1", "a"}, {"true", "b"}, {"null", "c"}, {"x y", "d"}})));
}

TEST(YamlTest, ResolvesAnchorsAndMergeKeys) {
  const auto parsed = Parse(
      "base: &base {a: 1, b: 2}\n"
      "one: {b: 3, <<: *base}\n"
      "many: {<<: [{a: 9}, *base], c: 4}\n"
      "copy: *base\n"
      "quoted: {'<<': 1}\n");
  EXPECT_THAT(parsed, IsOkAndHolds(Json({{"base", {{"a", 1}, {"b", 2}}},
                                         {"one", {{"a", 1}, {"b", 3}}},
                                         {"many", {{"a", 9}, {"b", 2}, {"c", 4}}},
                                         {"copy", {{"a", 1}, {"b", 2}}},
                                         {"quoted", {{"<<", 1}}}})));
}

TEST(YamlTest, ReadsManyDocumentsAndSkipsEmptyOnes) {
  const auto parsed = ParseAll("# only a comment\n---\na: 1\n---\n---\n# nothing\n---\n[2]\n...\n");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(*parsed, ElementsAre(Json({{"a", 1}}), Json({2})));
}

TEST(YamlTest, NothingIsNull) {
  EXPECT_THAT(Parse(""), IsOkAndHolds(Json()));
  EXPECT_THAT(Parse("# comment\n"), IsOkAndHolds(Json()));
}

TEST(YamlTest, JsonIsYaml) {
  const Json value = {
      {"s", "a \"quote\" \n line \u00e9"}, {"n", {1, 2.5, true, nullptr}}, {"e", Json::object()}};
  EXPECT_THAT(Parse(value.dump()), IsOkAndHolds(value));
  EXPECT_THAT(Parse(value.dump(2)), IsOkAndHolds(value));
}

TEST(YamlTest, ErrorsNameLineAndColumn) {
  EXPECT_THAT(Parse("a: 1\nb: [1, 2\n"), StatusIs(kInvalid, HasSubstr("line ")));
  EXPECT_THAT(Parse("a: 1\n b: 2\n"), StatusIs(kInvalid, HasSubstr("line 2, column")));
  EXPECT_THAT(Parse("a: 1\nb: 2\na: 3\n"),
              StatusIs(kInvalid, HasSubstr("line 3, column 1: the key \"a\"")));
  EXPECT_THAT(Parse("a: .inf\n"), StatusIs(kInvalid, HasSubstr("line 1, column 4")));
  EXPECT_THAT(Parse("a: *nowhere\n"), StatusIs(kInvalid, HasSubstr("line 1")));
  EXPECT_THAT(Parse("{[1]: 2}"), StatusIs(kInvalid, HasSubstr("scalar")));
  EXPECT_THAT(Parse("{<<: 3}"), StatusIs(kInvalid, HasSubstr("mapping")));
  EXPECT_THAT(Parse("a: 1\n---\nb: 2\n"), StatusIs(kInvalid, HasSubstr("2 YAML documents")));
}

TEST(YamlTest, TakesTheLastOfTwoKeysWhereAsked) {
  EXPECT_THAT(Parse("a: 1\na: 2\n", DuplicateKeys::kLastWins), IsOkAndHolds(Json({{"a", 2}})));
}

TEST(YamlTest, RefusesWhatIsNotText) {
  EXPECT_THAT(Parse("a: 1\nb: \xff\n"), StatusIs(kInvalid, HasSubstr("line 2: not UTF-8")));
  EXPECT_THAT(Parse(absl::string_view("a: \0", 4)), StatusIs(kInvalid, HasSubstr("not UTF-8")));
  EXPECT_THAT(Parse("a: \xc3"), StatusIs(kInvalid, HasSubstr("not UTF-8")));
}

TEST(YamlTest, SurvivesDepthAndAliasBombs) {
  EXPECT_THAT(Parse(std::string(100000, '[')), StatusIs(kInvalid));
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += absl::StrCat(std::string(1, c), ": &", std::string(1, c), " [");
    for (int i = 0; i < 10; ++i) {
      bomb += absl::StrCat(i > 0 ? "," : "", "*", std::string(1, c - 1));
    }
    bomb += "]\n";
  }
  EXPECT_THAT(Parse(bomb), StatusIs(kInvalid, HasSubstr("too large")));
  EXPECT_THAT(Parse("a: &a [*a]\n"), StatusIs(kInvalid));
}

TEST(YamlTest, TellsTheLineOfEveryKey) {
  const auto located = ParseLocated(
      "a: 1\n"
      "b.c:\n"
      "  d: [x, {e: 2}]\n"
      "\n"
      "  f/g: |\n"
      "    text\n"
      "h: 3\n");
  ASSERT_TRUE(located.ok()) << located.status();
  EXPECT_EQ(located->value["b.c"]["d"][1]["e"], 2);
  EXPECT_EQ(
      located->lines,
      (std::map<std::string, int>{
          {"/a", 1}, {"/b.c", 2}, {"/b.c/d", 3}, {"/b.c/d/1/e", 3}, {"/b.c/f~1g", 5}, {"/h", 7}}));
  EXPECT_THAT(ParseLocated("a: ["), StatusIs(kInvalid, HasSubstr("line ")));
}

}  // namespace
}  // namespace kproto::yaml
