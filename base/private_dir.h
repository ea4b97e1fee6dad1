// SPDX-License-Identifier: MPL-2.0
// A directory that only we can read (0700), and files in it that only we can read (0600); all of it
// is gone when its owner is.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/secret.h"

namespace kproto {

class PrivateDir {
 public:
  // kproto-<what>-… under `parent`; "" means TMPDIR or /tmp.
  static absl::StatusOr<std::unique_ptr<PrivateDir>> Make(const std::string& parent,
                                                          const std::string& what);
  ~PrivateDir();
  PrivateDir(const PrivateDir&) = delete;
  PrivateDir& operator=(const PrivateDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  explicit PrivateDir(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

// A file with a secret in it for as long as this object lives.
class SecretFile {
 public:
  static absl::StatusOr<std::unique_ptr<SecretFile>> Make(const PrivateDir& dir,
                                                          const SecretString& content);
  ~SecretFile();
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit SecretFile(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

}  // namespace kproto
