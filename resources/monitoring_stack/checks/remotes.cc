// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/remotes.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/http/url.h"

namespace kproto::monitoring_stack {
namespace {

// Hosts whose keys Argo CD is delivered with.
constexpr const char* kKnownHosts[] = {"bitbucket.org", "github.com", "gitlab.com",
                                       "ssh.dev.azure.com", "vs-ssh.visualstudio.com"};

// A name that only means something inside a cluster.
bool IsInCluster(const std::string& host) {
  return host.find_first_of(".:") == std::string::npos && host != "localhost";
}

bool IsServiceName(const std::string& host) {
  return absl::EndsWith(host, ".svc") || absl::EndsWith(host, ".cluster.local");
}

bool Names(const StackGitCredentials* credentials, const std::string& host) {
  return credentials != nullptr &&
         absl::StrContains(credentials->ssh_known_hosts.value_or(""), host);
}

void Look(const GitCredentialsAttr& config, git::Remotes* git, const kubernetes::Call& call,
          Remote& remote) {
  const StackGitCredentials* credentials = CredentialsFor(remote.url, config);
  remote.ssh_host = SshHost(remote.url);
  if (!remote.ssh_host.empty()) {
    remote.has_key = credentials != nullptr && !credentials->ssh_private_key_wo.is_null();
    remote.host_is_known = (credentials != nullptr && credentials->ssh_known_hosts.is_unknown()) ||
                           Names(credentials, remote.ssh_host) ||
                           std::any_of(std::begin(kKnownHosts), std::end(kKnownHosts),
                                       [&](const char* known) { return remote.ssh_host == known; });
    return;
  }
  const std::string host(http::HostOf(remote.url));
  const bool unknown = credentials != nullptr && (credentials->password_wo.is_unknown() ||
                                                  credentials->username.is_unknown());
  if (git == nullptr || host.empty() || IsInCluster(host) || IsServiceName(host) || unknown) {
    return;
  }
  absl::StatusOr<git::Refs> refs =
      git->ListRefs(remote.url, LoginFor(remote.url, config), call.deadline, call.stop);
  remote.looked_at = true;
  remote.answer = refs.status();
  if (refs.ok()) {
    remote.refs = *std::move(refs);
  }
}

}  // namespace

std::vector<Remote> LookAtRemotes(const Desired& desired, const GitCredentialsAttr& config,
                                  git::Remotes* git, const kubernetes::Call& call) {
  std::vector<Remote> remotes;
  const auto add = [&](const argocd::Source& source, const Path& path) {
    Remote& remote = remotes.emplace_back();
    remote.url = source.repo_url;
    remote.revision = source.target_revision;
    remote.path = path;
  };
  if (desired.git) {
    add(*desired.git, Path("git"));
  }
  for (const Extra& extra : desired.extras) {
    for (const argocd::Source& source : extra.application.sources) {
      if (source.chart.empty()) {
        add(source, source.ref.empty() ? extra.path : extra.path.Attribute("values_from"));
      }
    }
  }
  std::vector<std::jthread> threads;
  for (Remote& remote : remotes) {
    threads.emplace_back([&] { Look(config, git, call, remote); });
  }
  threads.clear();  // waits for all
  return remotes;
}

}  // namespace kproto::monitoring_stack
