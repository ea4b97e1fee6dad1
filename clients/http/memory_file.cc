// SPDX-License-Identifier: MPL-2.0
#include "clients/http/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kproto::http {

MemoryFile::MemoryFile(absl::string_view content) : fd_(memfd_create("kproto", MFD_CLOEXEC)) {
  while (fd_ >= 0 && !content.empty()) {
    const ssize_t n = write(fd_, content.data(), content.size());
    if (n > 0) {
      content.remove_prefix(static_cast<size_t>(n));
    } else if (errno != EINTR) {
      close(std::exchange(fd_, -1));
    }
  }
}

MemoryFile::~MemoryFile() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

std::string MemoryFile::path() const { return fd_ >= 0 ? absl::StrCat("/proc/self/fd/", fd_) : ""; }

}  // namespace kproto::http
