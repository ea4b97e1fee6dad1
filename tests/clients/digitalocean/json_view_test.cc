// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/json_view.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto::digitalocean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class JsonViewTest : public ::testing::Test {
 protected:
  JsonView View(const char* text) {
    json_ = Json::parse(text);
    problem_.clear();
    return JsonView(json_, "thing", problem_);
  }
  Json json_;
  std::string problem_;
};

TEST_F(JsonViewTest, ReadsWhatIsThere) {
  const JsonView view = View(R"({"t":"x","i":-3,"n":1.5,"f":true,"ts":["a","b"],"is":[1,2],
                                 "m":{"k":"v"},"o":{"t":"inner"}})");
  EXPECT_EQ(view.Text("t"), "x");
  EXPECT_EQ(view.Integer("i"), -3);
  EXPECT_EQ(view.Number("n"), 1.5);
  EXPECT_TRUE(view.Flag("f"));
  EXPECT_THAT(view.Texts("ts"), ElementsAre("a", "b"));
  EXPECT_THAT(view.Integers("is"), ElementsAre(1, 2));
  EXPECT_THAT(view.TextMap("m"), ElementsAre(Pair("k", "v")));
  EXPECT_EQ(view.At("o").Text("t"), "inner");
  EXPECT_EQ(problem_, "");
}

TEST_F(JsonViewTest, MissingAndNullAreEmpty) {
  for (const char* text :
       {"{}", "null", R"({"t":null,"i":null,"n":null,"f":null,"ts":null,"m":null,"o":null})"}) {
    const JsonView view = View(text);
    EXPECT_EQ(view.Text("t"), "");
    EXPECT_EQ(view.Integer("i"), 0);
    EXPECT_EQ(view.Number("n"), 0);
    EXPECT_FALSE(view.Flag("f"));
    EXPECT_THAT(view.Texts("ts"), IsEmpty());
    EXPECT_THAT(view.TextMap("m"), IsEmpty());
    EXPECT_EQ(view.At("o").At("deeper").Text("t"), "");
    EXPECT_EQ(problem_, "");
  }
}

TEST_F(JsonViewTest, WrongKindsAreNotedWithTheirPlace) {
  View(R"({"a":[{"b":"x"}]})").Items("a")[0].Integer("b");
  EXPECT_EQ(problem_, "thing.a[0].b: expected an integer, got string");
  View(R"({"a":1})").Text("a");
  EXPECT_EQ(problem_, "thing.a: expected a string, got number");
  View(R"({"a":"true"})").Flag("a");
  EXPECT_EQ(problem_, "thing.a: expected true or false, got string");
  View(R"({"a":{}})").Items("a");
  EXPECT_EQ(problem_, "thing.a: expected a list, got object");
  View(R"({"a":[1]})").Texts("a");
  EXPECT_EQ(problem_, "thing.a[0]: expected a string, got number");
  View(R"({"a":{"k":1}})").TextMap("a");
  EXPECT_EQ(problem_, "thing.a.k: expected a string, got number");
  View("[]").Text("a");
  EXPECT_EQ(problem_, "thing: expected an object, got array");
  View("{}").RequiredText("id");
  EXPECT_EQ(problem_, "thing.id: expected a string that is not empty, got nothing");
}

TEST_F(JsonViewTest, OnlyTheFirstProblemIsKept) {
  const JsonView view = View(R"({"a":1,"b":2})");
  view.Text("a");
  view.Text("b");
  EXPECT_EQ(problem_, "thing.a: expected a string, got number");
}

TEST_F(JsonViewTest, IntegersAreExactOrRefused) {
  EXPECT_EQ(View(R"({"i":9223372036854775807})").Integer("i"), 9223372036854775807);
  EXPECT_EQ(View(R"({"i":-9223372036854775808})").Integer("i"), INT64_MIN);
  EXPECT_EQ(View(R"({"i":3.0})").Integer("i"), 3);
  EXPECT_EQ(problem_, "");
  for (const char* text : {R"({"i":9223372036854775808})", R"({"i":3.5})", R"({"i":1e300})",
                           R"({"i":"3"})", R"({"i":true})"}) {
    EXPECT_EQ(View(text).Integer("i"), 0) << text;
    EXPECT_NE(problem_, "") << text;
  }
}

}  // namespace
}  // namespace kproto::digitalocean
