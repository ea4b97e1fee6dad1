// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/expiry.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/test_certificates.h"

namespace kproto::kubernetes {
namespace {

Credentials WithToken(const std::string& claims) {
  Credentials credentials;
  credentials.token = SecretString(absl::StrCat(absl::WebSafeBase64Escape("{\"alg\":\"RS256\"}"),
                                                ".", absl::WebSafeBase64Escape(claims), ".sig"));
  return credentials;
}

TEST(ExpiryTest, ATokenThatIsAJwtSaysWhenItEnds) {
  EXPECT_EQ(ExpiryOf(WithToken("{\"exp\": 1800000000, \"sub\": \"me\"}")),
            absl::FromUnixSeconds(1800000000));
}

TEST(ExpiryTest, OtherTokensDoNotSay) {
  EXPECT_EQ(ExpiryOf(WithToken("{\"sub\": \"me\"}")), absl::InfiniteFuture());
  EXPECT_EQ(ExpiryOf(WithToken("no json")), absl::InfiniteFuture());
  EXPECT_EQ(ExpiryOf(WithToken("{\"exp\": \"soon\"}")), absl::InfiniteFuture());
  Credentials opaque;
  opaque.token = SecretString("dop_v1_0123");
  EXPECT_EQ(ExpiryOf(opaque), absl::InfiniteFuture());
}

TEST(ExpiryTest, AClientCertificateSaysWhenItEnds) {
  Credentials credentials;
  credentials.client_certificate = testing::TestAuthority().Issue("me").certificate_pem;
  const absl::Time expiry = ExpiryOf(credentials);
  EXPECT_GT(expiry, absl::Now());
  EXPECT_LT(expiry, absl::Now() + absl::Hours(2));
  credentials.client_certificate = "no certificate";
  EXPECT_EQ(ExpiryOf(credentials), absl::InfiniteFuture());
}

TEST(ExpiryTest, WhatAPluginGivesIsRenewed) {
  Credentials credentials = WithToken("{\"exp\": 1}");
  credentials.exec.emplace();
  EXPECT_EQ(ExpiryOf(credentials), absl::InfiniteFuture());
}

}  // namespace
}  // namespace kproto::kubernetes
