// SPDX-License-Identifier: MPL-2.0
#include "base/clock.h"

#include <condition_variable>
#include <mutex>

namespace kproto {

bool SystemClock::Sleep(absl::Duration duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, absl::ToChronoNanoseconds(duration / factor_.load()),
                 [] { return false; });
  return !stop.stop_requested();
}

}  // namespace kproto
