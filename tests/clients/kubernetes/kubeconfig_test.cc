// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/kubeconfig.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/hint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::kubernetes {
namespace {

using ::kproto::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

// `user` is the body of the user entry, in flow style.
std::string Kubeconfig(absl::string_view user, absl::string_view cluster_extra = "") {
  return absl::StrCat(
      "apiVersion: v1\nkind: Config\ncurrent-context: two\n"
      "clusters:\n- name: other\n  cluster: {server: https://other}\n"
      "- name: c\n  cluster: {server: 'https://c.example:6443', certificate-authority-data: ",
      absl::Base64Escape("CA PEM"), cluster_extra, "}\nusers:\n- name: u\n  user: ", user,
      "\ncontexts:\n- name: one\n  context: {cluster: other, user: u}\n"
      "- name: two\n  context: {cluster: c, user: u}\n");
}

TEST(KubeconfigTest, TakesTheCurrentContext) {
  const auto credentials = ParseKubeconfig(Kubeconfig("{token: abc}"));
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  EXPECT_EQ(credentials->host, "https://c.example:6443");
  EXPECT_EQ(credentials->cluster_ca_certificate, "CA PEM");
  EXPECT_EQ(credentials->token.Reveal(), "abc");
}

TEST(KubeconfigTest, ReadsClientCertificates) {
  const auto credentials = ParseKubeconfig(
      Kubeconfig(absl::StrCat("{client-certificate-data: ", absl::Base64Escape("cert"),
                              ", client-key-data: ", absl::Base64Escape("key"), "}")));
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  EXPECT_EQ(credentials->client_certificate, "cert");
  EXPECT_EQ(credentials->client_key.Reveal(), "key");
}

TEST(KubeconfigTest, ReadsExec) {
  const auto credentials = ParseKubeconfig(
      Kubeconfig("{exec: {apiVersion: client.authentication.k8s.io/v1, command: doctl, args: [a, "
                 "'1'], env: [{name: X, value: v}]}}"));
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  ASSERT_TRUE(credentials->exec.has_value());
  EXPECT_EQ(credentials->exec->command, "doctl");
  EXPECT_THAT(credentials->exec->args, ::testing::ElementsAre("a", "1"));
  EXPECT_EQ(credentials->exec->env.at("X"), "v");
}

TEST(KubeconfigTest, SurvivesTheWayOutAndBack) {
  Credentials credentials;
  credentials.host = "https://h";
  credentials.cluster_ca_certificate = "ca";
  credentials.token = SecretString("t");
  credentials.client_certificate = "c";
  credentials.client_key = SecretString("k");
  credentials.exec = ExecPlugin{"client.authentication.k8s.io/v1", "p", {"a"}, {{"E", "v"}}};
  const auto again = ParseKubeconfig(ToKubeconfig(credentials).Reveal());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->host, "https://h");
  EXPECT_EQ(again->cluster_ca_certificate, "ca");
  EXPECT_EQ(again->token.Reveal(), "t");
  EXPECT_EQ(again->client_certificate, "c");
  EXPECT_EQ(again->client_key.Reveal(), "k");
  EXPECT_EQ(again->exec->command, "p");
  EXPECT_EQ(again->exec->env.at("E"), "v");
}

TEST(KubeconfigTest, SaysWhatIsMissing) {
  EXPECT_THAT(ParseKubeconfig(""), StatusIs(kInvalid));
  EXPECT_THAT(ParseKubeconfig("[]"), StatusIs(kInvalid));
  EXPECT_THAT(ParseKubeconfig("a: [b"), StatusIs(kInvalid, HasSubstr("line")));
  EXPECT_THAT(ParseKubeconfig("current-context: x"), StatusIs(kInvalid, HasSubstr("\"x\"")));
  EXPECT_THAT(ParseKubeconfig("contexts: [{name: a, context: {cluster: c, user: u}}]"),
              StatusIs(kInvalid, HasSubstr("clusters")));
  EXPECT_THAT(ParseKubeconfig(Kubeconfig("{}")), StatusIs(kInvalid, HasSubstr("neither token")));
  EXPECT_THAT(ParseKubeconfig("clusters: [1]\nusers: [x]\ncontexts: [{name: 3}]"),
              StatusIs(kInvalid));
}

TEST(KubeconfigTest, RefusesWhatItWouldHaveToObey) {
  EXPECT_THAT(ParseKubeconfig(Kubeconfig("{tokenFile: /x}")),
              StatusIs(kInvalid, HasSubstr("tokenFile is not supported")));
  EXPECT_THAT(ParseKubeconfig(Kubeconfig("{token: a}", ", insecure-skip-tls-verify: true")),
              StatusIs(kInvalid, HasSubstr("insecure-skip-tls-verify")));
  EXPECT_TRUE(ParseKubeconfig(Kubeconfig("{token: a}", ", insecure-skip-tls-verify: false")).ok());
}

TEST(KubeconfigTest, NoErrorRepeatsASecret) {
  const absl::Status status =
      ParseKubeconfig(Kubeconfig("{client-key-data: '!geheim', client-certificate-data: ''}"))
          .status();
  EXPECT_THAT(status, StatusIs(kInvalid, Not(HasSubstr("geheim"))));
}

}  // namespace
}  // namespace kproto::kubernetes
