// SPDX-License-Identifier: MPL-2.0
#include "lab/cli/arguments.h"

#include "tests/support/scoped_environment.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::IsOkAndHolds;
using kproto::testing::ScopedEnvironment;
using kproto::testing::StatusIs;

absl::StatusOr<Arguments> Parse(const std::vector<std::string>& words) {
  return Arguments::Parse(words, {"dir", "name"}, {"json"});
}

absl::StatusOr<std::string> Directory(const std::vector<std::string>& words) {
  return LabDirectory(*Parse(words));
}

TEST(ArgumentsTest, ValuesFollowABlankOrAnEqualSign) {
  const auto arguments = Parse({"POST", "--dir", "/a", "--json", "x=1", "--name=b=c"});
  ASSERT_THAT(arguments, IsOk());
  EXPECT_EQ(arguments->Get("dir"), "/a");
  EXPECT_EQ(arguments->Get("name"), "b=c");
  EXPECT_TRUE(arguments->Has("json"));
  EXPECT_EQ(arguments->positional(), (std::vector<std::string>{"POST", "x=1"}));
}

TEST(ArgumentsTest, WhatIsNoOptionIsRefused) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--jsn"}, {"--dir"}, {"--json=1"}, {"--"}}) {
    EXPECT_THAT(Parse(words), StatusIs(absl::StatusCode::kInvalidArgument)) << words[0];
  }
}

TEST(LabDirectoryTest, TheOptionWinsOverTheEnvironment) {
  ScopedEnvironment dir("KPROTO_LAB_DIR", "/from/environment");
  ScopedEnvironment state("XDG_STATE_HOME", "/state");
  EXPECT_THAT(Directory({"--dir=/given"}), IsOkAndHolds(std::string("/given")));
  EXPECT_THAT(Directory({}), IsOkAndHolds(std::string("/from/environment")));
  EXPECT_THAT(Directory({"--name=two"}), IsOkAndHolds(std::string("/state/kproto-lab/two")));
}

TEST(LabDirectoryTest, ANameCannotLeadElsewhere) {
  for (const char* name : {"--name=../x", "--name=", "--name=a/b", "--name=.."}) {
    EXPECT_THAT(Directory({name}), StatusIs(absl::StatusCode::kInvalidArgument)) << name;
  }
}

}  // namespace
}  // namespace kproto::lab
