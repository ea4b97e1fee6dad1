// SPDX-License-Identifier: MPL-2.0
#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

extern char** environ;

namespace kproto {
namespace {

// Closes what it holds; one end of a pipe.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { Close(); }
  int get() const { return fd_; }
  void Reset(int fd) {
    Close();
    fd_ = fd;
  }
  void Close() {
    if (fd_ >= 0) {
      close(fd_);
      fd_ = -1;
    }
  }

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read, write;
  bool Open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
      return false;
    }
    read.Reset(ends[0]);
    write.Reset(ends[1]);
    return true;
  }
};

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& s : strings) {
    pointers.push_back(s.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// In the child: only async-signal-safe calls from here on.
[[noreturn]] void Exec(const char* program, char** argv, char** env, const char* directory,
                       pid_t parent, int in, int out, int err, int failure) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(127);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 ||
      (*directory != '\0' && chdir(directory) != 0)) {
    const int code = errno;
    [[maybe_unused]] ssize_t n = write(failure, &code, sizeof code);
    _exit(127);
  }
  execve(program, argv, env);
  const int code = errno;
  [[maybe_unused]] ssize_t n = write(failure, &code, sizeof code);
  _exit(127);
}

// Reads what is there; false at the end of the stream.
bool Drain(Fd& fd, std::string& into) {
  char buffer[16384];
  const ssize_t n = read(fd.get(), buffer, sizeof buffer);
  if (n > 0) {
    into.append(buffer, static_cast<size_t>(n));
    return true;
  }
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
    return true;
  }
  fd.Close();
  return false;
}

// write() to a pipe whose reader may be gone, without SIGPIPE ending this process: the signal is
// blocked for this thread and, if this write raised it, taken back before it is unblocked.
ssize_t WriteQuietly(int fd, const char* data, size_t size) {
  sigset_t pipe_signal, old, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &old);
  const ssize_t n = write(fd, data, size);
  const int error = errno;
  if (n < 0 && error == EPIPE && sigismember(&pending, SIGPIPE) == 0) {
    const timespec now = {};
    sigtimedwait(&pipe_signal, nullptr, &now);
  }
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  errno = error;
  return n;
}

// Writes a piece of the input; closes stdin when all of it is written or the child stopped reading.
void Feed(Fd& fd, const std::string& input, size_t& fed) {
  if (fed < input.size()) {
    const ssize_t n = WriteQuietly(fd.get(), input.data() + fed, input.size() - fed);
    if (n > 0) {
      fed += static_cast<size_t>(n);
    } else if (n < 0 && errno != EINTR && errno != EAGAIN) {
      fed = input.size();
    }
  }
  if (fed >= input.size()) {
    fd.Close();
  }
}

// The running child and why it is being ended, if it is.
class Child {
 public:
  Child(pid_t pid, const Command& command, std::stop_token stop)
      : pid_(pid), command_(command), stop_(std::move(stop)) {}

  // Sends SIGTERM, later SIGKILL, to the whole group once there is a reason to.
  void EndIfDue() {
    const absl::Time now = absl::Now();
    if (reason_.ok()) {
      if (stop_.stop_requested()) {
        reason_ = absl::CancelledError("interrupted");
      } else if (now >= command_.deadline) {
        reason_ = absl::DeadlineExceededError("deadline exceeded");
      } else {
        return;
      }
      ended_at_ = now;
      kill(-pid_, SIGTERM);
    } else if (now >= ended_at_ + command_.grace) {
      kill(-pid_, SIGKILL);
    }
  }

  // Collects the exit code without waiting; false while the child runs.
  bool Reap(int& exit_code) {
    int status = 0;
    const pid_t done = waitpid(pid_, &status, WNOHANG);
    if (done == 0 || (done < 0 && errno == EINTR)) {
      return false;
    }
    exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
  }

  const absl::Status& reason() const { return reason_; }

 private:
  pid_t pid_;
  const Command& command_;
  std::stop_token stop_;
  absl::Status reason_;
  absl::Time ended_at_;
};

// Moves bytes until the child is gone. The poll interval only bounds how late a stop is noticed.
int Pump(Child& child, const std::string& input, Fd& in, Fd& out, Fd& err, CommandResult& result) {
  size_t fed = 0;
  int exit_code = 0;
  bool exited = false;
  while (!exited || out.get() >= 0 || err.get() >= 0) {
    pollfd fds[3] = {{in.get(), POLLOUT, 0}, {out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}};
    poll(fds, 3, exited ? 0 : 20);
    if (fds[0].revents != 0) {
      Feed(in, input, fed);
    }
    if (fds[1].revents != 0) {
      Drain(out, result.out);
    }
    if (fds[2].revents != 0) {
      Drain(err, result.err);
    }
    child.EndIfDue();
    if (!exited) {
      exited = child.Reap(exit_code);
    } else if (fds[1].revents == 0 && fds[2].revents == 0) {
      break;  // A grandchild may hold the pipes open; the child's own output is all there.
    }
  }
  return exit_code;
}

}  // namespace

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(*entry, absl::MaxSplits('=', 1));
    result.insert(pair);
  }
  return result;
}

std::string FindProgram(const std::string& name, const std::string& path_list) {
  if (name.find('/') != std::string::npos) {
    return access(name.c_str(), X_OK) == 0 ? name : "";
  }
  for (const absl::string_view directory : absl::StrSplit(path_list, ':', absl::SkipEmpty())) {
    const std::string candidate = absl::StrCat(directory, "/", name);
    if (access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return "";
}

absl::StatusOr<CommandResult> Run(const Command& command, std::stop_token stop) {
  if (command.argv.empty()) {
    return absl::InvalidArgumentError("no program given");
  }
  const auto path = command.environment.find("PATH");
  const std::string program =
      FindProgram(command.argv[0], path == command.environment.end() ? "" : path->second);
  if (program.empty()) {
    return absl::NotFoundError(absl::StrCat("program '", command.argv[0], "' not found"));
  }
  Pipe in, out, err, failure;
  if (!in.Open() || !out.Open() || !err.Open() || !failure.Open()) {
    return absl::InternalError(absl::StrCat("pipe: ", std::strerror(errno)));
  }
  std::vector<std::string> argv = command.argv;
  std::vector<std::string> env;
  for (const auto& [key, value] : command.environment) {
    env.push_back(absl::StrCat(key, "=", value));
  }
  std::vector<char*> argv_pointers = Pointers(argv), env_pointers = Pointers(env);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) {
    return absl::InternalError(absl::StrCat("fork: ", std::strerror(errno)));
  }
  if (pid == 0) {
    Exec(program.c_str(), argv_pointers.data(), env_pointers.data(), command.directory.c_str(),
         parent, in.read.get(), out.write.get(), err.write.get(), failure.write.get());
  }
  in.read.Close();
  out.write.Close();
  err.write.Close();
  failure.write.Close();
  fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
  CommandResult result;
  Child child(pid, command, std::move(stop));
  int code = 0;
  const bool failed = read(failure.read.get(), &code, sizeof code) == sizeof code;
  result.exit_code = Pump(child, command.input, in.write, out.read, err.read, result);
  if (failed) {
    return absl::InternalError(absl::StrCat(program, ": ", std::strerror(code)));
  }
  if (!child.reason().ok()) {
    return absl::Status(child.reason().code(),
                        absl::StrCat(command.argv[0], ": ", child.reason().message()));
  }
  return result;
}

}  // namespace kproto
