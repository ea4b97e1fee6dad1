// SPDX-License-Identifier: MPL-2.0
#include "lab/process/leftovers.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lab/process/wait.h"

namespace kproto::lab {
namespace {

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A zombie has no environment left, so it never matches.
bool IsMarked(const std::filesystem::path& process, const std::string& entry) {
  const std::string environment = ReadAll(process / "environ");
  return absl::StrCat(std::string(1, '\0'), environment).find(entry) != std::string::npos;
}

}  // namespace

std::vector<pid_t> Leftovers(absl::string_view marker) {
  const std::string null(1, '\0');
  const std::string entry = absl::StrCat(null, kMarkerVariable, "=", marker, null);
  std::vector<pid_t> found;
  std::error_code error;
  for (const auto& process : std::filesystem::directory_iterator("/proc", error)) {
    pid_t pid = 0;
    if (absl::SimpleAtoi(process.path().filename().string(), &pid) && pid != getpid() &&
        IsMarked(process.path(), entry)) {
      found.push_back(pid);
    }
  }
  return found;
}

bool KillLeftovers(absl::string_view marker) {
  const auto none_left = [marker] {
    const std::vector<pid_t> found = Leftovers(marker);
    for (const pid_t pid : found) {
      kill(pid, SIGKILL);
    }
    return found.empty();
  };
  return WaitUntil(none_left, absl::Now() + absl::Seconds(10));
}

}  // namespace kproto::lab
