// SPDX-License-Identifier: MPL-2.0
// Clock: the one source of time and the one way to wait. Waits end early when their stop token is
// triggered, so no operation outlives a StopProvider. Tests pass their own Clock and never sleep.
#pragma once

#include <atomic>
#include <stop_token>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kproto {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() = 0;

  // Waits for `duration` of cloud time; false when `stop` was triggered before it was over.
  virtual bool Sleep(absl::Duration duration, std::stop_token stop) = 0;

  // How many times faster than the wall clock the cloud at the other end runs. 1 everywhere but in
  // the lab, whose simulator announces its factor (see clients/http). Deadlines are wall time;
  // only waits between polls shrink, so ratios measured in the lab hold outside it.
  virtual double factor() const { return 1; }
  virtual void set_factor(double) {}
};

// The machine's clock. One per process is enough; never destroyed before its users.
class SystemClock : public Clock {
 public:
  absl::Time Now() override { return absl::Now(); }
  bool Sleep(absl::Duration duration, std::stop_token stop) override;
  double factor() const override { return factor_; }
  void set_factor(double factor) override { factor_ = factor >= 1 ? factor : 1; }

 private:
  std::atomic<double> factor_ = 1;
};

}  // namespace kproto
