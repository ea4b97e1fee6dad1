// SPDX-License-Identifier: MPL-2.0
#include "clients/git/refs.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::git {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Pair;
using testing::StatusIs;
using ::testing::UnorderedElementsAre;

const std::string kOne(40, '1'), kTwo(40, '2');

// As git's own http-backend writes it.
std::string Line(const std::string& text) {
  const char* digits = "0123456789abcdef";
  const size_t length = text.size() + 4;
  return std::string{digits[length >> 12 & 15], digits[length >> 8 & 15], digits[length >> 4 & 15],
                     digits[length & 15]} +
         text;
}

std::string Advertisement() {
  return Line("# service=git-upload-pack\n") + "0000" +
         Line(kOne + " HEAD" + '\0' + "multi_ack symref=HEAD:refs/heads/main\n") +
         Line(kOne + " refs/heads/main\n") + Line(kTwo + " refs/tags/v1\n") +
         Line(kOne + " refs/tags/v1^{}\n") + "0000";
}

TEST(RefsTest, AnAdvertisementNamesBranchesAndTags) {
  const absl::StatusOr<Refs> refs = ParseAdvertisement(Advertisement());
  ASSERT_THAT(refs, IsOk());
  EXPECT_THAT(*refs,
              UnorderedElementsAre(Pair("HEAD", kOne), Pair("refs/heads/main", kOne),
                                   Pair("refs/tags/v1", kTwo), Pair("refs/tags/v1^{}", kOne)));
  EXPECT_THAT(ShortNames(*refs), ElementsAre("main", "v1"));
}

TEST(RefsTest, ARepositoryWithoutACommitHasNone) {
  const absl::StatusOr<Refs> refs = ParseAdvertisement(
      Line("# service=git-upload-pack\n") + "0000" +
      Line(std::string(40, '0') + " capabilities^{}" + '\0' + "ofs-delta\n") + "0000");
  ASSERT_THAT(refs, IsOk());
  EXPECT_THAT(*refs, IsEmpty());
}

TEST(RefsTest, WhatIsNoAdvertisementIsRefusedWhereverItBreaksOff) {
  for (const char* text : {"", "<html>sign in</html>", "0", "000", "0003", "zzzz", "0000"}) {
    EXPECT_THAT(ParseAdvertisement(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
  const std::string whole = Advertisement();
  for (size_t size = 0; size < whole.size(); ++size) {
    ParseAdvertisement(whole.substr(0, size)).IgnoreError();  // in whatever way, but without harm
  }
}

TEST(RefsTest, ARevisionIsABranchATagOrWhatCannotBeLookedUp) {
  const Refs refs = *ParseAdvertisement(Advertisement());
  for (const char* there : {"main", "v1", "refs/heads/main", "HEAD", "1.*", "abcdef0", ">=1.0"}) {
    EXPECT_TRUE(MayHave(refs, there)) << there;
  }
  for (const char* missing : {"master", "v2", "abcdef", "refs/heads/v1"}) {
    EXPECT_FALSE(MayHave(refs, missing)) << missing;
  }
}

}  // namespace
}  // namespace kproto::git
