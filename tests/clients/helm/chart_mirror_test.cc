// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/chart_mirror.h"

#include "gtest/gtest.h"

namespace kproto::helm {
namespace {

TEST(ChartMirrorTest, PutsHostAndPathUnderTheMirror) {
  EXPECT_EQ(MirroredRepository("http://m:1", "https://argoproj.github.io/argo-helm"),
            "http://m:1/argoproj.github.io/argo-helm");
  EXPECT_EQ(MirroredRepository("http://m:1/charts//", "http://h/p/"), "http://m:1/charts/h/p/");
}

TEST(ChartMirrorTest, LeavesTheRestAlone) {
  EXPECT_EQ(MirroredRepository("", "https://h/p"), "https://h/p");
  EXPECT_EQ(MirroredRepository("http://m", "oci://ghcr.io/x"), "oci://ghcr.io/x");
  EXPECT_EQ(MirroredRepository("http://m", "http://m/h/p"), "http://m/h/p");
  EXPECT_EQ(MirroredRepository("http://m", "http://mine/p"), "http://m/mine/p");
}

}  // namespace
}  // namespace kproto::helm
