// SPDX-License-Identifier: MPL-2.0
#include "clients/git/http_remotes.h"

#include "absl/strings/str_cat.h"
#include "clients/http/curl_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/http_imposter.h"
#include "tests/support/status_matchers.h"

namespace kproto::git {
namespace {

using ::testing::HasSubstr;
using testing::HttpImposter;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

constexpr char kAsked[] = "/a/b.git/info/refs?service=git-upload-pack";
constexpr char kAnswer[] =
    "001e# service=git-upload-pack\n0000"
    "003d1111111111111111111111111111111111111111 refs/heads/main\n0000";

class HttpRemotesTest : public ::testing::Test {
 protected:
  absl::StatusOr<Refs> List(std::optional<Login> login = std::nullopt) {
    return remotes_.ListRefs(server_.url() + "/a/b.git", login, absl::Now() + absl::Minutes(1), {});
  }

  HttpImposter server_;
  http::CurlClient http_{http::CurlOptions{}};
  HttpRemotes remotes_{http_};
};

TEST_F(HttpRemotesTest, ListsWhatTheServerAdvertises) {
  server_.On("GET", kAsked, {.body = kAnswer});
  const absl::StatusOr<Refs> refs = List();
  ASSERT_THAT(refs, IsOk());
  EXPECT_TRUE(MayHave(*refs, "main"));
  EXPECT_EQ(server_.requests()[0].headers.count("authorization"), 0u);
}

TEST_F(HttpRemotesTest, LogsInAndNeverRepeatsThePassword) {
  server_.On("GET", kAsked, {.code = 401});
  const auto refused = List(Login{"me", SecretString("s3cr3t")});
  EXPECT_EQ(server_.requests()[0].headers.at("authorization"), "Basic bWU6czNjcjN0");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("refuses")));
  EXPECT_THAT(std::string(refused.status().message()), Not(HasSubstr("s3cr3t")));
}

TEST_F(HttpRemotesTest, WhyThereIsNothingToListIsSaidInAPersonsWords) {
  server_.On("GET", kAsked, {.code = 401});
  EXPECT_THAT(List(), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("asks for")));
  server_.On("GET", kAsked, {.code = 404});
  EXPECT_THAT(List(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("no such repository")));
  server_.On("GET", kAsked, {.code = 301, .headers = {{"Location", "https://new.example/b"}}});
  EXPECT_THAT(List(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("new.example")));
  server_.On("GET", kAsked, {.body = "<html>Sign in</html>"});
  EXPECT_THAT(List(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no Git")));
  server_.On("GET", kAsked, {.code = 503});
  EXPECT_THAT(List(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(HttpRemotesTest, AServerThatIsAwayIsUnavailable) {
  EXPECT_THAT(remotes_.ListRefs("http://127.0.0.1:1/x.git", std::nullopt,
                                absl::Now() + absl::Minutes(1), {}),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace kproto::git
