// SPDX-License-Identifier: MPL-2.0
// Spoiler: keeps a record of the calls that a stack makes to Kubernetes and Helm, and spoils
// exactly one of them, chosen by what it is and how often it was made before. SpoiledKubernetes and
// SpoiledHelm stand between the stack and the fakes and know nothing but to ask it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "clients/helm/helm.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::testing {

enum class Fault {
  kUnavailable,   // refused, nothing done
  kDenied,        // 403, nothing done
  kLost,          // done, and the answer is lost
  kInterrupted,   // Ctrl-C while it is under way
  kKilledBefore,  // kill -9 of the provider, nothing done
  kKilledAfter,   // done, then kill -9 of the provider
};
inline constexpr Fault kFaults[] = {Fault::kUnavailable, Fault::kDenied,       Fault::kLost,
                                    Fault::kInterrupted, Fault::kKilledBefore, Fault::kKilledAfter};

inline std::string Name(Fault fault) {
  switch (fault) {
    case Fault::kUnavailable:
      return "unavailable";
    case Fault::kDenied:
      return "denied";
    case Fault::kLost:
      return "answer lost";
    case Fault::kInterrupted:
      return "interrupted";
    case Fault::kKilledBefore:
      return "killed before";
    case Fault::kKilledAfter:
      return "killed after";
  }
  return "";
}

struct SpoiledCall {
  std::string line;  // "apply Application argocd/loki"
  int occurrence = 1;
};

// Thread-safe.
class Spoiler {
 public:
  void Arm(SpoiledCall call, Fault fault, std::function<void()> interrupt) {
    std::lock_guard lock(mutex_);
    target_ = std::move(call);
    fault_ = fault;
    interrupt_ = std::move(interrupt);
    armed_ = true;
    calls_.clear();
    seen_.clear();
  }
  // A new process, to which nothing happens.
  void Disarm() {
    std::lock_guard lock(mutex_);
    armed_ = dead_ = false;
  }
  std::vector<SpoiledCall> calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
  }
  bool hit() const {
    std::lock_guard lock(mutex_);
    return hit_;
  }

  template <typename Act>
  auto Through(const std::string& line, Act act) -> decltype(act()) {
    if (dead()) {
      return absl::UnavailableError("the process is dead");
    }
    if (!IsTarget(line)) {
      return act();
    }
    switch (fault_) {
      case Fault::kUnavailable:
      case Fault::kKilledBefore:
        return absl::UnavailableError(absl::StrCat("no answer to ", line));
      case Fault::kDenied:
        return absl::PermissionDeniedError(absl::StrCat("may not ", line));
      case Fault::kInterrupted:
        interrupt_();
        return act();
      case Fault::kLost:
      case Fault::kKilledAfter:
        (void)act();
        Die(fault_ == Fault::kKilledAfter);
        return absl::UnavailableError(absl::StrCat("the answer to ", line, " is lost"));
    }
    return act();
  }

 private:
  bool dead() const {
    std::lock_guard lock(mutex_);
    return dead_;
  }
  void Die(bool really) {
    std::lock_guard lock(mutex_);
    dead_ = really;
  }
  // Writes the call down.
  bool IsTarget(const std::string& line) {
    std::lock_guard lock(mutex_);
    const int occurrence = ++seen_[line];
    calls_.push_back({line, occurrence});
    const bool target = armed_ && line == target_.line && occurrence == target_.occurrence;
    hit_ = hit_ || target;
    dead_ = dead_ || (target && fault_ == Fault::kKilledBefore);
    return target;
  }

  mutable std::mutex mutex_;
  SpoiledCall target_;
  Fault fault_ = Fault::kUnavailable;  // changes only between operations
  std::function<void()> interrupt_;
  bool armed_ = false, hit_ = false, dead_ = false;
  std::vector<SpoiledCall> calls_;
  std::map<std::string, int> seen_;
};

class SpoiledKubernetes : public kubernetes::Kubernetes {
 public:
  using Json = kubernetes::Json;
  using Key = kubernetes::ObjectKey;
  using Call = kubernetes::Call;

  SpoiledKubernetes(std::shared_ptr<kubernetes::Kubernetes> to, Spoiler* spoiler)
      : to_(std::move(to)), spoiler_(spoiler) {}

