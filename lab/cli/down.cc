// SPDX-License-Identifier: MPL-2.0
// `down`: ends a lab, whatever state it is in, and removes all it kept.
#include <signal.h>

#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "lab/cli/commands.h"
#include "lab/process/leftovers.h"
#include "lab/process/wait.h"

namespace kproto::lab {
namespace {

// Asks the daemon to end; one that does not is killed, which its children do not survive either.
bool EndDaemon(const LabFiles& files) {
  const auto gone = [&files] { return LabLock::Holder(files) == 0; };
  for (const int ending : {SIGTERM, SIGKILL}) {
    const int pid = LabLock::Holder(files);
    if (pid > 0) {
      kill(pid, ending);
    }
    if (WaitUntil(gone, absl::Now() + absl::Seconds(15))) {
      return true;
    }
  }
  return false;
}

}  // namespace

absl::Status DownCommand(const Words& words) {
  KPROTO_ASSIGN_OR_RETURN(const Arguments arguments, Arguments::Parse(words, {"dir", "name"}, {}));
  KPROTO_ASSIGN_OR_RETURN(const std::string directory, LabDirectory(arguments));
  const LabFiles files(directory);
  if (!files.IsLab()) {
    printf("there is no lab in %s\n", directory.c_str());
    return absl::OkStatus();
  }
  if (!EndDaemon(files) || !KillLeftovers(directory)) {
    return absl::InternalError("some of the lab's processes do not end");
  }
  std::error_code error;
  std::filesystem::remove_all(directory, error);
  if (error) {
    return absl::InternalError(absl::StrCat(directory, ": ", error.message()));
  }
  printf("the lab in %s is gone\n", directory.c_str());
  return absl::OkStatus();
}

}  // namespace kproto::lab
