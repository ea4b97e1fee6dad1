// SPDX-License-Identifier: MPL-2.0
// Waiting for a condition in the world outside (a port answers, a process is gone), which can only
// be asked again and again.
#pragma once

#include <functional>
#include <stop_token>

#include "absl/time/time.h"

namespace kproto::lab {

// Asks at once and then every `interval` until the answer is yes; false when the deadline passes
// or `stop` is triggered first.
bool WaitUntil(const std::function<bool()>& condition, absl::Time deadline,
               std::stop_token stop = {}, absl::Duration interval = absl::Milliseconds(50));

// Waits `duration` of wall time; false as soon as `stop` is triggered.
bool Pause(absl::Duration duration, const std::stop_token& stop);

}  // namespace kproto::lab