  absl::StatusOr<std::optional<Json>> Get(const Key& key, const Call& call) override {
    return spoiler_->Through("get " + key.ToString(), [&] { return to_->Get(key, call); });
  }
  absl::StatusOr<std::vector<Json>> List(absl::string_view api_version, absl::string_view kind,
                                         const kubernetes::ListOptions& options,
                                         const Call& call) override {
    return spoiler_->Through(absl::StrCat("list ", kind, " ", options.ns),
                             [&] { return to_->List(api_version, kind, options, call); });
  }
  absl::StatusOr<Json> Apply(const Json& object, kubernetes::Conflicts conflicts,
                             const Call& call) override {
    return spoiler_->Through("apply " + kubernetes::KeyOf(object).ToString(),
                             [&] { return to_->Apply(object, conflicts, call); });
  }
  absl::StatusOr<Json> Patch(const Key& key, kubernetes::PatchType type, const Json& patch,
                             const Call& call) override {
    return spoiler_->Through("patch " + key.ToString(),
                             [&] { return to_->Patch(key, type, patch, call); });
  }
  absl::Status Delete(const Key& key, kubernetes::Propagation propagation,
                      const Call& call) override {
    return spoiler_->Through("delete " + key.ToString(),
                             [&] { return to_->Delete(key, propagation, call); });
  }
  absl::StatusOr<std::optional<Json>> WaitUntil(const Key& key, const Predicate& done,
                                                const Call& call) override {
    return spoiler_->Through("wait " + key.ToString(),
                             [&] { return to_->WaitUntil(key, done, call); });
  }
  absl::StatusOr<kubernetes::Version> GetVersion(const Call& call) override {
    return spoiler_->Through("version", [&] { return to_->GetVersion(call); });
  }
  absl::StatusOr<kubernetes::ServiceResponse> Proxy(const kubernetes::ServiceRequest& request,
                                                    const Call& call) override {
    return spoiler_->Through(absl::StrCat("proxy ", request.service, "/", request.path),
                             [&] { return to_->Proxy(request, call); });
  }

 private:
  const std::shared_ptr<kubernetes::Kubernetes> to_;
  Spoiler* const spoiler_;
};

// Only what goes to the cluster is spoiled; charts are the plan's business.
class SpoiledHelm : public helm::Helm {
 public:
  using Json = helm::Json;
  using Call = helm::Call;
  using Cluster = helm::Cluster;

  SpoiledHelm(helm::Helm* to, Spoiler* spoiler) : to_(to), spoiler_(spoiler) {}

  absl::StatusOr<helm::ChartMetadata> ShowChart(const helm::ChartRef& chart,
                                                const Call& call) override {
    return to_->ShowChart(chart, call);
  }
  absl::StatusOr<Json> ShowValues(const helm::ChartRef& chart, const Call& call) override {
    return to_->ShowValues(chart, call);
  }
  absl::StatusOr<std::shared_ptr<const helm::ChartContents>> ReadChart(const helm::ChartRef& chart,
                                                                       const Call& call) override {
    return to_->ReadChart(chart, call);
  }
  absl::StatusOr<std::vector<Json>> Template(const helm::TemplateRequest& request,
                                             const Call& call) override {
    return to_->Template(request, call);
  }
  absl::StatusOr<std::optional<helm::Release>> Status(const Cluster& cluster,
                                                      const helm::ReleaseKey& key,
                                                      const Call& call) override {
    return spoiler_->Through("helm status", [&] { return to_->Status(cluster, key, call); });
  }
  absl::StatusOr<helm::Release> UpgradeInstall(const Cluster& cluster,
                                               const helm::UpgradeRequest& request,
                                               const Call& call) override {
    return spoiler_->Through("helm upgrade",
                             [&] { return to_->UpgradeInstall(cluster, request, call); });
  }
  absl::Status Uninstall(const Cluster& cluster, const helm::ReleaseKey& key, helm::Wait wait,
                         absl::Duration timeout, const Call& call) override {
    return spoiler_->Through("helm uninstall",
                             [&] { return to_->Uninstall(cluster, key, wait, timeout, call); });
  }
  absl::StatusOr<std::vector<helm::Release>> History(const Cluster& cluster,
                                                     const helm::ReleaseKey& key,
                                                     const Call& call) override {
    return spoiler_->Through("helm history", [&] { return to_->History(cluster, key, call); });
  }
  absl::StatusOr<Json> GetValues(const Cluster& cluster, const helm::ReleaseKey& key,
                                 const Call& call) override {
    return spoiler_->Through("helm get values", [&] { return to_->GetValues(cluster, key, call); });
  }
  absl::Status Rollback(const Cluster& cluster, const helm::ReleaseKey& key, int revision,
                        helm::Wait wait, absl::Duration timeout, const Call& call) override {
    return spoiler_->Through("helm rollback", [&] {
      return to_->Rollback(cluster, key, revision, wait, timeout, call);
    });
  }
  absl::StatusOr<std::string> Recover(const Cluster& cluster, const helm::ReleaseKey& key,
                                      const Call& call) override {
    return spoiler_->Through("helm recover", [&] { return to_->Recover(cluster, key, call); });
  }

 private:
  helm::Helm* const to_;
  Spoiler* const spoiler_;
};

}  // namespace kproto::testing
