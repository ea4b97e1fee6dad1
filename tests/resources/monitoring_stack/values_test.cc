// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/values.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::monitoring_stack {
namespace {

using kproto::testing::StatusIs;
using kproto::testing::TempDir;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ValuesTest, MergesMapsDeeplyAndReplacesLists) {
  const Json base = {{"a", {{"x", 1}, {"y", 2}}}, {"list", {1, 2, 3}}};
  const Json over = {{"a", {{"y", 3}, {"z", 4}}}, {"list", {9}}};
  const Json merged = {{"a", {{"x", 1}, {"y", 3}, {"z", 4}}}, {"list", {9}}};
  EXPECT_EQ(MergeValues(base, over), merged);
}

TEST(ValuesTest, AnOverlaidNullStaysForHelmToSee) {
  EXPECT_EQ(MergeValues({{"a", 1}}, {{"a", nullptr}}), (Json{{"a", nullptr}}));
}

TEST(ValuesTest, WhatAServerCannotTellApartHasTheSameHash) {
  EXPECT_EQ(HashOf(Json{{"a", 1}, {"b", nullptr}}), HashOf(Json{{"a", 1.0}}));
  EXPECT_NE(HashOf(Json{{"a", 1}}), HashOf(Json{{"a", 2}}));
  EXPECT_NE(HashOf(Json{{"a", 1}}), HashOf(Json{{"a", "1"}}));
  EXPECT_EQ(HashOf(Json::object()).size(), 16u);
}

TEST(ValuesTest, TheEnvironmentOverridesTheBase) {
  TempDir dir;
  dir.Write("loki.yaml", "a: {left: 1, right: 2}\n");
  dir.Write("dev/loki.yaml", "a: {right: 3}\n");
  dir.Write("dev/grafana.yml", "replicas: 2\n");
  auto files = ReadValuesDir(dir.path(), "dev");
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->by_component["loki"], (Json{{"a", {{"left", 1}, {"right", 3}}}}));
  EXPECT_EQ(files->by_component["grafana"], (Json{{"replicas", 2}}));
  EXPECT_THAT(files->unused, IsEmpty());
}

TEST(ValuesTest, AMissingDirectoryIsAnError) {
  TempDir dir;
  EXPECT_THAT(ReadValuesDir(dir / "nowhere", ""),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nowhere does not exist")));
  const std::string file = dir.Write("file", "");
  EXPECT_THAT(ReadValuesDir(file, ""),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("is not a directory")));
}

TEST(ValuesTest, BrokenYamlNamesFileLineAndColumn) {
  TempDir dir;
  dir.Write("grafana.yaml", "a: 1\nb: [1,\n");
  EXPECT_THAT(ReadValuesDir(dir.path(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("grafana.yaml: line "), HasSubstr("column "))));
}

TEST(ValuesTest, AListIsNoValuesFile) {
  TempDir dir;
  dir.Write("grafana.yaml", "- 1\n");
  EXPECT_THAT(ReadValuesDir(dir.path(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("mapping")));
}

TEST(ValuesTest, AMistypedFileNameIsPointedOut) {
  TempDir dir;
  dir.Write("pomtail.yaml", "a: 1\n");
  dir.Write("loki.yaml", "a: 1\n");
  auto files = ReadValuesDir(dir.path(), "prod");
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->unused.size(), 2);
  EXPECT_THAT(files->unused[0].path, HasSubstr("pomtail.yaml"));
  EXPECT_EQ(files->unused[0].meant, "promtail.yaml");
  EXPECT_THAT(files->unused[1].why, HasSubstr("does not exist"));
}

TEST(ValuesTest, WhatIsNoFileOfValuesIsRefused) {
  TempDir dir;
  std::filesystem::create_directory(dir / "loki.yaml");
  EXPECT_THAT(ReadValuesDir(dir.path(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is a directory")));
  TempDir large;
  large.Write("grafana.yaml", "a: " + std::string(10 << 20, 'x'));
  EXPECT_THAT(ReadValuesDir(large.path(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("10 MiB")));
  TempDir binary;
  binary.Write("grafana.yaml", std::string("a: \xff\xfe\0", 6));
  EXPECT_THAT(ReadValuesDir(binary.path(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not UTF-8")));
}

TEST(ValuesTest, KnowsTheLineOfEveryKey) {
  TempDir dir;
  dir.Write("loki.yaml", "loki:\n  auth_enabled: false\n  limits_config: {a: 1}\n");
  dir.Write("dev/loki.yaml", "\nloki:\n  limits_config:\n    a: 2\n");
  auto files = ReadValuesDir(dir.path(), "dev");
  ASSERT_TRUE(files.ok());
  const auto overlaid = PlaceOf(*files, "loki", {"loki", "limits_config", "a"});
  ASSERT_TRUE(overlaid.has_value());
  EXPECT_EQ(overlaid->file, dir / "dev/loki.yaml");
  EXPECT_EQ(overlaid->line, 4);
  const auto base = PlaceOf(*files, "loki", {"loki", "auth_enabled"});
  ASSERT_TRUE(base.has_value());
  EXPECT_EQ(base->file, dir / "loki.yaml");
  EXPECT_EQ(base->line, 2);
  EXPECT_FALSE(PlaceOf(*files, "loki", {"gateway"}).has_value());
  EXPECT_FALSE(PlaceOf(*files, "grafana", {"gateway"}).has_value());
}

}  // namespace
}  // namespace kproto::monitoring_stack
