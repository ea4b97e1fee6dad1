// SPDX-License-Identifier: MPL-2.0
// A file without a name: for libraries and programs that want a path where we have a secret. Only
// this process, and a child that is given the descriptor, can open it; it is gone when closed.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kproto::http {

class MemoryFile {
 public:
  MemoryFile() = default;  // no file; path() is ""
  explicit MemoryFile(absl::string_view content);
  ~MemoryFile();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&& other) noexcept;

  // Valid in this process while the object lives; "" when there is no file or it could not be made.
  std::string path() const;

 private:
  int fd_ = -1;
};

}  // namespace kproto::http
