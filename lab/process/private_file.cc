// SPDX-License-Identifier: MPL-2.0
#include "lab/process/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "base/random.h"

namespace kproto::lab {
namespace {

absl::Status Failed(const std::string& path, int error) {
  return absl::InternalError(absl::StrCat(path, ": ", strerror(error)));
}

bool WriteAll(int fd, absl::string_view contents) {
  while (!contents.empty()) {
    const ssize_t n = write(fd, contents.data(), contents.size());
    if (n < 0 && errno != EINTR) {
      return false;
    }
    contents.remove_prefix(n > 0 ? static_cast<size_t>(n) : 0);
  }
  return true;
}

}  // namespace

absl::Status WritePrivateFile(const std::string& path, absl::string_view contents) {
  const std::string temporary = absl::StrCat(path, ".", RandomHex(4));
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Failed(temporary, errno);
  }
  const bool written = WriteAll(fd, contents);
  const int error = errno;
  close(fd);
  if (!written || rename(temporary.c_str(), path.c_str()) != 0) {
    const absl::Status status = Failed(path, written ? errno : error);
    unlink(temporary.c_str());
    return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(absl::StrCat(path, ": ", strerror(errno)));
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

absl::Status MakePrivateDirectory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error || chmod(path.c_str(), 0700) != 0) {
    return Failed(path, error ? error.value() : errno);
  }
  return absl::OkStatus();
}

}  // namespace kproto::lab
