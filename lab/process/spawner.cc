// SPDX-License-Identifier: MPL-2.0
#include "lab/process/spawner.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lab/process/leftovers.h"

namespace kproto::lab {
namespace {

// What the child needs after fork, made before it: there only async-signal-safe calls are allowed.
struct Prepared {
  std::vector<std::string> strings;
  std::vector<char*> argv, env;
  const char* directory = "";
  int log = -1;
  int failure = -1;  // the parent learns errno of a failed exec through this pipe
};

[[noreturn]] void Exec(const Prepared& prepared, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(127);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int ignored : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) {
    signal(ignored, SIG_DFL);
  }
  // The lab's own sockets must not stay open because a child holds a copy.
  syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
  const int null = open("/dev/null", O_RDONLY);
  if (null >= 0 && dup2(null, 0) >= 0 && dup2(prepared.log, 1) >= 0 && dup2(prepared.log, 2) >= 0 &&
      (*prepared.directory == '\0' || chdir(prepared.directory) == 0)) {
    execve(prepared.argv[0], prepared.argv.data(), prepared.env.data());
  }
  const int code = errno;
  [[maybe_unused]] const ssize_t n = write(prepared.failure, &code, sizeof code);
  _exit(127);
}

Prepared Prepare(const ProcessSpec& spec, absl::string_view marker) {
  Prepared prepared;
  for (const std::string& argument : spec.argv) {
    prepared.strings.push_back(argument);
  }
  prepared.strings.push_back(absl::StrCat(kMarkerVariable, "=", marker));
  for (const auto& [name, value] : spec.environment) {
    prepared.strings.push_back(absl::StrCat(name, "=", value));
  }
  for (size_t i = 0; i < prepared.strings.size(); ++i) {
    (i < spec.argv.size() ? prepared.argv : prepared.env).push_back(prepared.strings[i].data());
  }
  prepared.argv.push_back(nullptr);
  prepared.env.push_back(nullptr);
  prepared.directory = spec.directory.c_str();
  return prepared;
}

absl::StatusOr<pid_t> Fork(const ProcessSpec& spec, absl::string_view marker) {
  Prepared prepared = Prepare(spec, marker);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return absl::InternalError(absl::StrCat(spec.name, ": pipe: ", strerror(errno)));
  }
  prepared.failure = ends[1];
  prepared.log = open(spec.log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int log_error = errno;
  const pid_t parent = getpid();
  const pid_t pid = prepared.log < 0 ? -1 : fork();
  if (pid == 0) {
    Exec(prepared, parent);
  }
  const int fork_error = prepared.log < 0 ? log_error : errno;
  close(ends[1]);
  int failure = 0;
  const bool failed = pid > 0 && read(ends[0], &failure, sizeof failure) == sizeof failure;
  close(ends[0]);
  close(prepared.log);
  if (pid < 0) {
    return absl::InternalError(absl::StrCat(spec.name, ": ", strerror(fork_error)));
  }
  if (failed) {
    waitpid(pid, nullptr, 0);
    return absl::InternalError(absl::StrCat(spec.argv[0], ": ", strerror(failure)));
  }
  return pid;
}

}  // namespace

struct Spawner::Request {
  const ProcessSpec* spec = nullptr;
  absl::StatusOr<pid_t> result = absl::UnknownError("not started");
  bool done = false;
};

Spawner::Spawner(std::string marker) : marker_(std::move(marker)), thread_([this] { Loop(); }) {}

Spawner::~Spawner() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

absl::StatusOr<std::unique_ptr<Process>> Spawner::Start(ProcessSpec spec) {
  if (spec.argv.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(spec.name, ": no command"));
  }
  Request request{.spec = &spec};
  {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](Spawner* s) { return s->request_ == nullptr; }, this));
    request_ = &request;
    mutex_.Await(absl::Condition(&request.done));
  }
  if (!request.result.ok()) {
    return request.result.status();
  }
  return std::make_unique<Process>(*request.result, std::move(spec));
}

void Spawner::Loop() {
  absl::MutexLock lock(&mutex_);
  while (true) {
    const auto work =
        +[](Spawner* s) { return s->stopping_ || (s->request_ != nullptr && !s->request_->done); };
    mutex_.Await(absl::Condition(work, this));
    if (request_ == nullptr || request_->done) {
      return;
    }
    request_->result = Fork(*request_->spec, marker_);
    request_->done = true;
    request_ = nullptr;
  }
}

}  // namespace kproto::lab
