// SPDX-License-Identifier: MPL-2.0
// CallLog: the calls that users made, in order, for tests that count them and people who wonder.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "lab/digitalocean/json_fields.h"

namespace kproto::lab {

struct Call {
  std::string method;
  std::string path;  // with the query
  int status = 0;    // what the client saw; 0: no (whole) answer
  absl::Time time;   // when it came in
  std::string user_agent;
  std::string fault;  // the id of the fault that hit it, if any
};

// Thread-safe. Keeps the newest calls only.
class CallLog {
 public:
  void Add(Call call);
  void Clear();
  Json ToJson() const;  // an array

 private:
  static constexpr size_t kKept = 20000;
  mutable absl::Mutex mutex_;
  std::deque<Call> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kproto::lab
