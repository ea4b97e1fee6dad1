// SPDX-License-Identifier: MPL-2.0
#include "lab/process/process.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

namespace kproto::lab {

bool Process::Running() {
  absl::MutexLock lock(&mutex_);
  if (!reaped_) {
    const pid_t ended = waitpid(pid_, nullptr, WNOHANG);
    reaped_ = ended == pid_ || (ended < 0 && errno == ECHILD);
  }
  return !reaped_;
}

void Process::Kill() {
  absl::MutexLock lock(&mutex_);
  if (reaped_) {
    return;
  }
  kill(-pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
}

std::string Process::LogTail(size_t bytes) const {
  std::ifstream file(spec_.log_path, std::ios::binary | std::ios::ate);
  if (!file) {
    return "";
  }
  const auto size = static_cast<size_t>(file.tellg());
  file.seekg(static_cast<std::streamoff>(size - std::min(size, bytes)));
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace kproto::lab
