// SPDX-License-Identifier: MPL-2.0
// `up`: gets the tools, then runs the daemon, detached or in the foreground.
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "lab/cli/commands.h"
#include "lab/daemon/daemon.h"
#include "lab/process/private_file.h"

namespace kproto::lab {
namespace {

const std::set<std::string>& Valued() {
  static const auto& names =
      *new std::set<std::string>{"dir", "name", "time-factor", "provider", "tools"};
  return names;
}

const std::set<std::string>& Flags() {
  static const auto& names = *new std::set<std::string>{"foreground", "no-control-plane"};
  return names;
}

absl::StatusOr<DaemonOptions> Options(const Arguments& arguments) {
  DaemonOptions options;
  KPROTO_ASSIGN_OR_RETURN(options.directory, LabDirectory(arguments));
  options.data = LabData();
  options.tools = arguments.Get("tools");
  options.provider = std::filesystem::absolute(
      arguments.Get("provider", absl::StrCat(ProgramFolder(), "/terraform-provider-kproto")));
  if (!absl::SimpleAtod(arguments.Get("time-factor", "30"), &options.time_factor) ||
      options.time_factor < 1) {
    return absl::InvalidArgumentError("--time-factor must be a number of at least 1");
  }
  if (arguments.Has("no-control-plane")) {
    options.clusters = DaemonOptions::Clusters::kByNameOnly;
  }
  return options;
}

// A child that shows its errors and dies with us; what it writes to stdout is read from the result.
struct ChildProcess {
  pid_t pid = -1;
  FILE* output = nullptr;
};

absl::StatusOr<ChildProcess> Spawn(Words argv, int error_fd) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return absl::InternalError(strerror(errno));
  }
  std::vector<char*> pointers;
  for (std::string& argument : argv) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    // A daemon that keeps what it inherited holds up whoever waits for the end of a pipe or lock.
    syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
    const int null = open("/dev/null", O_RDONLY);
    if (getppid() == parent && dup2(null, 0) >= 0 && dup2(ends[1], 1) >= 0 &&
        dup2(error_fd, 2) >= 0) {
      execv(pointers[0], pointers.data());
    }
    _exit(127);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return absl::InternalError(strerror(errno));
  }
  return ChildProcess{pid, fdopen(ends[0], "r")};
}

// The next line without its end; false at the end of the output.
bool ReadLine(FILE* file, std::string& line) {
  line.clear();
  for (int c = fgetc(file); c != EOF; c = fgetc(file)) {
    if (c == '\n') {
      return true;
    }
    line.push_back(static_cast<char>(c));
  }
  return !line.empty();
}

// The directory of links to every tool; what is missing is built now, with progress on stderr.
absl::StatusOr<std::string> InstallTools(const std::string& data) {
  KPROTO_ASSIGN_OR_RETURN(const ChildProcess child,
                          Spawn({absl::StrCat(data, "/tools/install"), "--path"}, 2));
  std::string directory, line;
  while (ReadLine(child.output, line)) {
    directory = line;
  }
  fclose(child.output);
  int status = 0;
  waitpid(child.pid, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || directory.empty()) {
    return absl::FailedPreconditionError("the tools could not be installed");
  }
  return directory;
}

void Say(absl::string_view text) {
  printf("%.*s\n", static_cast<int>(text.size()), text.data());
  fflush(stdout);
}

absl::Status Detached(const DaemonOptions& options, const Words& words) {
  const LabFiles files(options.directory);
  KPROTO_RETURN_IF_ERROR(files.Claim());
  Words argv = {"/proc/self/exe", "daemon", absl::StrCat("--tools=", options.tools)};
  argv.insert(argv.end(), words.begin(), words.end());
  const int log = open(files.log().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  KPROTO_ASSIGN_OR_RETURN(const ChildProcess child, Spawn(argv, log));
  close(log);
  std::string line;
  bool ready = false;
  while (!ready && ReadLine(child.output, line)) {
    ready = line == "ready";
    Say(ready ? "the lab is up; look around with: kproto-lab status" : line);
  }
  fclose(child.output);
  return ready ? absl::OkStatus()
               : absl::InternalError(absl::StrCat("the lab did not start; see ", files.log()));
}

}  // namespace

absl::Status UpCommand(const Words& words) {
  KPROTO_ASSIGN_OR_RETURN(const Arguments arguments, Arguments::Parse(words, Valued(), Flags()));
  KPROTO_ASSIGN_OR_RETURN(DaemonOptions options, Options(arguments));
  const int running = LabLock::Holder(LabFiles(options.directory));
  if (running != 0 && !arguments.Has("foreground")) {
    Say(absl::StrCat("a lab is up in ", options.directory, " (process ", running, ")"));
    return absl::OkStatus();
  }
  if (arguments.Has("foreground")) {
    // Ends with what started it, from the first moment: building tools takes minutes.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
  }
  if (options.clusters == DaemonOptions::Clusters::kReal && options.tools.empty()) {
    KPROTO_ASSIGN_OR_RETURN(options.tools, InstallTools(options.data));
  }
  if (!arguments.Has("foreground")) {
    return Detached(options, words);
  }
  Words with_tools = words;
  with_tools.push_back(absl::StrCat("--tools=", options.tools));
  return DaemonCommand(with_tools);
}

absl::Status DaemonCommand(const Words& words) {
  KPROTO_ASSIGN_OR_RETURN(const Arguments arguments, Arguments::Parse(words, Valued(), Flags()));
  KPROTO_ASSIGN_OR_RETURN(const DaemonOptions options, Options(arguments));
  // Before any thread is started, so that all of them leave these signals to the wait below.
  sigset_t endings;
  sigemptyset(&endings);
  for (const int ending : {SIGINT, SIGTERM, SIGHUP}) {
    sigaddset(&endings, ending);
  }
  sigprocmask(SIG_BLOCK, &endings, nullptr);
  signal(SIGPIPE, SIG_IGN);
  SetLogLevel(LogLevel::kInfo);
  absl::StatusOr<std::unique_ptr<Daemon>> daemon = Daemon::Start(options, Say);
  if (!daemon.ok()) {
    if (!arguments.Has("foreground")) {
      Say(daemon.status().message());  // `up` shows what we say, not what we return
    }
    return daemon.status();
  }
  if (!arguments.Has("foreground")) {
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
  }
  Say("ready");
  if (!arguments.Has("foreground")) {
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, 1);
    close(null);
  }
  int ending = 0;
  sigwait(&endings, &ending);
  daemon->reset();
  return absl::OkStatus();
}

}  // namespace kproto::lab
