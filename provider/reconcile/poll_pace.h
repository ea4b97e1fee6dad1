// SPDX-License-Identifier: MPL-2.0
// PollPace: how often to look at something that takes seconds or an hour: every two seconds at
// first, then after 3 % of the time that has passed, at most every thirty seconds. So a wait costs
// few calls however long it is, and ends within 5 % of when it could.
#pragma once

#include <functional>

#include "absl/time/time.h"
#include "base/clock.h"

namespace kproto {

// Of one wait, from its construction on. Not thread-safe.
class PollPace {
 public:
  static constexpr absl::Duration kShortest = absl::Seconds(2);
  static constexpr absl::Duration kLongest = absl::Seconds(30);
  static constexpr double kShare = 0.03;  // of the time that has passed

  // `clock` outlives it. `jitter`: from [0, 1), how much of the last fifth of each wait to leave
  // out, so that waits begun together do not stay together; null: random.
  explicit PollPace(Clock& clock, std::function<double()> jitter = nullptr);

  // How long to wait before the next look, in cloud time.
  absl::Duration Next();
  // Cloud time since this wait began.
  absl::Duration Passed() const;
  // As of when an answer is fresh enough for the next look: since this wait began, and since a
  // quarter of the last wait. Wall time, for DigitalOcean::LookAtCluster.
  absl::Time FreshSince() const;

 private:
  Clock& clock_;
  const std::function<double()> jitter_;
  const absl::Time begun_;
  absl::Duration last_;
};

}  // namespace kproto
