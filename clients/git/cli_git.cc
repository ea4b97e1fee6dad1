// SPDX-License-Identifier: MPL-2.0
#include "clients/git/cli_git.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/private_dir.h"
#include "base/status_macros.h"
#include "base/subprocess.h"
#include "clients/git/login_environment.h"

namespace kproto::git {
namespace {

using Args = std::vector<std::string>;

constexpr size_t kHashDigits = 40;

bool IsCommit(const std::string& revision) {
  return revision.size() == kHashDigits &&
         std::all_of(revision.begin(), revision.end(), absl::ascii_isxdigit);
}

// What begins with a dash would be a flag, and a revision goes into a refspec.
absl::Status Check(const std::string& url, const std::string& revision) {
  const auto bad = [](const std::string& text) {
    return text.empty() || text[0] == '-' ||
           std::any_of(text.begin(), text.end(), absl::ascii_isspace);
  };
  if (bad(url)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", url, "\" is no URL of a repository"));
  }
  if (bad(revision) || absl::StrContains(revision, ":") || revision[0] == '+') {
    return absl::InvalidArgumentError(absl::StrCat("\"", revision, "\" is no revision"));
  }
  return absl::OkStatus();
}

std::map<std::string, std::string> QuietEnvironment() {
  std::map<std::string, std::string> environment = Environment();
  environment["GIT_TERMINAL_PROMPT"] = "0";
  environment["GCM_INTERACTIVE"] = "never";
  environment["SSH_ASKPASS"] = "/bin/false";
  environment["SSH_ASKPASS_REQUIRE"] = "force";  // ssh would ask on the terminal
  environment["GIT_ALLOW_PROTOCOL"] = "file:git:http:https:ssh";
  environment["GIT_LFS_SKIP_SMUDGE"] = "1";
  environment["LC_ALL"] = "C";
  // Of a repository that we might be run in.
  for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"}) {
    environment.erase(name);
  }
  return environment;
}

// stdout of `git <args>`.
absl::StatusOr<std::string> RunGit(const std::string& url, Args args, const Call& call) {
  args.insert(args.begin(), "git");
  KPROTO_ASSIGN_OR_RETURN(const LoginEnvironment login, LoginEnvironment::Make(url, call.login));
  Command command{.argv = std::move(args), .environment = login.variables()};
  command.environment.merge(QuietEnvironment());
  command.deadline = call.deadline;
  absl::StatusOr<CommandResult> result = Run(command, call.stop);
  if (absl::IsNotFound(result.status())) {
    return absl::FailedPreconditionError("there is no git on PATH");
  }
  KPROTO_RETURN_IF_ERROR(result.status());
  if (result->exit_code == 0) {
    return std::move(result->out);
  }
  // Its last line says what is wrong; earlier ones are progress.
  const std::vector<std::string> lines =
      absl::StrSplit(absl::StripAsciiWhitespace(result->err), '\n');
  if (absl::StrContains(result->err, "couldn't find remote ref")) {
    return absl::NotFoundError(absl::StrCat(url, " has no such revision: ", lines.front()));
  }
  return absl::UnavailableError(absl::StrCat(url, ": ", lines.front()));
}

// The line of `git ls-remote` that a user means: a branch before a tag, a tag's commit before it.
std::string Choose(const std::string& listed, const std::string& revision) {
  std::map<std::string, std::string> commits;
  for (const absl::string_view line : absl::StrSplit(listed, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(line, '\t');
    if (parts.size() == 2) {
      commits[parts[1]] = parts[0];
    }
  }
  for (const std::string& name :
       {absl::StrCat("refs/heads/", revision), absl::StrCat("refs/tags/", revision, "^{}"),
        absl::StrCat("refs/tags/", revision), revision}) {
    if (const auto found = commits.find(name); found != commits.end()) {
      return found->second;
    }
  }
  return "";
}

class FolderCheckout : public Checkout {
 public:
  FolderCheckout(std::unique_ptr<PrivateDir> dir, std::string commit)
      : dir_(std::move(dir)), commit_(std::move(commit)) {}
  const std::string& commit() const override { return commit_; }
  const std::string& path() const override { return dir_->path(); }

 private:
  const std::unique_ptr<PrivateDir> dir_;
  const std::string commit_;
};

class CliGit : public Git {
 public:
  absl::StatusOr<std::string> Resolve(const std::string& url, const std::string& revision,
                                      const Call& call) override {
    KPROTO_RETURN_IF_ERROR(Check(url, revision));
    if (IsCommit(revision)) {
      return revision;
    }
    KPROTO_ASSIGN_OR_RETURN(
        const std::string listed,
        RunGit(url, {"ls-remote", "--", url, revision, absl::StrCat(revision, "^{}")}, call));
    std::string commit = Choose(listed, revision);
    return commit.empty() ? absl::StatusOr<std::string>(absl::NotFoundError(
                                absl::StrCat(url, " has no branch or tag ", revision)))
                          : std::move(commit);
  }

  absl::StatusOr<std::shared_ptr<const Checkout>> Fetch(const std::string& url,
                                                        const std::string& revision,
                                                        const Call& call) override {
    KPROTO_RETURN_IF_ERROR(Check(url, revision));
    KPROTO_ASSIGN_OR_RETURN(std::unique_ptr<PrivateDir> dir, PrivateDir::Make("", "git"));
    const auto in_it = [&](Args args) {
      args.insert(args.begin(), {"-C", dir->path(), "-c", "core.hooksPath=/dev/null", "-c",
                                 "core.symlinks=false", "-c", "core.fsmonitor=false"});
      return RunGit(url, std::move(args), call);
    };
    KPROTO_RETURN_IF_ERROR(in_it({"init", "--quiet"}).status());
    KPROTO_RETURN_IF_ERROR(in_it({"fetch", "--quiet", "--depth=1", "--no-tags",
                                  "--no-recurse-submodules", "--", url, revision})
                               .status());
    KPROTO_ASSIGN_OR_RETURN(const std::string commit,
                            in_it({"rev-parse", "--verify", "FETCH_HEAD^{commit}"}));
    KPROTO_RETURN_IF_ERROR(in_it({"checkout", "--quiet", "--detach", "FETCH_HEAD"}).status());
    return std::make_shared<const FolderCheckout>(std::move(dir),
                                                  std::string(absl::StripAsciiWhitespace(commit)));
  }
};

}  // namespace

std::unique_ptr<Git> MakeCliGit() { return std::make_unique<CliGit>(); }

}  // namespace kproto::git
