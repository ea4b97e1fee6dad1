// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/requests.h"

#include <vector>

namespace kproto {

Requests::Entry::Entry(Requests& requests) : requests_(requests) {
  const std::lock_guard lock(requests_.mutex_);
  place_ = requests_.running_.insert(requests_.running_.end(), this);
}

Requests::Entry::~Entry() {
  const std::lock_guard lock(requests_.mutex_);
  requests_.running_.erase(place_);
  if (requests_.running_.empty()) {
    requests_.idle_.notify_all();
  }
}

void Requests::StopAll() {
  // Callbacks of a stop token may take locks of their own: call them without ours.
  std::vector<std::stop_source> sources;
  {
    const std::lock_guard lock(mutex_);
    for (const Entry* entry : running_) {
      sources.push_back(entry->source_);
    }
  }
  for (std::stop_source& source : sources) {
    source.request_stop();
  }
}

bool Requests::WaitUntilIdle(absl::Duration limit) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, absl::ToChronoMilliseconds(limit),
                        [this] { return running_.empty(); });
}

}  // namespace kproto
