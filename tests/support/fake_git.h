// SPDX-License-Identifier: MPL-2.0
// A Git in memory: repositories that a test adds, by URL and revision, whose folder is wherever the
// test says. One that was not added is away.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/git/git.h"

namespace kproto::testing {

class FakeGit : public git::Git {
 public:
  void Put(const std::string& url, const std::string& revision, const std::string& commit,
           const std::string& path) {
    std::lock_guard lock(mutex_);
    commits_[url + " " + revision] = {commit, path};
  }
  void Remove(const std::string& url, const std::string& revision) {
    std::lock_guard lock(mutex_);
    commits_.erase(url + " " + revision);
  }
  int fetches() const { return fetches_; }
  // What the last call came with.
  std::optional<git::Login> login() const {
    std::lock_guard lock(mutex_);
    return login_;
  }

  absl::StatusOr<std::string> Resolve(const std::string& url, const std::string& revision,
                                      const git::Call& call) override {
    std::lock_guard lock(mutex_);
    login_ = call.login;
    const auto found = commits_.find(url + " " + revision);
    if (found == commits_.end()) {
      return absl::UnavailableError(absl::StrCat(url, ": could not read from remote repository"));
    }
    return found->second.first;
  }
  absl::StatusOr<std::shared_ptr<const git::Checkout>> Fetch(const std::string& url,
                                                             const std::string& revision,
                                                             const git::Call& call) override {
    absl::StatusOr<std::string> commit = Resolve(url, revision, call);
    if (!commit.ok()) {
      return commit.status();
    }
    std::lock_guard lock(mutex_);
    ++fetches_;
    return std::make_shared<const Folder>(*commit, commits_[url + " " + revision].second);
  }

 private:
  class Folder : public git::Checkout {
   public:
    Folder(std::string commit, std::string path) : commit_(std::move(commit)), path_(path) {}
    const std::string& commit() const override { return commit_; }
    const std::string& path() const override { return path_; }

   private:
    const std::string commit_, path_;
  };

  mutable std::mutex mutex_;
  std::map<std::string, std::pair<std::string, std::string>> commits_;
  std::optional<git::Login> login_;
  int fetches_ = 0;
};

}  // namespace kproto::testing
