// SPDX-License-Identifier: MPL-2.0
#include "lab/scenes/helm_record.h"

#include "lab/kubernetes/json.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::StatusIs;
using nlohmann::json;

TEST(HelmRecordTest, WhatIsEncodedIsDecoded) {
  json record = NewHelmRecord("argocd", "argocd");
  record["manifest"] = std::string(200000, 'x');  // more than one buffer
  const auto back = DecodeHelmRecord(EncodeHelmRecord(record));
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(*back, record);
}

TEST(HelmRecordTest, WhatIsNoRecordIsRefused) {
  for (const char* data : {"", "no base64!", "YQ==", "WVE9PQ=="}) {
    EXPECT_THAT(DecodeHelmRecord(data), StatusIs(absl::StatusCode::kInvalidArgument)) << data;
  }
}

TEST(HelmRecordTest, APendingRevisionRemembersWhenTheReleaseBegan) {
  json record = NewHelmRecord("argocd", "argocd");
  SetPending(record, 1, "pending-install");
  const std::string first = Text(record, {"info", "first_deployed"});
  SetPending(record, 2, "pending-upgrade");
  EXPECT_EQ(Text(record, {"info", "first_deployed"}), first);
  EXPECT_EQ(Text(record, {"info", "status"}), "pending-upgrade");
  EXPECT_EQ(record["version"], 2);
}

}  // namespace
}  // namespace kproto::lab
