// SPDX-License-Identifier: MPL-2.0
#include "lab/daemon/lab_record.h"

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::StatusIs;

TEST(LabRecordTest, IsReadAsItWasSaved) {
  kproto::testing::TempDir dir;
  const LabFiles files(dir.path());
  EXPECT_THAT(LabRecord::Load(files), StatusIs(absl::StatusCode::kNotFound));
  const LabRecord saved{.simulator_url = "http://127.0.0.1:1234",
                        .user_token = "dop_v1_x",
                        .tools = "/t",
                        .time_factor = 12.5};
  ASSERT_THAT(saved.Save(files), IsOk());
  const auto loaded = LabRecord::Load(files);
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->simulator_url, saved.simulator_url);
  EXPECT_EQ(loaded->user_token, saved.user_token);
  EXPECT_EQ(loaded->tools, saved.tools);
  EXPECT_EQ(loaded->time_factor, saved.time_factor);
  EXPECT_EQ(loaded->charts_url, "");
}

TEST(LabRecordTest, WhatIsNoRecordIsAnError) {
  kproto::testing::TempDir dir;
  dir.Write("lab.json", "[1, 2");
  EXPECT_THAT(LabRecord::Load(LabFiles(dir.path())), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(PortOfTest, ReadsThePortOfAUrl) {
  EXPECT_EQ(PortOf("http://127.0.0.1:8080"), 8080);
  EXPECT_EQ(PortOf("http://127.0.0.1"), 0);
  EXPECT_EQ(PortOf(""), 0);
}

}  // namespace
}  // namespace kproto::lab
