// SPDX-License-Identifier: MPL-2.0
// FakeGitRemotes: repositories far away, in memory: a branch main unless a test says otherwise.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "clients/git/remotes.h"

namespace kproto::testing {

class FakeGitRemotes : public git::Remotes {
 public:
  absl::StatusOr<git::Refs> ListRefs(const std::string& url, const std::optional<git::Login>& login,
                                     absl::Time, std::stop_token) override {
    std::lock_guard lock(mutex_);
    asked.push_back(url);
    logins[url] = login ? login->username + ":" + login->password.Reveal() : "";
    const auto found = answers.find(url);
    return found != answers.end() ? found->second : git::Refs{{"refs/heads/main", "1"}};
  }

  std::map<std::string, absl::StatusOr<git::Refs>> answers;  // by URL
  std::vector<std::string> asked;
  std::map<std::string, std::string> logins;  // "user:password"; "" without

 private:
  std::mutex mutex_;
};

}  // namespace kproto::testing
