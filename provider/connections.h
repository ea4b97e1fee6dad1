// SPDX-License-Identifier: MPL-2.0
// The real Connections: clients made from the provider block when they are first asked for, so that
// a process that only serves its schema opens nothing.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "clients/git/cli_git.h"
#include "clients/git/remotes.h"
#include "clients/http/http_client.h"
#include "resources/connections.h"

namespace kproto {

struct ConnectionSettings {
  bool token_unknown = false;  // configured, but only known when something else is applied
  SecretString token;
  std::string api_url, helm_path, chart_mirror;
};

class RealConnections : public Connections {
 public:
  RealConnections() : journal_(Journal::OfWorkingDirectory()) {}

  // May be called again (reattach mode); what was handed out before stays valid.
  void Configure(ConnectionSettings settings);

  absl::StatusOr<digitalocean::DigitalOcean*> DigitalOcean() override;
  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Kubernetes(
      const kubernetes::Credentials& credentials) override;
  absl::StatusOr<helm::Helm*> Helm() override;
  absl::StatusOr<git::Git*> Git() override { return git_.get(); }
  std::string ChartRepository(const std::string& url) override;
  git::Remotes* GitRemotes() override;
  Clock& clock() override { return clock_; }
  Journal& journal() override { return journal_; }

 private:
  SystemClock clock_;
  Journal journal_;
  std::mutex mutex_;
  std::optional<ConnectionSettings> settings_;
  std::vector<std::unique_ptr<digitalocean::DigitalOcean>> clouds_;  // the last is in use
  std::vector<std::unique_ptr<helm::Helm>> helms_;
  const std::unique_ptr<git::Git> git_ = git::MakeCliGit();
  std::unique_ptr<http::HttpClient> http_;  // of git_remotes_
  std::unique_ptr<git::Remotes> git_remotes_;
  bool cloud_fresh_ = false, helm_fresh_ = false;
};

}  // namespace kproto
