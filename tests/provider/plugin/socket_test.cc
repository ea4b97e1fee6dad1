// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/socket.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::StartsWith;

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  stat(path.c_str(), &info);
  return info.st_mode & 0777;
}

TEST(SocketTest, ChoosesAFreshNameEachTime) {
  const TempDir dir;
  const auto one = ChooseSocketPath({dir.path()}), other = ChooseSocketPath({dir.path()});
  EXPECT_THAT(one, IsOkAndHolds(StartsWith(dir.path() + "/")));
  EXPECT_NE(*one, *other);
}

TEST(SocketTest, AFolderTooLongForASocketIsPassedOver) {
  const TempDir dir;
  const std::string too_long = "/" + std::string(100, 'x');
  EXPECT_THAT(ChooseSocketPath({too_long, dir.path()}), IsOkAndHolds(StartsWith(dir.path())));
  EXPECT_THAT(ChooseSocketPath({too_long}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("too long")));
}

TEST(SocketTest, AFolderThatIsNotThereIsAnErrorWithAdvice) {
  EXPECT_THAT(ChooseSocketPath({"/nonexistent-folder"}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       ::testing::AllOf(HasSubstr("/nonexistent-folder"), HasSubstr("TMPDIR"))));
}

TEST(SocketTest, FilesAreForTheirUserAloneUnlessAGroupIsNamed) {
  const TempDir dir;
  const std::string path = dir / "socket";
  {
    const PrivateUmask only_for_us;
    std::ofstream(path) << "x";
  }
  EXPECT_EQ(ModeOf(path) & 0077, 0u);
  EXPECT_THAT(ShareWithGroup(path, absl::StrCat(getgid())), IsOk());
  EXPECT_EQ(ModeOf(path), 0660u);
}

TEST(SocketTest, AnUnknownGroupIsNamedInTheError) {
  EXPECT_THAT(ShareWithGroup("/tmp", "no-such-group-anywhere"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no-such-group-anywhere")));
}

}  // namespace
}  // namespace kproto
