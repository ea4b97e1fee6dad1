// SPDX-License-Identifier: MPL-2.0
// LabFiles: where one lab keeps what it has, below its state directory. Every part of the lab asks
// here, so that `down` knows what there is to remove.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kproto::lab {

class LabFiles {
 public:
  explicit LabFiles(std::string directory) : directory_(std::move(directory)) {}

  // Makes the directory (0700). Refuses one that holds other things already: `down` removes it.
  absl::Status Claim() const;
  bool IsLab() const;

  const std::string& directory() const { return directory_; }
  std::string lock() const { return directory_ + "/lock"; }
  std::string record() const { return directory_ + "/lab.json"; }
  std::string log() const { return directory_ + "/daemon.log"; }
  std::string simulator_state() const { return directory_ + "/simulator.json"; }
  std::string clusters() const { return directory_ + "/clusters"; }
  std::string charts() const { return directory_ + "/charts"; }
  std::string git() const { return directory_ + "/git"; }
  std::string mirror() const { return directory_ + "/mirror"; }
  std::string tofurc() const { return directory_ + "/tofurc"; }

 private:
  std::string directory_;
};

// Held by the daemon as long as it lives; the kernel lets it go however it ends.
class LabLock {
 public:
  LabLock() = default;
  LabLock(LabLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LabLock& operator=(LabLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~LabLock();

  // AlreadyExists when another process holds it; NotFound when there is no such lab.
  static absl::StatusOr<LabLock> Take(const LabFiles& files);

  // The holder's process id; 0 when nobody holds it.
  static int Holder(const LabFiles& files);

 private:
  explicit LabLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace kproto::lab
