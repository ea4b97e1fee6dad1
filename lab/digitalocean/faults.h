// SPDX-License-Identifier: MPL-2.0
// FaultPlan: what shall go wrong, for which calls, how often. Only calls with a user's token meet
// it. Kept in memory: a restarted lab is whole again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "lab/digitalocean/json_fields.h"

namespace kproto::lab {

struct Fault {
  enum class Kind {
    kStatus,      // answered with status and message, nothing happens
    kDropBefore,  // connection closed, nothing happens
    kDropAfter,   // it happens, then the connection is closed without an answer
    kDelay,       // answered late (real time)
    kGarbage,     // it happens, the answer is 200 and no JSON; or it is refused, without JSON
    kTruncate,    // it happens, the connection ends in the middle of the answer
    kSilence,     // it happens, and no answer ever comes
    kErrorState,  // what is created ends in state "error" (cluster) or "errored" (load balancer)
  };
  std::string id;      // given by Add
  std::string method;  // "*": any
  std::string path;    // without query; "*" matches one segment, "**" at the end all the rest
  Kind kind = Kind::kStatus;
  int status = 500;
  std::string message;
  int64_t retry_after = 0;  // seconds of cloud time; 0: no such header
  absl::Duration delay;
  int64_t skip = 0;   // let so many matching calls pass first
  int64_t times = 1;  // then hit so many; negative: all
  int64_t fired = 0;

  Json ToJson() const;
  // Reads what ToJson writes; "path" and a known "kind" are required.
  static absl::StatusOr<Fault> FromJson(const Json& json);
};

// Thread-safe.
class FaultPlan {
 public:
  std::string Add(Fault fault);  // returns its id
  bool Remove(const std::string& id);
  void Clear();
  std::vector<Fault> List() const;

  // The faults that hit this call, in the order they were added; counts them.
  std::vector<Fault> Fire(const std::string& method, const std::string& path);

 private:
  mutable absl::Mutex mutex_;
  std::vector<Fault> faults_ ABSL_GUARDED_BY(mutex_);
  int64_t next_ ABSL_GUARDED_BY(mutex_) = 1;
};

}  // namespace kproto::lab
