// SPDX-License-Identifier: MPL-2.0
// SharedList: looks at single things of one kind, which cost a call each while few ask, and one
// list (a call a page) for all as soon as several ask at about the same time. What a list does not
// hold is asked for by itself: "not on that page" is never "gone", and neither is "no answer".
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "clients/digitalocean/shared_answer.h"

namespace kproto::digitalocean {

// Thread-safe. T has an `id`. `clock` must outlive it.
template <typename T>
class SharedList {
 public:
  using ListAll = typename SharedAnswer<std::vector<T>>::Ask;
  using GetOne =
      std::function<absl::StatusOr<std::optional<T>>(const std::string& id, std::stop_token)>;

  SharedList(Clock& clock, ListAll list_all, GetOne get_one)
      : clock_(clock), list_(clock, std::move(list_all)), get_one_(std::move(get_one)) {}

  absl::StatusOr<std::vector<T>> All(absl::Time not_before, std::stop_token stop) {
    KPROTO_ASSIGN_OR_RETURN(const auto list, list_.Get(not_before, stop));
    return *list;
  }

  absl::StatusOr<std::optional<T>> One(const std::string& id, absl::Time not_before,
                                       std::stop_token stop) {
    if (!IsCrowd(id, not_before)) {
      return get_one_(id, stop);
    }
    const auto list = list_.Get(not_before, stop);
    if (!list.ok() && !absl::IsDataLoss(list.status())) {
      return list.status();
    }
    if (list.ok()) {
      NoteSize((*list)->size());
      const auto it = std::find_if((*list)->begin(), (*list)->end(),
                                   [&](const T& thing) { return thing.id == id; });
      if (it != (*list)->end()) {
        return std::optional<T>(*it);
      }
    }
    return get_one_(id, stop);
  }

 private:
  static constexpr size_t kPerPage = 200;

  // Whether more things have been asked for since `since` than a list has pages.
  bool IsCrowd(const std::string& id, absl::Time since) {
    std::lock_guard lock(mutex_);
    std::erase_if(asked_for_, [&](const auto& entry) { return entry.second < since; });
    asked_for_[id] = clock_.Now();
    return asked_for_.size() > std::max<size_t>(1, pages_);
  }

  void NoteSize(size_t size) {
    std::lock_guard lock(mutex_);
    pages_ = (size + kPerPage - 1) / kPerPage;
  }

  Clock& clock_;
  SharedAnswer<std::vector<T>> list_;
  const GetOne get_one_;
  std::mutex mutex_;
  std::map<std::string, absl::Time> asked_for_;  // by id: when last
  size_t pages_ = 1;                             // of the last list
};

}  // namespace kproto::digitalocean
