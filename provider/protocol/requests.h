// SPDX-License-Identifier: MPL-2.0
// Requests: those running now, so that StopProvider and the end of the process reach each of them
// and none that comes later. The plugin side waits here for work to wind down.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <stop_token>

#include "absl/time/time.h"

namespace kproto {

// Thread-safe; outlives all its entries.
class Requests {
 public:
  // One running request; leaves the list when destroyed.
  class Entry {
   public:
    explicit Entry(Requests& requests);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    std::stop_token token() const { return source_.get_token(); }
    // The host has cancelled this one.
    void Stop() { source_.request_stop(); }

   private:
    friend class Requests;
    Requests& requests_;
    std::stop_source source_;
    std::list<Entry*>::iterator place_;
  };

  // Triggers the stop token of every request that is running now.
  void StopAll();
  // False when requests are still running after `limit`.
  bool WaitUntilIdle(absl::Duration limit);

 private:
  std::mutex mutex_;
  std::condition_variable idle_;
  std::list<Entry*> running_;
};

}  // namespace kproto
