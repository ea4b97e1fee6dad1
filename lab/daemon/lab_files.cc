// SPDX-License-Identifier: MPL-2.0
#include "lab/daemon/lab_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/process/private_file.h"

namespace kproto::lab {

namespace fs = std::filesystem;

bool LabFiles::IsLab() const { return fs::is_regular_file(lock()); }

absl::Status LabFiles::Claim() const {
  std::error_code error;
  if (fs::exists(directory_) && !IsLab() && !fs::is_empty(directory_, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory_, " holds other things; give --dir an empty or new directory"));
  }
  KPROTO_RETURN_IF_ERROR(MakePrivateDirectory(directory_));
  const int fd = open(lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::InternalError(absl::StrCat(lock(), ": ", strerror(errno)));
  }
  close(fd);
  return absl::OkStatus();
}

absl::StatusOr<LabLock> LabLock::Take(const LabFiles& files) {
  const int fd = open(files.lock().c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    return absl::NotFoundError(absl::StrCat("no lab in ", files.directory()));
  }
  LabLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return absl::AlreadyExistsError(absl::StrCat("a lab runs in ", files.directory()));
  }
  const std::string pid = absl::StrCat(getpid(), "\n");
  if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    return absl::InternalError(absl::StrCat(files.lock(), ": ", strerror(errno)));
  }
  return lock;
}

LabLock::~LabLock() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

int LabLock::Holder(const LabFiles& files) {
  const int fd = open(files.lock().c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return 0;
  }
  const bool held = flock(fd, LOCK_SH | LOCK_NB) != 0;
  close(fd);
  int pid = 0;
  return held && absl::SimpleAtoi(ReadFile(files.lock()).value_or(""), &pid) ? pid : 0;
}

}  // namespace kproto::lab
