// SPDX-License-Identifier: MPL-2.0
#include "tests/support/fake_api.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

namespace kproto::testing {

std::vector<std::string> FakeApi::calls() const {
  std::scoped_lock lock(mutex_);
  return calls_;
}

int FakeApi::Count(const std::string& method) const {
  const std::vector<std::string> all = calls();
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const std::string& call) {
    return call == method || absl::StartsWith(call, absl::StrCat(method, " "));
  }));
}

void FakeApi::ForgetCalls() {
  std::scoped_lock lock(mutex_);
  calls_.clear();
}

void FakeApi::FailNext(const std::string& method, absl::Status status, FailWhen when) {
  std::scoped_lock lock(mutex_);
  failures_.push_back({method, 0, std::move(status), when});
}

void FakeApi::FailCall(int n, absl::Status status, FailWhen when) {
  std::scoped_lock lock(mutex_);
  failures_.push_back({"", n, std::move(status), when});
}

void FakeApi::OnCall(std::function<void(const std::string&)> callback) {
  std::scoped_lock lock(mutex_);
  on_call_ = std::move(callback);
}

void FakeApi::Edit(const std::function<void(FakeCloud&)>& edit) {
  std::scoped_lock lock(mutex_);
  edit(cloud_);
}

FakeCloud FakeApi::cloud() const {
  std::scoped_lock lock(mutex_);
  return cloud_;
}

std::optional<FakeApi::Failure> FakeApi::TakeFailure(const std::string& method) {
  std::optional<Failure> taken;
  for (auto failure = failures_.begin(); failure != failures_.end();) {
    const bool hit =
        failure->method.empty() ? --failure->calls_left == 0 : !taken && failure->method == method;
    if (hit && !taken) {
      taken = std::move(*failure);
      failure = failures_.erase(failure);
    } else {
      ++failure;
    }
  }
  return taken;
}

std::string FakeApi::NewId() {
  return absl::StrFormat("00000000-0000-4000-8000-%012d", next_id_++);
}

bool FakeApi::Looked(const std::string& id, int looks) {
  if (looks_[id]++ < looks) {
    return false;
  }
  looks_.erase(id);
  return true;
}

}  // namespace kproto::testing
