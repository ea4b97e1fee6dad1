// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/credentials.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::kubernetes {
namespace {

using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Credentials WithPlugin(const TempDir& dir, const std::string& script) {
  const std::string path = dir.Write("plugin", "#!/bin/sh\n" + script);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  Credentials credentials;
  credentials.host = "https://h";
  credentials.exec =
      ExecPlugin{"client.authentication.k8s.io/v1", path, {"arg one"}, {{"EXTRA", "value"}}};
  return credentials;
}

TEST(CredentialsTest, WithoutPluginNothingChanges) {
  Credentials credentials;
  credentials.token = SecretString("t");
  const auto resolved = Resolve(credentials, {});
  ASSERT_TRUE(resolved.ok());
  EXPECT_EQ(resolved->credentials.token.Reveal(), "t");
  EXPECT_EQ(resolved->expires, absl::InfiniteFuture());
}

TEST(CredentialsTest, TheProgramGetsArgumentsEnvironmentAndProtocol) {
  TempDir dir;
  const auto resolved = Resolve(
      WithPlugin(dir,
                 "version=$(echo \"$KUBERNETES_EXEC_INFO\" | grep -o 'k8s.io/v1\"' | head -c 9)\n"
                 "echo '{\"status\":{\"token\":\"'\"$1-$EXTRA-$version\"'\","
                 "\"expirationTimestamp\":\"2026-01-01T00:00:00Z\"}}'\n"),
      {});
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->credentials.token.Reveal(), "arg one-value-k8s.io/v1");
  EXPECT_FALSE(resolved->credentials.exec.has_value());
  EXPECT_EQ(resolved->expires, absl::FromUnixSeconds(1767225600));
}

TEST(CredentialsTest, AFailingProgramIsUnauthenticatedAndItsOutputStaysSecret) {
  TempDir dir;
  EXPECT_THAT(Resolve(WithPlugin(dir, "echo geheim; echo geheim >&2; exit 3\n"), {}),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       AllOf(HasSubstr("exit code 3"), Not(HasSubstr("geheim")))));
  EXPECT_THAT(Resolve(WithPlugin(dir, "echo '{\"status\":{\"token\":5},\"x\":\"geheim\"'\n"), {}),
              StatusIs(absl::StatusCode::kUnauthenticated, Not(HasSubstr("geheim"))));
}

TEST(CredentialsTest, AMissingProgramIsUnauthenticated) {
  Credentials credentials;
  credentials.exec = ExecPlugin{"v1", "/nowhere/at-all", {}, {}};
  EXPECT_THAT(Resolve(credentials, {}),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("/nowhere/at-all")));
}

TEST(CredentialsTest, AStopEndsAHangingProgram) {
  TempDir dir;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(
      Resolve(WithPlugin(dir, "exec sleep 60\n"), {absl::InfiniteFuture(), stop.get_token()}),
      StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace kproto::kubernetes
