// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/directory.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace kproto::monitoring_stack {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<fs::path>> FilesIn(const std::string& dir,
                                              std::initializer_list<absl::string_view> endings) {
  std::error_code error;
  if (!fs::is_directory(dir, error)) {
    return absl::NotFoundError(
        absl::StrCat(dir, fs::exists(dir, error) ? " is not a directory" : " does not exist"));
  }
  std::vector<fs::path> paths;
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    const std::string ending = it->path().extension().string();
    if (std::find(endings.begin(), endings.end(), ending) != endings.end()) {
      paths.push_back(it->path());
    }
  }
  if (error) {
    return absl::PermissionDeniedError(absl::StrCat(dir, ": cannot be read: ", error.message()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace kproto::monitoring_stack
