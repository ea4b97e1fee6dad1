// SPDX-License-Identifier: MPL-2.0
#include "lab/servers/git_server.h"

#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/subprocess.h"
#include "clients/git/cli_git.h"
#include "lab/servers/http_listener.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::StatusIs;
using kproto::testing::TempDir;

class GitServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_.Write("seed/k8s/apps/Chart.yaml", "name: apps\n");
    dir_.Write("seed/helm-values/grafana.yaml", "a: 1\n");
    dir_.Write("seed/terraform.tfstate", "secret\n");
    std::filesystem::create_directory(dir_ / "git");
    ASSERT_THAT(Seed(), IsOk());
    auto listener = HttpListener::Start(
        0, [&](httplib::Server& server) { ServeGit(server, git_, dir_ / "git"); });
    ASSERT_THAT(listener, IsOk());
    listener_ = *std::move(listener);
  }

  absl::Status Seed() { return SeedGitRepository(git_, dir_ / "git/platform.git", dir_ / "seed"); }

  void Git(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), git_);
    const auto result = kproto::Run({.argv = arguments,
                                     .environment = {{"PATH", "/usr/bin:/bin"},
                                                     {"HOME", dir_.path()},
                                                     {"GIT_TERMINAL_PROMPT", "0"},
                                                     {"GIT_AUTHOR_NAME", "t"},
                                                     {"GIT_AUTHOR_EMAIL", "t@t"},
                                                     {"GIT_COMMITTER_NAME", "t"},
                                                     {"GIT_COMMITTER_EMAIL", "t@t"}}});
    ASSERT_THAT(result, IsOk());
    ASSERT_EQ(result->exit_code, 0) << result->err;
  }
  void Clone(const std::string& into) {
    Git({"clone", "--quiet", listener_->url() + "/platform.git", dir_ / into});
  }

  TempDir dir_;
  const std::string git_ = FindProgram("git", "/usr/local/bin:/usr/bin:/bin");
  std::unique_ptr<HttpListener> listener_;
};

TEST_F(GitServerTest, TheSeedHasValuesAndApplicationsAndNothingElse) {
  Clone("a");
  EXPECT_EQ(dir_.Read("a/helm-values/grafana.yaml"), "a: 1\n");
  EXPECT_EQ(dir_.Read("a/k8s/apps/Chart.yaml"), "name: apps\n");
  EXPECT_FALSE(std::filesystem::exists(dir_ / "a/terraform.tfstate"));
}

TEST_F(GitServerTest, APushIsSeenByTheNextCloneAndSurvivesAnotherSeeding) {
  Clone("a");
  // Large enough to be sent in chunks.
  dir_.Write("a/helm-values/big.yaml", std::string(3 << 20, 'x'));
  Git({"-C", dir_ / "a", "add", "--all"});
  Git({"-C", dir_ / "a", "commit", "--quiet", "--message", "edit"});
  Git({"-C", dir_ / "a", "push", "--quiet"});
  ASSERT_THAT(Seed(), IsOk());
  Clone("b");
  EXPECT_EQ(dir_.Read("b/helm-values/big.yaml").size(), 3U << 20);
}

TEST_F(GitServerTest, AnUnknownRepositoryIsNotFound) {
  const auto answer =
      httplib::Client(listener_->url()).Get("/other.git/info/refs?service=git-upload-pack");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
}

TEST_F(GitServerTest, ARepositoryWithAPasswordAsksForIt) {
  dir_.Write("git/platform.git/kproto-password", "reader:s3cr3t\n");
  httplib::Client client(listener_->url());
  const char* refs = "/platform.git/info/refs?service=git-upload-pack";
  const auto asked = client.Get(refs);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->status, 401);
  EXPECT_EQ(asked->get_header_value("WWW-Authenticate"), "Basic realm=\"kproto lab\"");
  client.set_basic_auth("reader", "wrong");
  EXPECT_EQ(client.Get(refs)->status, 401);
  client.set_basic_auth("reader", "s3cr3t");
  EXPECT_EQ(client.Get(refs)->status, 200);
  const std::string with_login =
      absl::StrCat("http://reader:s3cr3t@", listener_->url().substr(std::strlen("http://")));
  Git({"clone", "--quiet", with_login + "/platform.git", dir_ / "private"});
  EXPECT_EQ(dir_.Read("private/helm-values/grafana.yaml"), "a: 1\n");
}

// The client of the provider, against it.
TEST_F(GitServerTest, OnlyALoginGetsIntoARepositoryWithAPassword) {
  dir_.Write("git/platform.git/kproto-password", "reader:it's $ecret\n");
  const auto git = git::MakeCliGit();
  const std::string url = listener_->url() + "/platform.git";
  git::Call call;
  EXPECT_THAT(git->Fetch(url, "main", call), StatusIs(absl::StatusCode::kUnavailable));
  call.login = git::Login{.username = "reader", .password = SecretString("wrong")};
  EXPECT_THAT(git->Fetch(url, "main", call), StatusIs(absl::StatusCode::kUnavailable));
  call.login->password = SecretString("it's $ecret");
  EXPECT_THAT(git->Resolve(url, "main", call), IsOk());
  const auto checkout = git->Fetch(url, "main", call);
  ASSERT_THAT(checkout, IsOk());
  EXPECT_TRUE(std::filesystem::exists((*checkout)->path() + "/helm-values/grafana.yaml"));
}

}  // namespace
}  // namespace kproto::lab
