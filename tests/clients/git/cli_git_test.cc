// SPDX-License-Identifier: MPL-2.0
#include "clients/git/cli_git.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/scoped_environment.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::git {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::ScopedEnvironment;
using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;

class CliGitTest : public ::testing::Test {
 protected:
  CliGitTest() {
    Do({"init", "--quiet", "--initial-branch=main"});
    Commit("first");
  }

  std::string Do(std::vector<std::string> args) {
    args.insert(args.begin(), {"git", "-C", repository_.path(), "-c", "user.name=t", "-c",
                               "user.email=t@localhost", "-c", "commit.gpgsign=false"});
    const auto result = kproto::Run({.argv = args, .environment = Environment()});
    EXPECT_TRUE(result.ok() && result->exit_code == 0) << (result.ok() ? result->err : "");
    return result.ok() ? std::string(absl::StripAsciiWhitespace(result->out)) : "";
  }
  std::string Commit(const std::string& text) {
    repository_.Write("k8s/apps/Chart.yaml", text);
    Do({"add", "-A"});
    Do({"commit", "--quiet", "-m", text});
    return Do({"rev-parse", "HEAD"});
  }
  std::string url() const { return "file://" + repository_.path(); }
  static std::string Content(const Checkout& checkout) {
    std::ifstream in(checkout.path() + "/k8s/apps/Chart.yaml");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TempDir repository_;
  std::unique_ptr<Git> git_ = MakeCliGit();
};

TEST_F(CliGitTest, ABranchATagAndACommitAreFound) {
  const std::string first = Do({"rev-parse", "HEAD"});
  Do({"tag", "-a", "v1", "-m", "one"});
  const std::string second = Commit("second");
  for (const auto& [revision, commit] :
       {std::pair<std::string, std::string>("main", second), {"v1", first}, {"HEAD", second}}) {
    EXPECT_EQ(git_->Resolve(url(), revision, {}).value_or(""), commit) << revision;
    const auto checkout = git_->Fetch(url(), revision, {});
    ASSERT_THAT(checkout, IsOk());
    EXPECT_EQ((*checkout)->commit(), commit) << revision;
    EXPECT_EQ(Content(**checkout), commit == first ? "first" : "second");
  }
  EXPECT_EQ(git_->Resolve(url(), first, {}).value_or(""), first);
}

TEST_F(CliGitTest, TheFilesGoWithTheCheckout) {
  std::string path;
  {
    const auto checkout = git_->Fetch(url(), "main", {});
    ASSERT_THAT(checkout, IsOk());
    path = (*checkout)->path();
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(CliGitTest, WhatIsNotThereIsToldFromWhatIsAway) {
  EXPECT_THAT(git_->Resolve(url(), "nowhere", {}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(git_->Fetch(url(), "nowhere", {}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(git_->Resolve("file:///no/such/repository", "main", {}),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(git_->Fetch("file:///no/such/repository", "main", {}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(CliGitTest, NothingIsTakenForAFlagOrAProgram) {
  EXPECT_THAT(git_->Resolve("--upload-pack=touch /tmp/x", "main", {}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(git_->Fetch(url(), "--output=x", {}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(git_->Fetch(url(), "main:refs/heads/x", {}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(git_->Fetch("ext::sh", "main", {}), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(CliGitTest, ALinkOutOfTheRepositoryIsNone) {
  std::filesystem::create_symlink("/etc/hostname", repository_ / "link");
  Do({"add", "-A"});
  Do({"commit", "--quiet", "-m", "link"});
  const auto checkout = git_->Fetch(url(), "main", {});
  ASSERT_THAT(checkout, IsOk());
  EXPECT_FALSE(std::filesystem::is_symlink((*checkout)->path() + "/link"));
}

// An ssh that tells what it got, and does here what it should do over there.
constexpr char kSsh[] =
    "#!/bin/sh\n"
    "for word; do case $word in IdentityFile=*|UserKnownHostsFile=*)\n"
    "  file=$(echo \"${word#*=}\" | tr -d '\"')\n"
    "  echo \"${word%%=*} $(stat -c %a \"$file\") $(cat \"$file\")\" >>\"$TOLD\";;\n"
    "esac; last=$word; done\n"
    "eval \"$last\"\n";

TEST_F(CliGitTest, AKeyGoesToSshInAFileThatNobodyElseReads) {
  TempDir bin;
  bin.Write("ssh", kSsh);
  std::filesystem::permissions(bin / "ssh", std::filesystem::perms::owner_all);
  const ScopedEnvironment path("PATH", bin.path() + ":/usr/local/bin:/usr/bin:/bin");
  const ScopedEnvironment told("TOLD", bin / "told");
  Call call;
  call.login = Login{.ssh_private_key = SecretString("a key"),
                     .ssh_known_hosts = "example.com ssh-ed25519 AAAA"};
  ASSERT_THAT(git_->Fetch("ssh://git@example.com" + repository_.path(), "main", call), IsOk());
  EXPECT_EQ(bin.Read("told"),
            "IdentityFile 600 a key\nUserKnownHostsFile 600 example.com ssh-ed25519 AAAA\n");
}

TEST_F(CliGitTest, WithoutGitItSaysSo) {
  TempDir empty;
  const ScopedEnvironment path("PATH", empty.path());
  EXPECT_THAT(git_->Resolve(url(), "main", {}), StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace kproto::git
