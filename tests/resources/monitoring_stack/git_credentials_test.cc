// SPDX-License-Identifier: MPL-2.0
// How Argo CD gets into Git repositories, and what the plan sees of these.
#include "resources/monitoring_stack/git_credentials.h"

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kUrl[] = "https://git.example.com/platform.git";
constexpr char kSsh[] = "git@git.example.com:me/platform.git";

class StackGitCredentialsTest : public StackTest {
 protected:
  Value Credentials(Value::Map set) const {
    return Object(
        {{"apps", Completed(StackGitCredentials::Fields().attributes(), std::move(set))}});
  }
  Value WithPassword(const char* password, int version) const {
    return Basic(
        {{"git", Object({{"repo_url", Text(kUrl)}})},
         {"git_credentials", Credentials({{"repo_url", Text(kUrl)},
                                          {"username", Text("reader")},
                                          {"password_wo", Text(password)},
                                          {"password_wo_version", Value::Int(version)}})}});
  }
  Value WithKey(Value::Map more = {}) const {
    more["repo_url"] = Text(kSsh);
    more["ssh_private_key_wo"] = Text("-----BEGIN KEY-----");
    return Basic({{"git", Object({{"repo_url", Text(kSsh)}})},
                  {"git_credentials", Credentials(std::move(more))}});
  }
  std::optional<Json> Secret() const {
    return world_.kubernetes->Find({"v1", "Secret", "argocd", "kproto-git-apps"});
  }
  static std::string Plain(const Json& secret, const char* key) {
    std::string text;
    absl::Base64Unescape(secret["data"].value(key, ""), &text);
    return text;
  }
};

TEST_F(StackGitCredentialsTest, APasswordReachesArgoCdAndNothingElse) {
  host_.Apply(WithPassword("s3cr3t-1", 1));
  ASSERT_EQ(host_.Errors(), "");
  const Json secret = *Secret();
  EXPECT_EQ(secret["metadata"]["labels"]["argocd.argoproj.io/secret-type"], "repository");
  EXPECT_EQ(Plain(secret, "type"), "git");
  EXPECT_EQ(Plain(secret, "url"), kUrl);
  EXPECT_EQ(Plain(secret, "username"), "reader");
  EXPECT_EQ(Plain(secret, "password"), "s3cr3t-1");
  EXPECT_THAT(DebugString(host_.state), Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(host_.private_state, Not(HasSubstr("s3cr3t")));
  ExpectNoChange(WithPassword("s3cr3t-1", 1));
  // What the plan renders from the folder it reads with the same.
  ASSERT_TRUE(world_.git.login().has_value());
  EXPECT_EQ(world_.git.login()->username, "reader");
  EXPECT_EQ(world_.git.login()->password, SecretString("s3cr3t-1"));

  host_.Apply(WithPassword("s3cr3t-2", 2));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(Plain(*Secret(), "password"), "s3cr3t-2");
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(Secret().has_value());
}

TEST_F(StackGitCredentialsTest, ASecretThatIsGoneOrChangedIsMadeAnewWithItsPassword) {
  const Value config = WithPassword("s3cr3t-1", 1);
  host_.Apply(config);
  world_.kubernetes->Remove({"v1", "Secret", "argocd", "kproto-git-apps"});
  EXPECT_TRUE(WouldChange(config));
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(Plain(*Secret(), "password"), "s3cr3t-1");
  Json secret = *Secret();
  secret["data"]["username"] = absl::Base64Escape("somebody");
  world_.kubernetes->Put(secret);
  EXPECT_TRUE(WouldChange(config));
}

TEST_F(StackGitCredentialsTest, AKeyAndTheHostsKeysReachArgoCd) {
  const Value config = WithKey({{"ssh_known_hosts", Text("git.example.com ssh-ed25519 AAAA\n")}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(Plain(*Secret(), "sshPrivateKey"), "-----BEGIN KEY-----\n");
  EXPECT_EQ(world_.helm.GetValues({}, {"argocd", "argocd"}, {})
                ->at("/configs/ssh/extraHosts"_json_pointer),
            "git.example.com ssh-ed25519 AAAA\n");
  ExpectNoChange(config);
}

TEST_F(StackGitCredentialsTest, ThePlanAsksWithTheCredentialsThatArgoCdWillHave) {
  host_.Plan(WithPassword("s3cr3t-1", 1));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.remotes.logins[kUrl], "reader:s3cr3t-1");
}

TEST_F(StackGitCredentialsTest, ARepositoryThatLetsNobodyInIsRefusedWithWhatToDo) {
  const Value bare = Basic({{"git", Object({{"repo_url", Text(kUrl)}})}});
  world_.remotes.answers.insert_or_assign(kUrl,
                                          absl::UnauthenticatedError("it asks for a password"));
  host_.Plan(bare);
  EXPECT_THAT(host_.Errors(),
              AllOf(HasSubstr("git.repo_url: A Git repository cannot be read"),
                    HasSubstr("it asks for a password"), HasSubstr("git_credentials")));
  host_.diagnostics = {};
  world_.remotes.answers.insert_or_assign(kUrl, absl::NotFoundError("there is no such repository"));
  host_.Plan(bare);
  EXPECT_THAT(host_.Errors(), HasSubstr("there is no such repository"));
  host_.diagnostics = {};
  world_.remotes.answers.insert_or_assign(kUrl, git::Refs{{"refs/heads/master", "1"}});
  host_.Plan(bare);
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("git.revision"), HasSubstr("has no \"main\""),
                                    HasSubstr("It has: master")));
}

