// SPDX-License-Identifier: MPL-2.0
// From status to diagnostic, and the checks of a configuration against its schema.
#include "provider/runtime/diagnostics.h"

#include <map>

#include "base/hint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/runtime/validate.h"
#include "provider/schema/model.h"

namespace kproto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(DiagnosticsTest, AStatusBecomesCauseAdviceAndPlace) {
  Diagnostics diagnostics;
  diagnostics.AddStatus(
      WithPath(WithHint(absl::NotFoundError("no VPC x"), "Check the id"), Path("vpc").Key("id")),
      "Could not create it");
  ASSERT_EQ(diagnostics.all().size(), 1u);
  const Diagnostic& only = diagnostics.all()[0];
  EXPECT_EQ(only.severity, Diagnostic::Severity::kError);
  EXPECT_EQ(only.summary, "Could not create it");
  EXPECT_EQ(only.detail, "no VPC x.\n\nCheck the id.");
  EXPECT_EQ(only.path, Path("vpc").Key("id"));
}

TEST(DiagnosticsTest, SentencesAreEndedOnce) {
  Diagnostics diagnostics;
  diagnostics.AddStatus(absl::InternalError("Really?"), "a");
  diagnostics.AddStatus(absl::InternalError("Done."), "b");
  diagnostics.AddStatus(absl::InternalError(""), "c");
  EXPECT_EQ(diagnostics.all()[0].detail, "Really?");
  EXPECT_EQ(diagnostics.all()[1].detail, "Done.");
  EXPECT_EQ(diagnostics.all()[2].detail, "");
}

TEST(DiagnosticsTest, OkSaysNothing) {
  Diagnostics diagnostics;
  diagnostics.AddStatus(absl::OkStatus(), "fine");
  EXPECT_TRUE(diagnostics.empty());
}

TEST(DiagnosticsTest, WarningsAreNoErrors) {
  Diagnostics diagnostics;
  diagnostics.AddWarning("careful", "it is hot");
  EXPECT_FALSE(diagnostics.has_error());
  EXPECT_FALSE(diagnostics.empty());
  Diagnostics all;
  all.AddError("bad", "very");
  diagnostics.Append(all);
  EXPECT_TRUE(diagnostics.has_error());
  EXPECT_EQ(diagnostics.all().size(), 2u);
}

TEST(DiagnosticsTest, AnyPathSurvivesTheStatus) {
  for (const Path& path :
       {Path(), Path("a"), Path("a").Attribute("b").Key("c").Index(7), Path("a").Key(""),
        Path("a").Key("two\nlines"), Path("a").Key("\\n \"quoted\" ü\x01"), Path("a").Key(".k#1"),
        Path("a").Index(INT64_MAX)}) {
    Diagnostics diagnostics;
    diagnostics.AddStatus(WithPath(absl::InternalError("x"), path), "s", Path("fallback"));
    EXPECT_EQ(diagnostics.all()[0].path, path) << path.ToString();
  }
}

TEST(DiagnosticsTest, TheInnermostPathWinsAndTheFallbackComesLast) {
  const absl::Status inner = WithPath(absl::InternalError("x"), Path("inner"));
  Diagnostics diagnostics;
  diagnostics.AddStatus(WithPath(Annotate(inner, "outside"), Path("outer")), "s", Path("f"));
  diagnostics.AddStatus(absl::InternalError("x"), "s", Path("f"));
  EXPECT_EQ(diagnostics.all()[0].path, Path("inner"));
  EXPECT_EQ(diagnostics.all()[0].detail, "outside: x.");
  EXPECT_EQ(diagnostics.all()[1].path, Path("f"));
  EXPECT_TRUE(WithPath(absl::OkStatus(), Path("a")).ok());
}

// ---- validation of a configuration -----------------------------------------------------------

struct Pool {
  Attr<std::string> size;
  Attr<int64_t> count;
  static const Table<Pool>& Fields() {
    static const auto& table = *new Table<Pool>({
        Field("size", &Pool::size, Required(), Check(NotEmpty())),
        Field("count", &Pool::count, Optional(), Check(Between(0, 9))),
    });
    return table;
  }
};

struct Config {
  Attr<std::string> name, id, secret, old;
  Attr<MapOf<Pool>> pools;
  Attr<ListOf<Pool>> list;
  Attr<SetOf<Pool>> set;
  static const Table<Config>& Fields() {
    static const auto& table = *new Table<Config>({
        Field("name", &Config::name, Required(), Check(OneOf({"a", "b"}))),
        Field("id", &Config::id, Computed()),
        Field("secret", &Config::secret, Optional(), WriteOnly()),
        Field("old", &Config::old, Optional(), Deprecated("Use name.")),
        Field("pools", &Config::pools, Optional()),
        Field("list", &Config::list, Optional()),
        Field("set", &Config::set, Optional(), AsBlock()),
    });
    return table;
  }
};

