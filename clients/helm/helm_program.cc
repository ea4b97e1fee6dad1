// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/helm_program.h"

#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "base/subprocess.h"
#include "clients/helm/helm_error.h"
#include "clients/kubernetes/kubeconfig.h"

namespace kproto::helm {
namespace {

constexpr char kInstallHint[] =
    "Install Helm 3 or 4 (https://helm.sh), put it beside the provider, or set helm_path.";

// After SIGTERM helm marks the release as failed, which takes a request or two.
constexpr absl::Duration kGrace = absl::Seconds(15);

// What helm may know of the world around us: how to reach it, and nothing else.
constexpr const char* kPassedOn[] = {"PATH",         "HTTP_PROXY",  "HTTPS_PROXY", "NO_PROXY",
                                     "http_proxy",   "https_proxy", "no_proxy",    "SSL_CERT_FILE",
                                     "SSL_CERT_DIR", "LANG"};

std::map<std::string, std::string> PrivateEnvironment(const PrivateDir& dir) {
  const std::map<std::string, std::string> ours = Environment();
  std::map<std::string, std::string> env;
  for (const char* name : kPassedOn) {
    if (const auto found = ours.find(name); found != ours.end()) {
      env[name] = found->second;
    }
  }
  env["HOME"] = dir.path();
  env["TMPDIR"] = dir.path();
  env["HELM_CACHE_HOME"] = dir / "cache";
  env["HELM_CONFIG_HOME"] = dir / "config";
  env["HELM_DATA_HOME"] = dir / "data";
  env["HELM_REPOSITORY_CONFIG"] = dir / "config/repositories.yaml";
  env["HELM_REPOSITORY_CACHE"] = dir / "cache/repository";
  env["HELM_REGISTRY_CONFIG"] = dir / "config/registry.json";
  env["HELM_CONTENT_CACHE"] = dir / "cache/content";
  env["HELM_PLUGINS"] = dir / "plugins";
  return env;
}

}  // namespace

absl::StatusOr<std::string> HelmProgram::Find() const {
  if (!options_.beside.empty()) {
    if (const std::string found = FindProgram(options_.beside + "/helm", ""); !found.empty()) {
      return found;
    }
  }
  if (!options_.helm_path.empty()) {
    const std::string found = FindProgram(options_.helm_path, Environment()["PATH"]);
    if (found.empty()) {
      return WithHint(absl::FailedPreconditionError(
                          absl::StrCat("helm_path: no executable '", options_.helm_path, "'")),
                      kInstallHint);
    }
    return found;
  }
  const std::string found = FindProgram("helm", Environment()["PATH"]);
  if (found.empty()) {
    return WithHint(absl::FailedPreconditionError("no helm found beside the provider or on PATH"),
                    kInstallHint);
  }
  return found;
}

absl::StatusOr<const HelmProgram::Ready*> HelmProgram::Prepare(const Call& call) {
  std::lock_guard lock(mutex_);
  if (ready_ != nullptr) {
    return ready_.get();
  }
  auto ready = std::make_unique<Ready>();
  KPROTO_ASSIGN_OR_RETURN(ready->path, Find());
  KPROTO_ASSIGN_OR_RETURN(ready->dir, PrivateDir::Make(options_.temp_dir, "helm"));
  ready->environment = PrivateEnvironment(*ready->dir);
  Command command;
  command.argv = {ready->path, "version", "--template", "{{.Version}}"};
  command.environment = ready->environment;
  command.deadline = call.deadline;
  const absl::StatusOr<CommandResult> result = kproto::Run(command, call.stop);
  if (!result.ok()) {
    return result.status();
  }
  ready->major = absl::StartsWith(result->out, "v3.")   ? 3
                 : absl::StartsWith(result->out, "v4.") ? 4
                                                        : 0;
  if (ready->major == 0) {
    return WithHint(
        absl::FailedPreconditionError(absl::StrCat(ready->path, " is not a Helm 3 or 4")),
        kInstallHint);
  }
  Log(LogLevel::kDebug, "found helm", {{"path", ready->path}, {"version", result->out}});
  ready_ = std::move(ready);
  return ready_.get();
}

absl::StatusOr<std::string> HelmProgram::Run(const std::vector<std::string>& args,
                                             const std::string& input, const Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const Ready* ready, Prepare(call));
  Command command;
  command.argv = {ready->path};
  command.argv.insert(command.argv.end(), args.begin(), args.end());
  command.environment = ready->environment;
  command.input = input;
  command.directory = ready->dir->path();
  command.deadline = call.deadline;
  command.grace = kGrace;
  absl::StatusOr<CommandResult> result = kproto::Run(command, call.stop);
  if (!result.ok()) {
    return absl::Status(
        result.status().code(),
        absl::StrCat("helm ", args.empty() ? "" : args[0], ": ",
                     absl::IsCancelled(result.status())          ? "interrupted"
                     : absl::IsDeadlineExceeded(result.status()) ? "deadline exceeded"
                                                                 : result.status().message()));
  }
  if (result->exit_code != 0) {
    return StatusFromStderr(result->err);
  }
  return std::move(result->out);
}

absl::StatusOr<std::string> HelmProgram::RunOn(const Cluster& cluster,
                                               std::vector<std::string> args,
                                               const std::string& input, const Call& call) {
  KPROTO_ASSIGN_OR_RETURN(const Ready* ready, Prepare(call));
  // An exec plugin needs our environment, which helm does not get: so we run it.
  KPROTO_ASSIGN_OR_RETURN(const kubernetes::ResolvedCredentials resolved,
                          kubernetes::Resolve(cluster, call));
  KPROTO_ASSIGN_OR_RETURN(
      const std::unique_ptr<SecretFile> kubeconfig,
      SecretFile::Make(*ready->dir, kubernetes::ToKubeconfig(resolved.credentials)));
  args.push_back("--kubeconfig");
  args.push_back(kubeconfig->path());
  return Run(args, input, call);
}

}  // namespace kproto::helm
