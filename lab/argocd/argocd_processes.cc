// SPDX-License-Identifier: MPL-2.0
#include "lab/argocd/argocd_processes.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "lab/process/port.h"
#include "lab/process/private_file.h"

namespace kproto::lab {
namespace {

constexpr absl::Duration kRestartPause = absl::Seconds(1);

// How often Git and chart repositories are asked for news. Argo CD's own default is two minutes,
// which the lab's hurried cloud would make look like an hour.
constexpr int kResyncSeconds = 6;

std::string DirectoryOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

}  // namespace

ArgoCdProcesses::ArgoCdProcesses(Spawner* spawner, const Tools* tools, const AdminAccess& access,
                                 std::string directory)
    : spawner_(spawner), tools_(tools), access_(access), directory_(std::move(directory)) {}

absl::Status ArgoCdProcesses::Prepare() {
  if (tools_->Path("argocd").empty() || tools_->Path("redis-server").empty()) {
    return absl::FailedPreconditionError("argocd or redis-server is missing");
  }
  for (const char* part : {"", "/tls", "/ssh", "/gpg", "/gnupg", "/plugins", "/tmp", "/home"}) {
    KPROTO_RETURN_IF_ERROR(MakePrivateDirectory(absl::StrCat(directory_, part)));
  }
  KPROTO_RETURN_IF_ERROR(WritePrivateFile(absl::StrCat(directory_, "/ssh/ssh_known_hosts"), ""));
  const int redis = FreePort();
  const int repo = FreePort();
  redis_password_ = RandomHex(16);
  KPROTO_RETURN_IF_ERROR(WritePrivateFile(
      absl::StrCat(directory_, "/redis.conf"),
      absl::StrCat("bind 127.0.0.1\nport ", redis, "\nsave \"\"\nappendonly no\nrequirepass ",
                   redis_password_, "\ndir ", directory_, "\n")));
  const std::string redis_address = absl::StrCat("--redis=127.0.0.1:", redis);
  const std::string argocd = tools_->Path("argocd");
  members_.push_back(
      {"redis-server", {tools_->Path("redis-server"), absl::StrCat(directory_, "/redis.conf")}});
  members_.push_back(
      {"argocd-repo-server",
       {argocd, "--address=127.0.0.1", absl::StrCat("--port=", repo), "--metrics-address=127.0.0.1",
        absl::StrCat("--metrics-port=", FreePort()), redis_address, "--disable-tls",
        absl::StrCat("--revision-cache-expiration=", kResyncSeconds, "s")}});
  // Its metrics cannot be bound to one address.
  members_.push_back(
      {"argocd-application-controller",
       {argocd, absl::StrCat("--kubeconfig=", access_.kubeconfig), "--namespace=argocd",
        redis_address, absl::StrCat("--repo-server=127.0.0.1:", repo), "--repo-server-plaintext",
        absl::StrCat("--metrics-port=", FreePort()), absl::StrCat("--app-resync=", kResyncSeconds),
        "--app-resync-jitter=0", "--status-processors=5", "--operation-processors=5"}});
  members_.push_back(
      {.name = "argocd-applicationset-controller",
       .argv = {argocd, absl::StrCat("--kubeconfig=", access_.kubeconfig), "--namespace=argocd",
                absl::StrCat("--argocd-repo-server=127.0.0.1:", repo), "--repo-server-plaintext",
                absl::StrCat("--metrics-addr=127.0.0.1:", FreePort()),
                absl::StrCat("--probe-addr=127.0.0.1:", FreePort()),
                absl::StrCat("--webhook-addr=127.0.0.1:", FreePort())},
       .application_sets = true});
  return absl::OkStatus();
}

std::map<std::string, std::string> ArgoCdProcesses::EnvironmentOf(const std::string& name) const {
  // git asks `argocd` for the login of a private repository, which asks the repo-server by this
  // socket.
  return {{"ARGOCD_ASK_PASS_SOCK", absl::StrCat(directory_, "/ask")},
          {"ARGOCD_BINARY_NAME", name},
          {"ARGOCD_FAKE_IN_CLUSTER", "true"},
          {"ARGOCD_GNUPGHOME", absl::StrCat(directory_, "/gnupg")},
          {"ARGOCD_GPG_DATA_PATH", absl::StrCat(directory_, "/gpg")},
          {"ARGOCD_GPG_ENABLED", "false"},
          {"ARGOCD_PLUGINSOCKFILEPATH", absl::StrCat(directory_, "/plugins")},
          {"ARGOCD_SSH_DATA_PATH", absl::StrCat(directory_, "/ssh")},
          {"ARGOCD_SYNC_WAVE_DELAY", "1"},
          {"ARGOCD_TLS_DATA_PATH", absl::StrCat(directory_, "/tls")},
          {"HOME", absl::StrCat(directory_, "/home")},
          {"HOSTNAME", "argocd-0"},
          {"KUBECONFIG", access_.kubeconfig},
          {"PATH",
           absl::StrCat(DirectoryOf(tools_->Path("helm")), ":", DirectoryOf(tools_->Path("git")),
                        ":", DirectoryOf(tools_->Path("argocd")), ":/usr/bin:/bin")},
          {"REDIS_PASSWORD", redis_password_},
          {"TMPDIR", absl::StrCat(directory_, "/tmp")}};
}

absl::Status ArgoCdProcesses::Tend(ApplicationSets application_sets) {
  if (members_.empty()) {
    KPROTO_RETURN_IF_ERROR(Prepare());
  }
  for (Member& member : members_) {
    if (member.application_sets && application_sets == ApplicationSets::kIdle) {
      member.process.reset();
      continue;
    }
    if ((member.process != nullptr && member.process->Running()) ||
        absl::Now() < member.started + kRestartPause) {
      continue;
    }
    member.started = absl::Now();
    KPROTO_ASSIGN_OR_RETURN(
        member.process,
        spawner_->Start({.name = member.name,
                         .argv = member.argv,
                         .environment = EnvironmentOf(member.name),
                         .directory = directory_,
                         .log_path = absl::StrCat(directory_, "/", member.name, ".log")}));
  }
  return absl::OkStatus();
}

void ArgoCdProcesses::Stop() { members_.clear(); }

}  // namespace kproto::lab
