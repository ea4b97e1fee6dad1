// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/calls.h"

#include <utility>

namespace kproto::lab {

void CallLog::Add(Call call) {
  absl::MutexLock lock(&mutex_);
  calls_.push_back(std::move(call));
  if (calls_.size() > kKept) {
    calls_.pop_front();
  }
}

void CallLog::Clear() {
  absl::MutexLock lock(&mutex_);
  calls_.clear();
}

Json CallLog::ToJson() const {
  absl::MutexLock lock(&mutex_);
  Json list = Json::array();
  for (const Call& call : calls_) {
    list.push_back({{"method", call.method},
                    {"path", call.path},
                    {"status", call.status},
                    {"time", absl::FormatTime(absl::RFC3339_full, call.time, absl::UTCTimeZone())},
                    {"user_agent", call.user_agent},
                    {"fault", call.fault}});
  }
  return list;
}

}  // namespace kproto::lab
