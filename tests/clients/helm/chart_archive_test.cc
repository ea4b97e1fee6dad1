// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/chart_archive.h"

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::helm {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class ChartArchiveTest : public ::testing::Test {
 protected:
  // What `tar` packs of the folder "chart".
  std::string Pack(const std::string& format = "ustar") {
    Command tar;
    tar.argv = {
        "tar",  absl::StrCat("--format=", format), "-czf", dir_ / "chart.tgz", "-C", dir_.path(),
        "chart"};
    tar.environment = Environment();
    const auto result = kproto::Run(tar);
    EXPECT_TRUE(result.ok() && result->exit_code == 0);
    std::ifstream in(dir_ / "chart.tgz", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TempDir dir_;
};

TEST_F(ChartArchiveTest, HoldsWhatTheChartSaysOfItself) {
  dir_.Write("chart/Chart.yaml",
             "name: loki\nversion: 6.55.0\nappVersion: 3.6.7\nkubeVersion: '>=1.25'\ndeprecated: "
             "true\ndependencies:\n  - {name: minio, alias: store}\n  - {name: library}\n");
  dir_.Write("chart/values.yaml", "# shown\nreplicas: 1\n");
  dir_.Write("chart/values.schema.json", "{\"type\": \"object\"}");
  dir_.Write("chart/templates/a.yaml", "{{ .Values.replicas }}");
  dir_.Write("chart/charts/minio/values.yaml", "size: 1\n");
  const auto contents = ContentsOf(Pack());
  ASSERT_THAT(contents, IsOk());
  EXPECT_EQ(contents->metadata.version, "6.55.0");
  EXPECT_EQ(contents->metadata.kube_version, ">=1.25");
  EXPECT_TRUE(contents->metadata.deprecated);
  EXPECT_EQ(contents->values, Json({{"replicas", 1}}));
  EXPECT_THAT(contents->values_text, HasSubstr("# shown"));
  EXPECT_EQ(contents->schema["type"], "object");
  EXPECT_EQ(contents->subcharts.at("store"), Json({{"size", 1}}));
  EXPECT_TRUE(contents->subcharts.at("library").is_null());
  EXPECT_THAT(contents->templates, HasSubstr(".Values.replicas"));
}

TEST_F(ChartArchiveTest, LongNamesAreReadInEveryFormat) {
  const std::string name = absl::StrCat("chart/", std::string(90, 'd'), "/", std::string(90, 'f'));
  dir_.Write(name, "there");
  for (const char* format : {"ustar", "gnu", "pax"}) {
    const auto files = ReadTarGz(Pack(format));
    ASSERT_THAT(files, IsOk());
    EXPECT_THAT(*files, Contains(Key(name))) << format;
  }
}

TEST_F(ChartArchiveTest, WhatIsNoArchiveOrCutShortIsRefused) {
  dir_.Write("chart/values.yaml", std::string(100000, '#'));
  const std::string whole = Pack();
  EXPECT_THAT(ReadTarGz(""), StatusIs(kInvalid, HasSubstr("gzip")));
  EXPECT_THAT(ReadTarGz("no archive"), StatusIs(kInvalid, HasSubstr("gzip")));
  EXPECT_THAT(ReadTarGz(whole.substr(0, whole.size() / 2)), StatusIs(kInvalid, HasSubstr("early")));
  EXPECT_THAT(ContentsOf(whole), StatusIs(kInvalid, HasSubstr("no Chart.yaml")));
}

}  // namespace
}  // namespace kproto::helm
