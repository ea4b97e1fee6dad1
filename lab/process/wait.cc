// SPDX-License-Identifier: MPL-2.0
#include "lab/process/wait.h"

#include "absl/time/clock.h"
#include "base/clock.h"

namespace kproto::lab {

bool WaitUntil(const std::function<bool()>& condition, absl::Time deadline, std::stop_token stop,
               absl::Duration interval) {
  while (!condition()) {
    if (absl::Now() >= deadline || !Pause(interval, stop)) {
      return false;
    }
  }
  return true;
}

bool Pause(absl::Duration duration, const std::stop_token& stop) {
  return SystemClock().Sleep(duration, stop);
}

}  // namespace kproto::lab
