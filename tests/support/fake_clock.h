// SPDX-License-Identifier: MPL-2.0
// A Clock that never waits: Sleep notes how long it was asked to and moves the time on, so tests
// assert the exact waits. Thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"

namespace kproto::testing {

class FakeClock : public Clock {
 public:
  // 2026-01-01T00:00:00Z: any fixed moment will do.
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1767225600)) : now_(now) {}

  absl::Time Now() override {
    std::scoped_lock lock(mutex_);
    return now_;
  }

  bool Sleep(absl::Duration duration, std::stop_token stop) override {
    std::function<void()> on_sleep;
    {
      std::scoped_lock lock(mutex_);
      sleeps_.push_back(duration);
      on_sleep = on_sleep_;
    }
    if (on_sleep) {
      on_sleep();
    }
    if (stop.stop_requested()) {
      return false;
    }
    Advance(duration);
    return true;
  }

  double factor() const override {
    std::scoped_lock lock(mutex_);
    return factor_;
  }
  void set_factor(double factor) override {
    std::scoped_lock lock(mutex_);
    factor_ = factor;
  }

  void Advance(absl::Duration duration) {
    std::scoped_lock lock(mutex_);
    now_ += duration;
  }

  // Called at the start of each Sleep: the place to trigger a stop or to change the world.
  void OnSleep(std::function<void()> callback) {
    std::scoped_lock lock(mutex_);
    on_sleep_ = std::move(callback);
  }

  // Every Sleep so far, in order, interrupted ones included.
  std::vector<absl::Duration> sleeps() const {
    std::scoped_lock lock(mutex_);
    return sleeps_;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
  double factor_ = 1;
  std::vector<absl::Duration> sleeps_;
  std::function<void()> on_sleep_;
};

}  // namespace kproto::testing
