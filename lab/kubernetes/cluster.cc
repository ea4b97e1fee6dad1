// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/cluster.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "lab/kubernetes/base_objects.h"
#include "lab/kubernetes/nodes.h"
#include "lab/kubernetes/token_minter.h"
#include "lab/process/private_file.h"
#include "lab/process/wait.h"

namespace kproto::lab {
namespace {

constexpr absl::Duration kStartingPause = absl::Milliseconds(50);
constexpr absl::Duration kRunningPause = absl::Milliseconds(250);

}  // namespace

Cluster::Cluster(Spawner* spawner, const Tools* tools, const ClusterSpec& spec,
                 const std::string& directory, const std::string& stages,
                 std::vector<CompanionFactory> companions)
    : spec_(spec),
      factories_(std::move(companions)),
      plane_(spawner, tools, spec, directory, stages),
      prepared_(Prepare()),
      thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}

absl::Status Cluster::Prepare() {
  KPROTO_RETURN_IF_ERROR(pods_.Start());
  return plane_.Prepare(pods_.EgressSelectorConfiguration());
}

bool Cluster::Ready() const {
  absl::MutexLock lock(&mutex_);
  return !admin_uid_.empty();
}

absl::StatusOr<ClusterAccess> Cluster::Mint(absl::Time expiry) const {
  std::string uid;
  {
    absl::MutexLock lock(&mutex_);
    uid = admin_uid_;
  }
  if (uid.empty()) {
    return absl::UnavailableError("the cluster is not ready");
  }
  ClusterAccess access{.server = plane_.access().server};
  KPROTO_ASSIGN_OR_RETURN(access.certificate_authority_pem, ReadFile(plane_.access().ca_path));
  KPROTO_ASSIGN_OR_RETURN(
      access.token, MintToken(plane_.certificates().service_account_key, uid, absl::Now(), expiry));
  return access;
}

void Cluster::SetAdmin(const std::string& uid) {
  absl::MutexLock lock(&mutex_);
  admin_uid_ = uid;
}

void Cluster::SetNodes(std::vector<NodeSpec> nodes) {
  absl::MutexLock lock(&mutex_);
  nodes_ = std::move(nodes);
}

bool Cluster::NodeReady(const std::string& name) const {
  absl::MutexLock lock(&mutex_);
  return ready_nodes_.contains(name);
}

size_t Cluster::ReadyNodes() const {
  absl::MutexLock lock(&mutex_);
  return ready_nodes_.size();
}

void Cluster::Kill() {
  thread_.request_stop();
  plane_.Kill();
}

void Cluster::Run(std::stop_token stop) {
  if (!prepared_.ok()) {
    Log(LogLevel::kError, "cluster cannot be prepared",
        {{"cluster", spec_.name}, {"error", prepared_.ToString()}});
    return;
  }
  ApiClient api(plane_.access());
  bool ready = false;
  while (!stop.stop_requested()) {
    const bool answers = ready || api.Answers("/readyz");
    if (const absl::Status tended = plane_.Tend(answers); !tended.ok()) {
      Log(LogLevel::kError, "control plane",
          {{"cluster", spec_.name}, {"error", tended.ToString()}});
    }
    ready = ready || (answers && BecomeReady(api));
    if (ready) {
      KeepNodes(api);
    }
    Pause(ready ? kRunningPause : kStartingPause, stop);
  }
  companions_.clear();
}

bool Cluster::BecomeReady(ApiClient& api) {
  const absl::StatusOr<std::string> uid = ApplyBaseObjects(api);
  if (!uid.ok() || uid->empty()) {
    return false;  // the API server is still filling its own caches
  }
  for (const CompanionFactory& factory : factories_) {
    companions_.push_back(factory({spec_, plane_.access(), plane_.directory(), &pods_}));
  }
  absl::MutexLock lock(&mutex_);
  admin_uid_ = *uid;
  return true;
}

void Cluster::KeepNodes(ApiClient& api) {
  std::optional<std::vector<NodeSpec>> wanted;
  {
    absl::MutexLock lock(&mutex_);
    wanted = nodes_;
  }
  if (!wanted.has_value()) {
    return;
  }
  absl::StatusOr<std::set<std::string>> ready = ReconcileNodes(api, *wanted);
  if (absl::IsUnavailable(ready.status())) {
    return;  // an API server that is away is no news four times a second
  }
  if (!ready.ok()) {
    Log(LogLevel::kWarn, "nodes", {{"cluster", spec_.name}, {"error", ready.status().ToString()}});
    return;
  }
  absl::MutexLock lock(&mutex_);
  ready_nodes_ = *std::move(ready);
}

}  // namespace kproto::lab
