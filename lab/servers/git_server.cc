// SPDX-License-Identifier: MPL-2.0
#include "lab/servers/git_server.h"

#include <httplib.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "base/subprocess.h"

namespace kproto::lab {
namespace {

namespace fs = std::filesystem;

// Nothing of the user's Git settings may change what the lab commits or serves.
std::map<std::string, std::string> GitEnvironment() {
  return {{"PATH", "/usr/bin:/bin"},
          {"HOME", "/nonexistent"},
          {"GIT_CONFIG_NOSYSTEM", "1"},
          {"GIT_AUTHOR_NAME", "kproto lab"},
          {"GIT_AUTHOR_EMAIL", "lab@kproto.invalid"},
          {"GIT_COMMITTER_NAME", "kproto lab"},
          {"GIT_COMMITTER_EMAIL", "lab@kproto.invalid"}};
}

absl::Status Git(const std::string& git, const std::string& directory,
                 std::vector<std::string> arguments) {
  const std::string what = arguments.front();
  arguments.insert(arguments.begin(), git);
  KPROTO_ASSIGN_OR_RETURN(
      const CommandResult result,
      Run({.argv = arguments, .environment = GitEnvironment(), .directory = directory}));
  return result.exit_code == 0 ? absl::OkStatus()
                               : absl::InternalError(absl::StrCat("git ", what, ": ", result.err));
}

absl::Status CopySeed(const fs::path& source, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to, error);
  for (const char* part : {"k8s", "helm-values"}) {
    if (!error && fs::is_directory(source / part)) {
      fs::copy(source / part, to / part, fs::copy_options::recursive, error);
    }
  }
  return error ? absl::InternalError(
                     absl::StrCat("seeding from ", source.string(), ": ", error.message()))
               : absl::OkStatus();
}

// The CGI program's answer: header lines, an empty line, the body.
void Answer(const std::string& output, httplib::Response& response) {
  const size_t end = output.find("\r\n\r\n");
  if (end == std::string::npos) {
    response.status = 500;
    return;
  }
  std::string type = "application/octet-stream";
  response.status = 200;
  for (const absl::string_view line : absl::StrSplit(output.substr(0, end), "\r\n")) {
    const std::pair<std::string, std::string> header =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    if (absl::EqualsIgnoreCase(header.first, "Status")) {
      int status = 0;
      response.status = absl::SimpleAtoi(header.second.substr(0, 3), &status) ? status : 500;
    } else if (absl::EqualsIgnoreCase(header.first, "Content-Type")) {
      type = header.second;
    } else {
      response.set_header(header.first, header.second);
    }
  }
  response.set_content(output.substr(end + 4), type);
}

// RFC 3875. The body has been unzipped already, so its encoding is not passed on.
Command Cgi(const std::string& git, const std::string& root, const httplib::Request& request) {
  Command command{.argv = {git, "http-backend"}, .environment = GitEnvironment()};
  const std::pair<std::string, std::string> target =
      absl::StrSplit(request.target, absl::MaxSplits('?', 1));
  command.environment.insert({{"GIT_PROJECT_ROOT", root},
                              {"GIT_HTTP_EXPORT_ALL", "1"},
                              {"PATH_INFO", request.path},
                              {"QUERY_STRING", target.second},
                              {"REQUEST_METHOD", request.method},
                              {"REMOTE_USER", "lab"},
                              {"REMOTE_ADDR", "127.0.0.1"},
                              {"GIT_PROTOCOL", request.get_header_value("Git-Protocol")},
                              {"CONTENT_TYPE", request.get_header_value("Content-Type")},
                              {"CONTENT_LENGTH", absl::StrCat(request.body.size())}});
  command.input = request.body;
  command.deadline = absl::Now() + absl::Minutes(1);
  return command;
}

// "user:password" that the repository of a path asks for; "" when it lets everybody in.
std::string AskedFor(const std::string& root, const std::string& path) {
  const std::string repository = path.substr(0, path.find('/', 1));
  std::string line;
  if (repository.find("..") == std::string::npos) {
    std::ifstream file(absl::StrCat(root, repository, "/", kGitPasswordFile));
    std::getline(file, line);
  }
  return line;
}

// Whether the request may pass; else the answer says what is asked for.
bool LetIn(const std::string& root, const httplib::Request& request, httplib::Response& response) {
  const std::string asked = AskedFor(root, request.path);
  if (asked.empty() || request.get_header_value("Authorization") ==
                           absl::StrCat("Basic ", absl::Base64Escape(asked))) {
    return true;
  }
  response.status = 401;
  response.set_header("WWW-Authenticate", "Basic realm=\"kproto lab\"");
  response.set_content("This repository asks for a username and a password.\n", "text/plain");
  return false;
}

}  // namespace

absl::Status SeedGitRepository(const std::string& git, const std::string& path,
                               const std::string& source) {
  if (fs::exists(path)) {
    return absl::OkStatus();
  }
  const std::string work = absl::StrCat(path, ".work");
  const std::string bare = absl::StrCat(path, ".new");
  std::error_code ignored;
  fs::remove_all(work, ignored);
  fs::remove_all(bare, ignored);
  KPROTO_RETURN_IF_ERROR(CopySeed(source, work));
  KPROTO_RETURN_IF_ERROR(Git(git, work, {"init", "--quiet", "--initial-branch=main"}));
  KPROTO_RETURN_IF_ERROR(Git(git, work, {"add", "--all"}));
  KPROTO_RETURN_IF_ERROR(Git(git, work,
                             {"commit", "--quiet", "--allow-empty", "--message",
                              "Values and applications of the platform"}));
  KPROTO_RETURN_IF_ERROR(Git(git, work, {"clone", "--quiet", "--bare", work, bare}));
  KPROTO_RETURN_IF_ERROR(Git(git, bare, {"config", "http.receivepack", "true"}));
  // A collection that detaches itself would outlive the push that started it.
  KPROTO_RETURN_IF_ERROR(Git(git, bare, {"config", "receive.autogc", "false"}));
  fs::remove_all(work, ignored);
  std::error_code error;
  fs::rename(bare, path, error);
  return error ? absl::InternalError(absl::StrCat(path, ": ", error.message())) : absl::OkStatus();
}

void ServeGit(httplib::Server& server, const std::string& git, const std::string& root) {
  const auto handle = [git, root](const httplib::Request& request, httplib::Response& response) {
    if (!LetIn(root, request, response)) {
      return;
    }
    const absl::StatusOr<CommandResult> result = Run(Cgi(git, root, request));
    if (!result.ok() || result->exit_code != 0) {
      response.status = 500;
      response.set_content(result.ok() ? result->err : result.status().ToString(), "text/plain");
      return;
    }
    Answer(result->out, response);
  };
  server.Get("/.*", handle);
  server.Post("/.*", handle);
}

}  // namespace kproto::lab