TEST_F(StackGitCredentialsTest, ARepositoryThatIsAwayFromHereIsOnlyWarnedOf) {
  world_.remotes.answers.insert_or_assign(kUrl, absl::UnavailableError("connection refused"));
  host_.Plan(Basic({{"git", Object({{"repo_url", Text(kUrl)}})}}));
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_THAT(Warnings(), AllOf(HasSubstr("A Git repository does not answer"),
                                HasSubstr("connection refused")));
}

TEST_F(StackGitCredentialsTest, WhatOnlyTheClusterReachesIsNotAsked) {
  for (const char* url : {"http://gitea.git.svc/a.git", "http://gitea/a.git",
                          "http://gitea.git.svc.cluster.local/a.git"}) {
    host_.Plan(Basic({{"git", Object({{"repo_url", Text(url)}})}}));
  }
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_THAT(world_.remotes.asked, IsEmpty());
}

TEST_F(StackGitCredentialsTest, ByHostThatArgoCdDoesNotKnowIsWarnedOfAndWithoutAKeyRefused) {
  host_.Plan(WithKey());
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_THAT(Warnings(), HasSubstr("ssh-keyscan git.example.com"));
  host_.diagnostics = {};
  host_.Plan(Basic({{"git", Object({{"repo_url", Text("git@github.com:me/platform.git")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("A Git repository by SSH needs a key"));
}

TEST_F(StackGitCredentialsTest, CredentialsThatDoNotFitTheUrlAreRefused) {
  const auto refused = [&](Value::Map set) {
    host_.diagnostics = {};
    host_.Plan(Basic({{"git_credentials", Credentials(std::move(set))}}));
    return host_.Errors();
  };
  const Value url = Text(kUrl), ssh = Text(kSsh), secret = Text("s3cr3t"), name = Text("me");
  EXPECT_THAT(refused({{"repo_url", url}}), HasSubstr("No password"));
  EXPECT_THAT(refused({{"repo_url", url}, {"password_wo", secret}}), HasSubstr("No username"));
  EXPECT_THAT(refused({{"repo_url", url}, {"ssh_private_key_wo", secret}}),
              HasSubstr("An SSH key for HTTPS"));
  EXPECT_THAT(refused({{"repo_url", ssh}}), HasSubstr("No key"));
  EXPECT_THAT(refused({{"repo_url", ssh}, {"username", name}}), HasSubstr("A password for SSH"));
  EXPECT_THAT(refused({{"repo_url", Text("ftp://x")}}), HasSubstr("by HTTPS or SSH"));
  EXPECT_THAT(refused({{"repo_url", ssh},
                       {"ssh_private_key_wo", secret},
                       {"ssh_known_hosts", Text("nonsense")}}),
              HasSubstr("known_hosts"));
  EXPECT_THAT(refused({{"repo_url", ssh}, {"ssh_private_key_wo", secret}}),
              Not(HasSubstr("s3cr3t")));
}

TEST(GitCredentialsTest, OneRepositoryHasManySpellings) {
  using monitoring_stack::SameRepository;
  EXPECT_TRUE(SameRepository("https://x.example/a.git", "https://x.example/a"));
  EXPECT_TRUE(SameRepository("https://X.example/A/", "https://x.example/a"));
  EXPECT_FALSE(SameRepository("https://x.example/a", "https://x.example/b"));
}

TEST(GitCredentialsTest, AHostBySshIsFoundInEverySpelling) {
  using monitoring_stack::SshHost;
  EXPECT_EQ(SshHost("git@github.com:me/a.git"), "github.com");
  EXPECT_EQ(SshHost("ssh://git@github.com:22/me/a.git"), "github.com");
  EXPECT_EQ(SshHost("ssh://github.com/me/a.git"), "github.com");
  EXPECT_EQ(SshHost("https://git@github.com/a"), "");
  EXPECT_EQ(SshHost("/srv/git/a"), "");
}

}  // namespace
}  // namespace kproto::testing
