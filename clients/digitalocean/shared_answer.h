// SPDX-License-Identifier: MPL-2.0
// SharedAnswer: one question asked once for all who want to know at about the same time. Whoever
// asks says how old the answer may be; who comes while it is being asked waits for that answer.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status_macros.h"

namespace kproto::digitalocean {

// Thread-safe. `clock` must outlive it.
template <typename T>
class SharedAnswer {
 public:
  using Ask = std::function<absl::StatusOr<T>(std::stop_token)>;

  SharedAnswer(Clock& clock, Ask ask) : clock_(clock), ask_(std::move(ask)) {}

  // An answer to a question that was asked at `not_before` or later. A failure is shared with those
  // who waited for the same call and then forgotten; somebody else's cancellation is nobody's.
  absl::StatusOr<std::shared_ptr<const T>> Get(absl::Time not_before, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (true) {
      if (answer_ != nullptr && answered_as_of_ >= not_before) {
        return answer_;
      }
      if (!asking_) {
        return AskNow(lock, stop);
      }
      const uint64_t awaited = asked_;
      if (!done_.wait(lock, stop, [&] { return !asking_ || asked_ != awaited; })) {
        return absl::CancelledError("interrupted while waiting for an answer of DigitalOcean");
      }
      if (asked_ == awaited && !last_.ok() && !absl::IsCancelled(last_) &&
          last_as_of_ >= not_before) {
        return last_;
      }
    }
  }

 private:
  absl::StatusOr<std::shared_ptr<const T>> AskNow(std::unique_lock<std::mutex>& lock,
                                                  const std::stop_token& stop) {
    asking_ = true;
    ++asked_;
    const absl::Time as_of = clock_.Now();
    lock.unlock();
    absl::StatusOr<T> answer = ask_(stop);
    lock.lock();
    asking_ = false;
    last_ = answer.status();
    last_as_of_ = as_of;
    done_.notify_all();
    KPROTO_RETURN_IF_ERROR(answer.status());
    answer_ = std::make_shared<const T>(*std::move(answer));
    answered_as_of_ = as_of;
    return answer_;
  }

  Clock& clock_;
  const Ask ask_;
  std::mutex mutex_;
  std::condition_variable_any done_;
  bool asking_ = false;
  uint64_t asked_ = 0;  // how many times; tells one call from the next
  absl::Status last_;
  absl::Time last_as_of_ = absl::InfinitePast();
  std::shared_ptr<const T> answer_;
  absl::Time answered_as_of_ = absl::InfinitePast();
};

}  // namespace kproto::digitalocean
