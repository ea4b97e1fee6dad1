// SPDX-License-Identifier: MPL-2.0
// EarlierRuns: what sweeps have met before, read from what they printed, so that a long sweep can
// be gone on with. What an operation met counts once it has gone through and another one has begun:
// its end was judged by then.
#pragma once

#include <set>
#include <string>

#include "tests/sweep/faulty_api_server.h"

namespace kproto::testing {

class EarlierRuns {
 public:
  // `logs`: files, with colons between. One that cannot be read fails the test.
  explicit EarlierRuns(const std::string& logs);

  bool Met(const std::string& operation, const ApiCall& call, ApiFault fault) const;

 private:
  void Read(const std::string& log);

  std::set<std::string> met_;  // "create:   403 at helm POST /api/v1/… (no. 1)"
};

}  // namespace kproto::testing
