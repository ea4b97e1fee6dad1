// SPDX-License-Identifier: MPL-2.0
// What every fake client shares: the list of calls it got, and calls told to fail. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"

namespace kproto::testing {

class CallLog {
 public:
  // The n-th call from now (1 is the next) fails with `status` and has no effect.
  void FailCall(int n, absl::Status status) {
    std::lock_guard lock(mutex_);
    planned_.push_back({calls_.size() + static_cast<size_t>(n), "", std::move(status)});
  }

  // Every call whose line contains `text` fails until ClearFailures().
  void FailMatching(std::string text, absl::Status status) {
    std::lock_guard lock(mutex_);
    planned_.push_back({0, std::move(text), std::move(status)});
  }

  void ClearFailures() {
    std::lock_guard lock(mutex_);
    planned_.clear();
  }

  // For the fake itself: writes the line down; not OK when this call is to fail.
  absl::Status Record(std::string line) {
    std::lock_guard lock(mutex_);
    calls_.push_back(std::move(line));
    for (const Planned& p : planned_) {
      const bool due =
          p.text.empty() ? p.at == calls_.size() : absl::StrContains(calls_.back(), p.text);
      if (due) {
        return p.status;
      }
    }
    return absl::OkStatus();
  }

  std::vector<std::string> calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
  }

  void ClearCalls() {
    std::lock_guard lock(mutex_);
    calls_.clear();
  }

 private:
  struct Planned {
    size_t at;  // 0: by text
    std::string text;
    absl::Status status;
  };

  mutable std::mutex mutex_;
  std::vector<std::string> calls_;
  std::vector<Planned> planned_;
};

}  // namespace kproto::testing
