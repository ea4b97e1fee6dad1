// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/socket.h"

#include <grp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/random.h"

namespace kproto {
namespace {

constexpr size_t kMaxPath = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

absl::StatusOr<std::string> ChooseSocketPath(const std::vector<std::string>& dirs) {
  for (const std::string& dir : dirs) {
    std::string path = absl::StrCat(dir, "/kproto-plugin-", RandomHex(8));
    if (path.size() > kMaxPath) {
      continue;
    }
    if (access(dir.c_str(), W_OK | X_OK) != 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot make a socket in ", dir, ": ", std::strerror(errno),
                       "; set TMPDIR to a folder that can be written to"));
    }
    return path;
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the path of ", dirs.empty() ? "the folder for sockets" : dirs[0],
      " is too long for a socket (", kMaxPath, " bytes at most); set TMPDIR to a shorter one"));
}

absl::Status ShareWithGroup(const std::string& path, const std::string& group) {
  uint32_t id = 0;
  if (!absl::SimpleAtoi(group, &id)) {
    const struct group* entry = getgrnam(group.c_str());
    if (entry == nullptr) {
      return absl::FailedPreconditionError(
          absl::StrCat("PLUGIN_UNIX_SOCKET_GROUP: there is no group \"", group, "\""));
    }
    id = entry->gr_gid;
  }
  if (chown(path.c_str(), static_cast<uid_t>(-1), id) != 0 || chmod(path.c_str(), 0660) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("cannot give the socket to the group \"",
                                                      group, "\": ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

PrivateUmask::PrivateUmask() : old_(umask(S_IXUSR | S_IRWXG | S_IRWXO)) {}
PrivateUmask::~PrivateUmask() { umask(old_); }

}  // namespace kproto
