// SPDX-License-Identifier: MPL-2.0
#include "provider/connections.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "clients/digitalocean/rest_digitalocean.h"
#include "clients/git/http_remotes.h"
#include "clients/helm/chart_mirror.h"
#include "clients/helm/chart_store.h"
#include "clients/helm/cli_helm.h"
#include "clients/http/curl_client.h"
#include "clients/kubernetes/rest_kubernetes.h"
#include "provider/version.h"

namespace kproto {
namespace {

std::string ExecutableDirectory() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "" : path.parent_path().string();
}

}  // namespace

void RealConnections::Configure(ConnectionSettings settings) {
  std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
  cloud_fresh_ = helm_fresh_ = false;
}

absl::StatusOr<digitalocean::DigitalOcean*> RealConnections::DigitalOcean() {
  std::lock_guard lock(mutex_);
  if (!settings_) {
    return absl::FailedPreconditionError("the provider has not been configured yet");
  }
  if (settings_->token_unknown) {
    return absl::UnavailableError("the DigitalOcean token is not known yet");
  }
  if (settings_->token.empty()) {
    return WithHint(absl::FailedPreconditionError("no DigitalOcean token is given"),
                    "Set the environment variable DIGITALOCEAN_TOKEN, or token in the provider "
                    "block, to an API token (Control panel → API → Tokens)");
  }
  if (!cloud_fresh_) {
    clouds_.push_back(digitalocean::MakeRestDigitalOcean(
        {.base_url = settings_->api_url,
         .token = settings_->token,
         .user_agent = absl::StrCat("terraform-provider-kproto/", kVersion)},
        clock_));
    cloud_fresh_ = true;
  }
  return clouds_.back().get();
}

absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> RealConnections::Kubernetes(
    const kubernetes::Credentials& credentials) {
  return std::shared_ptr<kubernetes::Kubernetes>(
      kubernetes::MakeRestKubernetes(credentials, &clock_));
}

absl::StatusOr<helm::Helm*> RealConnections::Helm() {
  std::lock_guard lock(mutex_);
  if (!helm_fresh_) {
    helm::CliHelmOptions options;
    options.beside = ExecutableDirectory();
    options.helm_path = settings_ ? settings_->helm_path : "";
    options.chart_store = helm::DefaultChartStore();
    options.connect = [this](const helm::Cluster& cluster) {
      return kubernetes::MakeRestKubernetes(cluster, &clock_);
    };
    helms_.push_back(helm::MakeCliHelm(std::move(options)));
    helm_fresh_ = true;
  }
  return helms_.back().get();
}

git::Remotes* RealConnections::GitRemotes() {
  std::lock_guard lock(mutex_);
  if (git_remotes_ == nullptr) {
    http_ = std::make_unique<http::CurlClient>(http::CurlOptions{});
    git_remotes_ = std::make_unique<git::HttpRemotes>(*http_);
  }
  return git_remotes_.get();
}

std::string RealConnections::ChartRepository(const std::string& url) {
  std::lock_guard lock(mutex_);
  return helm::MirroredRepository(settings_ ? settings_->chart_mirror : "", url);
}

}  // namespace kproto
