// SPDX-License-Identifier: MPL-2.0
// Connections: the outside worlds as a configured provider reaches them. provider/provider.cc makes
// the real ones from the provider block when they are first asked for; tests hand in fakes.
// Thread-safe. What it returns lives as long as the Connections (shared_ptr: as long as held).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "clients/digitalocean/digitalocean.h"
#include "clients/git/git.h"
#include "clients/git/remotes.h"
#include "clients/helm/helm.h"
#include "clients/kubernetes/kubernetes.h"
#include "provider/reconcile/journal.h"

namespace kproto {

class Connections {
 public:
  virtual ~Connections() = default;

  // FailedPrecondition, with path and advice, when the provider block gives no token; or before
  // Configure. Unavailable("…not known yet") while the configured token is unknown at plan time.
  virtual absl::StatusOr<digitalocean::DigitalOcean*> DigitalOcean() = 0;
  // The same to refresh and plan with: what many resources ask for at once is asked for once.
  absl::StatusOr<digitalocean::DigitalOcean*> DigitalOceanForReading() {
    const absl::StatusOr<digitalocean::DigitalOcean*> api = DigitalOcean();
    return api.ok() ? absl::StatusOr<digitalocean::DigitalOcean*>(&(*api)->ForReading()) : api;
  }
  virtual absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Kubernetes(
      const kubernetes::Credentials& credentials) = 0;
  // FailedPrecondition when there is no usable helm.
  virtual absl::StatusOr<helm::Helm*> Helm() = 0;
  // FailedPrecondition when there is no git.
  virtual absl::StatusOr<git::Git*> Git() = 0;
  // Where a chart repository is reached from here: `url`, or its place under chart_mirror.
  virtual std::string ChartRepository(const std::string& url) = 0;

  // For a plan to ask repositories with Argo CD's credentials; nullptr: they are taken on trust.
  virtual git::Remotes* GitRemotes() { return nullptr; }

  virtual Clock& clock() = 0;
  virtual Journal& journal() = 0;
};

}  // namespace kproto
