// SPDX-License-Identifier: MPL-2.0
#include "lab/cli/table.h"

#include "gtest/gtest.h"

namespace kproto::lab {
namespace {

TEST(TableTest, ColumnsAreAsWideAsTheirWidestCellAndLinesHaveNoTail) {
  Table table({"NAME", "ID"});
  EXPECT_TRUE(table.empty());
  table.Add({"a-long-name", "1"});
  table.Add({"b"});
  EXPECT_EQ(table.Text(), "NAME         ID\na-long-name  1\nb\n");
}

}  // namespace
}  // namespace kproto::lab
