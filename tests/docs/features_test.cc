// SPDX-License-Identifier: MPL-2.0
// The tables of features name tests that exist: a row is either shown by one or says "not yet".
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/docs/markdown.h"

namespace kproto::docs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kTables[] = {"docs/cluster_features.md", "docs/stack_features.md"};

// The last cell of each row of each table, without the heads.
std::vector<std::string> LastCells(const std::string& text) {
  std::vector<std::string> cells;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> parts = absl::StrSplit(line, '|');
    const bool rule = absl::StartsWith(line, "|---");
    if (rule && !cells.empty()) {
      cells.pop_back();  // what stands above a rule is a head
    } else if (!rule && absl::StartsWith(line, "|") && parts.size() > 3) {
      cells.push_back(parts[parts.size() - 2]);
    }
  }
  return cells;
}

// "`file`: `A`, `B`; `other`: `C`" → (file, A), (file, B), (other, C).
std::vector<std::pair<std::string, std::string>> TestsIn(const std::string& cell) {
  std::vector<std::pair<std::string, std::string>> tests;
  std::string file;
  static const auto& code = *new std::regex("`([^`]+)`");
  for (std::sregex_iterator it(cell.begin(), cell.end(), code), end; it != end; ++it) {
    const std::string word = (*it)[1];
    if (absl::StrContains(word, "/")) {
      file = word;
    } else {
      tests.emplace_back(file, word);
    }
  }
  return tests;
}

// Suite.Name in C++, a function's name in Go and Python.
bool Has(const std::string& source, const std::string& test) {
  const std::vector<std::string> parts = absl::StrSplit(test, '.');
  const std::string pattern = parts.size() == 2
                                  ? absl::StrCat("(TEST|TEST_F|TEST_P|TYPED_TEST)\\(\\s*", parts[0],
                                                 ",\\s*", parts[1], "\\)")
                                  : absl::StrCat("(func|def) ", test, "\\(");
  return std::regex_search(source, std::regex(pattern));
}

TEST(FeaturesTest, CellsAndTestsAreTakenApart) {
  EXPECT_THAT(LastCells("| a | b |\n|---|---|\n| x | not yet |\n"), ElementsAre(" not yet "));
  EXPECT_THAT(TestsIn(" `t/a.cc`: `S.N`, `S.M`; `t/b.go`: `TestC` "),
              ElementsAre(Pair("t/a.cc", "S.N"), Pair("t/a.cc", "S.M"), Pair("t/b.go", "TestC")));
  EXPECT_TRUE(Has("TEST_F(Suite,\n       Name) {", "Suite.Name"));
  EXPECT_FALSE(Has("TEST_F(Suite, NameOfAnother) {", "Suite.Name"));
}

TEST(FeaturesTest, EveryRowIsShownByATestThatExistsOrSaysNotYet) {
  for (const char* table : kTables) {
    const std::vector<std::string> cells = LastCells(RepositoryFile(table));
    EXPECT_GT(cells.size(), 20u) << table;
    for (const std::string& cell : cells) {
      const auto tests = TestsIn(cell);
      if (tests.empty()) {
        EXPECT_TRUE(absl::StrContains(cell, "not yet")) << table << ": " << cell;
        continue;
      }
      for (const auto& [file, test] : tests) {
        ASSERT_FALSE(file.empty()) << table << ": " << cell;
        EXPECT_TRUE(Has(RepositoryFile(file), test)) << table << ": no " << test << " in " << file;
      }
    }
  }
}

}  // namespace
}  // namespace kproto::docs
