// SPDX-License-Identifier: MPL-2.0
#include "provider/docs/examples.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto {
namespace {

using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;
using ::testing::HasSubstr;

std::vector<Example> Examples() {
  return {{"all", "resource \"toy_a\" {}\nresource \"toy_b\" {}\n", ""},
          {"one", "resource \"toy_a\" {}\n", ""},
          {"read", "data \"toy_b\" {}\n", ""}};
}

TEST(ExamplesTest, AreTheFoldersThatHaveAMainFile) {
  TempDir dir;
  dir.Write("b/main.tf", "resource");
  dir.Write("b/import.sh", "import");
  dir.Write("a/main.tf", "data");
  dir.Write("notes/README.md", "nothing to apply");
  dir.Write("README.md", "no folder");
  const auto examples = ReadExamples(dir.path());
  ASSERT_TRUE(examples.ok()) << examples.status();
  ASSERT_EQ(examples->size(), 2);
  EXPECT_EQ(examples->at(0).folder, "a");
  EXPECT_EQ(examples->at(0).import_sh, "");
  EXPECT_EQ(examples->at(1).main, "resource");
  EXPECT_EQ(examples->at(1).import_sh, "import");
}

TEST(ExamplesTest, AMissingFolderIsAnErrorThatNamesIt) {
  TempDir dir;
  EXPECT_THAT(ReadExamples(dir / "none"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
}

TEST(ExamplesTest, AThingIsShownByTheShortestExampleThatUsesIt) {
  const auto examples = Examples();
  EXPECT_EQ(SimplestWith(examples, "resource \"toy_a\"")->folder, "one");
  EXPECT_EQ(SimplestWith(examples, "resource \"toy_b\"")->folder, "all");
  EXPECT_EQ(SimplestWith(examples, "data \"toy_b\"")->folder, "read");
  EXPECT_EQ(SimplestWith(examples, "resource \"toy\""), nullptr);
}

TEST(ExamplesTest, OneIsFoundByItsFolder) {
  const auto examples = Examples();
  EXPECT_EQ(Named(examples, "all"), &examples[0]);
  EXPECT_EQ(Named(examples, "platform"), nullptr);
}

}  // namespace
}  // namespace kproto
