// SPDX-License-Identifier: MPL-2.0
#include "base/private_dir.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/random.h"

namespace kproto {
namespace {

absl::Status Failed(absl::string_view what, const std::string& path) {
  return absl::InternalError(absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PrivateDir>> PrivateDir::Make(const std::string& parent,
                                                             const std::string& what) {
  const char* tmp = std::getenv("TMPDIR");
  const std::string base = !parent.empty()                    ? parent
                           : tmp != nullptr && tmp[0] != '\0' ? tmp
                                                              : "/tmp";
  std::string path = absl::StrCat(base, "/kproto-", what, "-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {  // makes it 0700
    return Failed("cannot make a directory in", base);
  }
  return std::unique_ptr<PrivateDir>(new PrivateDir(std::move(path)));
}

PrivateDir::~PrivateDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

absl::StatusOr<std::unique_ptr<SecretFile>> SecretFile::Make(const PrivateDir& dir,
                                                             const SecretString& content) {
  std::string path = dir / RandomHex(8);
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Failed("cannot write", path);
  }
  std::unique_ptr<SecretFile> file(new SecretFile(path));
  const std::string& text = content.Reveal();
  for (size_t written = 0; written < text.size();) {
    const ssize_t n = write(fd, text.data() + written, text.size() - written);
    if (n < 0 && errno != EINTR) {
      const absl::Status status = Failed("cannot write", path);
      close(fd);
      return status;
    }
    written += n > 0 ? static_cast<size_t>(n) : 0;
  }
  close(fd);
  return file;
}

SecretFile::~SecretFile() { unlink(path_.c_str()); }

}  // namespace kproto
