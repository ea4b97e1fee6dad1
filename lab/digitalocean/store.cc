// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace kproto::lab {
namespace {

absl::Status WriteError(const std::string& path) {
  return absl::UnavailableError(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
}

// Without fsync: the lab survives its own death, not the machine's.
absl::Status WriteAtomically(const std::string& path, const std::string& bytes) {
  const std::string temporary = path + ".new";
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) {
    return WriteError(temporary);
  }
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      const absl::Status status = WriteError(temporary);
      close(fd);
      return status;
    }
    done += static_cast<size_t>(n);
  }
  if (close(fd) != 0 || std::rename(temporary.c_str(), path.c_str()) != 0) {
    return WriteError(path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Store::Open(const std::string& path) {
  path_ = path;
  if (path.empty() || access(path.c_str(), F_OK) != 0) {
    return absl::OkStatus();
  }
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Json root = Json::parse(text, nullptr, false);
  if (!root.is_object()) {
    return absl::DataLossError(absl::StrCat("the simulator's state file ", path,
                                            " is not a JSON object; move it away to start anew"));
  }
  root_ = std::move(root);
  saved_ = revision_;
  return absl::OkStatus();
}

Json& Store::All(const char* kind) {
  Json& all = root_[kind];
  if (!all.is_array()) {
    all = Json::array();
  }
  return all;
}

Json* Store::Find(const char* kind, const std::string& id) {
  for (Json& object : All(kind)) {
    if (StringField(object, "id") == id) {
      return &object;
    }
  }
  return nullptr;
}

bool Store::Remove(const char* kind, const std::string& id) {
  Json& all = All(kind);
  for (auto it = all.begin(); it != all.end(); ++it) {
    if (StringField(*it, "id") == id) {
      all.erase(it);
      Touch();
      return true;
    }
  }
  return false;
}

uint64_t Store::NextSerial() {
  const int64_t serial = IntField(root_, "serial") + 1;
  root_["serial"] = serial;
  Touch();
  return static_cast<uint64_t>(serial);
}

absl::Status Store::Save() {
  if (saved_ == revision_) {
    return absl::OkStatus();
  }
  saved_ = revision_;
  return path_.empty() ? absl::OkStatus() : WriteAtomically(path_, Dump(root_));
}

}  // namespace kproto::lab
