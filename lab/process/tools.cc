// SPDX-License-Identifier: MPL-2.0
#include "lab/process/tools.h"

#include <filesystem>

namespace kproto::lab {

std::string Tools::Path(const std::string& name) const {
  // One step only: the program may itself be a link whose name decides what it is (Debian's
  // redis-server is one to redis-check-rdb).
  std::error_code error;
  const auto path = std::filesystem::read_symlink(std::filesystem::path(directory_) / name, error);
  return directory_.empty() || error ? "" : path.string();
}

}  // namespace kproto::lab
