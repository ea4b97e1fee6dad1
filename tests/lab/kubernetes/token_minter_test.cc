// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/token_minter.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "lab/kubernetes/certificates.h"
#include "lab/kubernetes/json.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::TempDir;

class TokenMinterTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(EnsureCertificates(paths_, "demo", "10.245.0.1"), IsOk()); }

  std::string Mint() {
    auto token = MintToken(paths_.service_account_key, "uid-1", absl::FromUnixSeconds(1000),
                           absl::FromUnixSeconds(1060));
    EXPECT_THAT(token, IsOk());
    return token.value_or("");
  }

  TempDir dir_;
  const CertificatePaths paths_{dir_.path()};
};

TEST_F(TokenMinterTest, SaysForWhomAndUntilWhen) {
  const std::vector<std::string> parts = absl::StrSplit(Mint(), '.');
  ASSERT_EQ(parts.size(), 3U);
  std::string claims;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[1], &claims));
  const nlohmann::json json = ParseJson(claims);
  EXPECT_EQ(Text(json, {"sub"}), "system:serviceaccount:kube-system:kproto-lab-admin");
  EXPECT_EQ(Text(json, {"kubernetes.io", "serviceaccount", "uid"}), "uid-1");
  EXPECT_EQ(At(json, {"exp"}), 1060);
  EXPECT_TRUE(At(json, {"aud"}).is_array());
}

TEST_F(TokenMinterTest, EachTokenIsAnotherAndHasNoPadding) {
  const std::string token = Mint();
  EXPECT_NE(token, Mint());
  EXPECT_EQ(token.find('='), std::string::npos);
}

TEST_F(TokenMinterTest, AKeyThatIsNoneIsAnError) {
  dir_.Write("bad.key", "not a key");
  EXPECT_FALSE(MintToken(dir_ / "bad.key", "u", absl::Now(), absl::Now()).ok());
  EXPECT_FALSE(MintToken(dir_ / "missing.key", "u", absl::Now(), absl::Now()).ok());
}

}  // namespace
}  // namespace kproto::lab
