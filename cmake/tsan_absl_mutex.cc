// SPDX-License-Identifier: MPL-2.0
// ThreadSanitizer and absl::Mutex: abseil comes from Debian without instrumentation, so what a
// Mutex orders would look like races. In a ThreadSanitizer build the linker leads calls of these
// functions here (--wrap, see tsan_absl_mutex.cmake), which tell the sanitizer what happens.
#include <sanitizer/tsan_interface.h>

#include "absl/base/options.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

#define KPROTO_STRING_(x) #x
#define KPROTO_STRING(x) KPROTO_STRING_(x)
// The inline namespace of the installed abseil is part of every name.
static_assert(absl::string_view(KPROTO_STRING(ABSL_OPTION_INLINE_NAMESPACE_NAME)) == "debian3");
#define KPROTO_WRAPPED(Result, Name, mangled, ...)                       \
  Result Real##Name(__VA_ARGS__) asm("__real__ZN4absl7debian3" mangled); \
  Result Wrap##Name(__VA_ARGS__) asm("__wrap__ZN4absl7debian3" mangled); \
  Result Wrap##Name(__VA_ARGS__)

namespace {

constexpr unsigned kWrite = 0;
constexpr unsigned kRead = __tsan_mutex_read_lock;

// While it lives the calling thread takes `mutex`: the sanitizer looks away until it has it.
class Taking {
 public:
  Taking(absl::Mutex* mutex, unsigned flags) : mutex_(mutex), flags_(flags) {
    __tsan_mutex_pre_lock(mutex_, flags_);
  }
  ~Taking() { __tsan_mutex_post_lock(mutex_, flags_, 0); }

 private:
  absl::Mutex* mutex_;
  unsigned flags_;
};

class Releasing {
 public:
  Releasing(absl::Mutex* mutex, unsigned flags) : mutex_(mutex), flags_(flags) {
    __tsan_mutex_pre_unlock(mutex_, flags_);
  }
  ~Releasing() { __tsan_mutex_post_unlock(mutex_, flags_); }

 private:
  absl::Mutex* mutex_;
  unsigned flags_;
};

// A wait gives the mutex up and takes it again.
class Waiting {
 public:
  explicit Waiting(absl::Mutex* mutex) : released_(mutex), taking_(mutex, kWrite) {}

 private:
  struct Released {
    explicit Released(absl::Mutex* mutex) { Releasing now(mutex, kWrite); }
  };
  Released released_;
  Taking taking_;
};

}  // namespace

KPROTO_WRAPPED(void, Lock, "5Mutex4LockEv", absl::Mutex* mutex) {
  const Taking taking(mutex, kWrite);
  RealLock(mutex);
}

KPROTO_WRAPPED(void, Unlock, "5Mutex6UnlockEv", absl::Mutex* mutex) {
  const Releasing releasing(mutex, kWrite);
  RealUnlock(mutex);
}

KPROTO_WRAPPED(void, ReaderLock, "5Mutex10ReaderLockEv", absl::Mutex* mutex) {
  const Taking taking(mutex, kRead);
  RealReaderLock(mutex);
}

KPROTO_WRAPPED(void, ReaderUnlock, "5Mutex12ReaderUnlockEv", absl::Mutex* mutex) {
  const Releasing releasing(mutex, kRead);
  RealReaderUnlock(mutex);
}

KPROTO_WRAPPED(void, LockWhen, "5Mutex8LockWhenERKNS0_9ConditionE", absl::Mutex* mutex,
               const absl::Condition& condition) {
  const Taking taking(mutex, kWrite);
  RealLockWhen(mutex, condition);
}

KPROTO_WRAPPED(bool, LockWhenWithTimeout,
               "5Mutex19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE", absl::Mutex* mutex,
               const absl::Condition& condition, absl::Duration timeout) {
  const Taking taking(mutex, kWrite);
  return RealLockWhenWithTimeout(mutex, condition, timeout);
}

KPROTO_WRAPPED(bool, LockWhenWithDeadline,
               "5Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE", absl::Mutex* mutex,
               const absl::Condition& condition, absl::Time deadline) {
  const Taking taking(mutex, kWrite);
  return RealLockWhenWithDeadline(mutex, condition, deadline);
}

KPROTO_WRAPPED(void, Await, "5Mutex5AwaitERKNS0_9ConditionE", absl::Mutex* mutex,
               const absl::Condition& condition) {
  const Waiting waiting(mutex);
  RealAwait(mutex, condition);
}

KPROTO_WRAPPED(bool, AwaitWithTimeout, "5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE",
               absl::Mutex* mutex, const absl::Condition& condition, absl::Duration timeout) {
  const Waiting waiting(mutex);
  return RealAwaitWithTimeout(mutex, condition, timeout);
}

KPROTO_WRAPPED(bool, AwaitWithDeadline, "5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE",
               absl::Mutex* mutex, const absl::Condition& condition, absl::Time deadline) {
  const Waiting waiting(mutex);
  return RealAwaitWithDeadline(mutex, condition, deadline);
}

KPROTO_WRAPPED(void, Wait, "7CondVar4WaitEPNS0_5MutexE", absl::CondVar* variable,
               absl::Mutex* mutex) {
  const Waiting waiting(mutex);
  RealWait(variable, mutex);
}

KPROTO_WRAPPED(bool, WaitWithTimeout, "7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE",
               absl::CondVar* variable, absl::Mutex* mutex, absl::Duration timeout) {
  const Waiting waiting(mutex);
  return RealWaitWithTimeout(variable, mutex, timeout);
}

KPROTO_WRAPPED(bool, WaitWithDeadline, "7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE",
               absl::CondVar* variable, absl::Mutex* mutex, absl::Time deadline) {
  const Waiting waiting(mutex);
  return RealWaitWithDeadline(variable, mutex, deadline);
}