// What is said about `config`: "<path>: <detail>" each.
std::vector<std::string> Said(Value::Map config, bool write_only_allowed = true) {
  for (const Attribute& attribute : Config::Fields().attributes()) {
    config.try_emplace(attribute.name, Value::Null());
  }
  Diagnostics diagnostics;
  ValidateConfig(SchemaOf<Config>(0, ""), Value::OfMap(std::move(config)),
                 {.write_only_attributes_allowed = write_only_allowed}, diagnostics);
  std::vector<std::string> said;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    said.push_back(diagnostic.path.ToString() + ": " + diagnostic.detail);
  }
  return said;
}

Value PoolValue(Value size, Value count) {
  return Value::OfMap({{"size", std::move(size)}, {"count", std::move(count)}});
}

TEST(ValidateTest, AGoodConfigurationIsAccepted) {
  EXPECT_THAT(
      Said({{"name", Value::String("a")},
            {"pools", Value::OfMap({{"p", PoolValue(Value::String("s"), Value::Int(3))}})}}),
      IsEmpty());
}

TEST(ValidateTest, ARequiredArgumentMustBeThere) {
  EXPECT_THAT(Said({}), ElementsAre("name: The argument name is required."));
  EXPECT_THAT(Said({{"name", Value::String("c")}}),
              ElementsAre("name: name must be one of \"a\", \"b\", got \"c\"."));
}

TEST(ValidateTest, UnknownValuesPassEveryCheck) {
  EXPECT_THAT(Said({{"name", Value::Unknown()}, {"pools", Value::Unknown()}}), IsEmpty());
  EXPECT_THAT(
      Said({{"name", Value::Unknown()},
            {"pools", Value::OfMap({{"p", Value::Unknown()},
                                    {"q", PoolValue(Value::Unknown(), Value::Unknown())}})}}),
      IsEmpty());
}

TEST(ValidateTest, WhatIsComputedCannotBeSet) {
  EXPECT_THAT(Said({{"name", Value::String("a")}, {"id", Value::String("x")}}),
              ElementsAre(HasSubstr("id is decided by the provider and cannot be set")));
}

TEST(ValidateTest, WriteOnlyArgumentsNeedAHostThatKnowsThem) {
  const Value::Map config = {{"name", Value::String("a")}, {"secret", Value::String("s3cr3t")}};
  EXPECT_THAT(Said(config), IsEmpty());
  const std::vector<std::string> said = Said(config, /*write_only_allowed=*/false);
  EXPECT_THAT(said, ElementsAre(HasSubstr("secret is write-only")));
  EXPECT_THAT(said[0], ::testing::Not(HasSubstr("s3cr3t")));
}

TEST(ValidateTest, DeprecatedArgumentsAreAWarningOnly) {
  Diagnostics diagnostics;
  ValidateConfig(SchemaOf<Config>(0, ""),
                 Value::OfMap({{"name", Value::String("a")}, {"old", Value::String("x")}}), {},
                 diagnostics);
  EXPECT_FALSE(diagnostics.has_error());
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].detail, "The argument old is deprecated. Use name.");
}

TEST(ValidateTest, NestedMistakesAreShownWhereTheyAre) {
  const Value bad = PoolValue(Value::Null(), Value::Int(10));
  const Value text = PoolValue(Value::String(""), Value::OfNumber(Number(1.5)));
  EXPECT_THAT(
      Said({{"name", Value::String("a")}, {"pools", Value::OfMap({{"p", bad}})}}),
      ElementsAre("pools[\"p\"].size: The argument pools[\"p\"].size is required.",
                  "pools[\"p\"].count: pools[\"p\"].count must be between 0 and 9, got 10."));
  EXPECT_THAT(Said({{"name", Value::String("a")}, {"list", Value::OfList({Value::Null(), text})}}),
              ElementsAre(HasSubstr("list[1].size: "),
                          "list[1].count: list[1].count must be a whole number, got 1.5.",
                          HasSubstr("list[1].count: ")));
}

TEST(ValidateTest, MistakesInASetElementAreShownAtTheSet) {
  const std::vector<std::string> said =
      Said({{"name", Value::String("a")},
            {"set", Value::OfSet({PoolValue(Value::String("s"), Value::Int(-1))})}});
  EXPECT_THAT(said, ElementsAre("set: set.count must be between 0 and 9, got -1."));
}

}  // namespace
}  // namespace kproto
