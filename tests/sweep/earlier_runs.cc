// SPDX-License-Identifier: MPL-2.0
#include "tests/sweep/earlier_runs.h"

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace kproto::testing {

EarlierRuns::EarlierRuns(const std::string& logs) {
  for (const absl::string_view log : absl::StrSplit(logs, ':', absl::SkipEmpty())) {
    Read(std::string(log));
  }
}

bool EarlierRuns::Met(const std::string& operation, const ApiCall& call, ApiFault fault) const {
  return met_.contains(absl::StrCat(operation, ":   ", Name(fault), " at ", call.ToString()));
}

void EarlierRuns::Read(const std::string& log) {
  std::ifstream in(log);
  ASSERT_TRUE(in) << log << " cannot be read";
  std::set<std::string> pending;
  std::string operation;
  bool through = false;
  for (std::string line; std::getline(in, line);) {
    if (absl::StrContains(line, ", goes through, in ") || absl::StrContains(line, ", fails, in ")) {
      if (through) {
        met_.merge(pending);
        pending.clear();
      }
      operation = line.substr(0, line.find(','));
      through = absl::StrContains(line, ", goes through, in ");
    } else if (absl::StartsWith(line, "  ") && absl::StrContains(line, " at ")) {
      pending.insert(absl::StrCat(operation, ": ", line));
    }
  }
}

}  // namespace kproto::testing
