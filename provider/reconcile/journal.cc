// SPDX-License-Identifier: MPL-2.0
#include "provider/reconcile/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "base/status_macros.h"

namespace kproto {
namespace {

namespace fs = std::filesystem;

// The host process: pid and start time, so that a reused pid is not mistaken for it.
std::string HostRun() {
  std::ifstream stat(absl::StrCat("/proc/", getppid(), "/stat"));
  std::string line;
  std::getline(stat, line);
  std::istringstream rest(line.substr(std::min(line.size(), line.rfind(')') + 1)));
  std::string field;
  for (int i = 0; i < 20 && rest >> field; ++i) {
  }
  return absl::StrCat(getppid(), "-", field);
}

// Nonces that an operation of this process is working on: two blocks of the same name in one
// configuration must not share one intent.
std::mutex g_mutex;
std::set<std::string>& ActiveNonces() {
  static auto& active = *new std::set<std::string>();
  return active;
}

// A failure shows when the first file is written.
void MakeDirectory(const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  chmod(directory.c_str(), 0700);
}

class DirectoryLock {
 public:
  explicit DirectoryLock(const std::string& directory)
      : fd_(open(absl::StrCat(directory, "/lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    if (fd_ >= 0) {
      flock(fd_, LOCK_EX);
    }
  }
  ~DirectoryLock() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  DirectoryLock(const DirectoryLock&) = delete;

 private:
  int fd_;
};

std::optional<Intent> Parse(const std::string& path) {
  std::ifstream file(path);
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object() || !json.contains("nonce") || !json["nonce"].is_string()) {
    return std::nullopt;  // Half-written by a dying process: never completed, so never acted upon.
  }
  Intent intent;
  intent.nonce = json["nonce"];
  auto text = [&](const char* name) {
    return json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : "";
  };
  intent.key = text("key");
  intent.run = text("run");
  intent.finished = json.contains("finished") && json["finished"] == true;
  if (json.contains("facts") && json["facts"].is_object()) {
    for (const auto& [name, fact] : json["facts"].items()) {
      if (fact.is_string()) {
        intent.facts[name] = fact;
      }
    }
  }
  return intent;
}

}  // namespace

Journal Journal::OfWorkingDirectory() {
  const char* data_dir = std::getenv("TF_DATA_DIR");
  return Journal(
      absl::StrCat(data_dir != nullptr && *data_dir != '\0' ? data_dir : ".terraform", "/kproto"));
}

std::string Journal::PathOf(const std::string& nonce) const {
  return absl::StrCat(directory_, "/", nonce, ".json");
}

absl::Status Journal::Write(const Intent& intent) const {
  const nlohmann::json json = {{"key", intent.key},
                               {"nonce", intent.nonce},
                               {"facts", intent.facts},
                               {"run", intent.run},
                               {"finished", intent.finished}};
  const std::string temporary = absl::StrCat(PathOf(intent.nonce), ".", RandomHex(4));
  const int fd = open(temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  const std::string text =
      json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  const bool written = fd >= 0 &&
                       write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(fd) == 0;
  const int code = errno;
  if (fd >= 0) {
    close(fd);
  }
  if (!written || rename(temporary.c_str(), PathOf(intent.nonce).c_str()) != 0) {
    unlink(temporary.c_str());
    return absl::FailedPreconditionError(absl::StrCat("could not write the journal in ", directory_,
                                                      ": ", std::strerror(written ? errno : code)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Intent>> Journal::All() const {
  std::vector<Intent> intents;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    if (entry.path().extension() == ".json") {
      if (std::optional<Intent> intent = Parse(entry.path())) {
        intents.push_back(*std::move(intent));
      }
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return absl::FailedPreconditionError(
        absl::StrCat("could not read the journal in ", directory_, ": ", error.message()));
  }
  return intents;
}

absl::StatusOr<Intent> Journal::Begin(const std::string& key) {
  MakeDirectory(directory_);
  DirectoryLock lock(directory_);
  std::lock_guard guard(g_mutex);
  const std::string run = HostRun();
  KPROTO_ASSIGN_OR_RETURN(std::vector<Intent> intents, All());
  for (Intent& intent : intents) {
    const bool taken =
        ActiveNonces().count(intent.nonce) != 0 || (intent.finished && intent.run == run);
    if (intent.key == key && !taken) {
      intent.run = run;
      intent.finished = false;
      KPROTO_RETURN_IF_ERROR(Write(intent));
      ActiveNonces().insert(intent.nonce);
      return intent;
    }
  }
  const Intent intent{key, RandomHex(8), {}, run, false};
  KPROTO_RETURN_IF_ERROR(Write(intent));
  ActiveNonces().insert(intent.nonce);
  return intent;
}

absl::StatusOr<std::optional<Intent>> Journal::Find(const std::string& nonce) const {
  return Parse(PathOf(nonce));
}

absl::Status Journal::Note(const Intent& intent) {
  if (intent.finished) {
    std::lock_guard guard(g_mutex);
    ActiveNonces().erase(intent.nonce);
  }
  MakeDirectory(directory_);
  DirectoryLock lock(directory_);
  return Write(intent);
}

absl::Status Journal::Drop(const std::string& nonce) {
  {
    std::lock_guard guard(g_mutex);
    ActiveNonces().erase(nonce);
  }
  std::error_code error;
  fs::remove(PathOf(nonce), error);
  return error ? absl::FailedPreconditionError(error.message()) : absl::OkStatus();
}

}  // namespace kproto
