// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/chart_store.h"

#include <sys/stat.h>

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace kproto::helm {
namespace {

using ::kproto::testing::TempDir;
namespace fs = std::filesystem;

const ChartRef kChart = {"https://charts.example", "loki", "6.55.0"};

TEST(ChartStoreTest, KeepsAnArchiveForTheNextRunInADirectoryOfOnesOwn) {
  TempDir dir;
  const ChartStore store(dir / "cache/charts");
  EXPECT_EQ(store.Find(kChart), "");
  store.Keep(kChart, dir.Write("loki.tgz", "archive"));
  const std::string path = ChartStore(dir / "cache/charts").Find(kChart);
  ASSERT_NE(path, "");
  EXPECT_EQ(fs::file_size(path), 7);
  struct stat info = {};
  ASSERT_EQ(stat((dir / "cache/charts").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_EQ(store.Find({"https://charts.example", "loki", "6.54.0"}), "");
  EXPECT_EQ(store.Find({"https://other.example", "loki", "6.55.0"}), "");
}

TEST(ChartStoreTest, AnAlteredArchiveIsNotUsed) {
  TempDir dir;
  const ChartStore store(dir / "charts");
  store.Keep(kChart, dir.Write("loki.tgz", "archive"));
  fs::resize_file(store.Find(kChart), 3);
  EXPECT_EQ(store.Find(kChart), "");
}

TEST(ChartStoreTest, ADirectoryThatOthersMayWriteIsNotUsed) {
  TempDir dir;
  const ChartStore store(dir / "charts");
  store.Keep(kChart, dir.Write("loki.tgz", "archive"));
  fs::permissions(dir / "charts", fs::perms::all);
  EXPECT_EQ(store.Find(kChart), "");
}

TEST(ChartStoreTest, TheNewestAndWhatThisMachineServesAreAskedForAnew) {
  TempDir dir;
  const ChartStore store(dir / "charts");
  for (const ChartRef& chart : {ChartRef{"https://charts.example", "loki", ""},
                                ChartRef{"http://127.0.0.1:8080/x", "loki", "1.0.0"},
                                ChartRef{"http://localhost/x", "loki", "1.0.0"}}) {
    store.Keep(chart, dir.Write("loki.tgz", "archive"));
    EXPECT_EQ(store.Find(chart), "") << chart.ToString();
  }
  ChartStore("").Keep(kChart, dir / "loki.tgz");
  EXPECT_EQ(ChartStore("").Find(kChart), "");
}

}  // namespace
}  // namespace kproto::helm
